package playback

import (
	"cmp"
	"context"
	"errors"
	"time"

	"antwon.dj/backend/internal/party"
)

// Player is the Spotify player of a host, together with the parts of the host's account that playing needs. Its methods
// return a *Fault when Spotify fails; any other error counts as Unreachable. They must return within a few seconds, and
// may be called by several goroutines.
type Player interface {
	// State returns what the player does at present.
	State(ctx context.Context, hostID string) (Observation, error)
	// Play plays a song at once, from a position on, in place of the current one. Songs that wait in the player's queue
	// stay there. An empty deviceID means the active device.
	Play(ctx context.Context, hostID, uri, deviceID string, position time.Duration) error
	// Enqueue appends a song to the player's queue. It does not start the player, is not idempotent and cannot be undone.
	Enqueue(ctx context.Context, hostID, uri string) error
	// Queue returns what Spotify says about the current song and those that will follow.
	Queue(ctx context.Context, hostID string) (Queue, error)
	// Next skips to the song that follows.
	Next(ctx context.Context, hostID string) error
	// Pause stops playback. Resume continues at the same place, on the given device or, if deviceID is empty, the active
	// one.
	Pause(ctx context.Context, hostID string) error
	Resume(ctx context.Context, hostID, deviceID string) error
	// Transfer makes another device the active one. With play, playback continues there; without, it keeps its status.
	Transfer(ctx context.Context, hostID, deviceID string, play bool) error
	// SetVolume sets the volume of the active device, in percent.
	SetVolume(ctx context.Context, hostID string, percent int) error
	// Devices returns the devices on which the host could play.
	Devices(ctx context.Context, hostID string) ([]party.Device, error)
	// ResetShuffleAndRepeat turns off shuffle and repeat.
	ResetShuffleAndRepeat(ctx context.Context, hostID string) error

	// CreatePlaylist creates a private playlist. Append adds a song at its end. PlaylistSongs returns its last songs.
	// PlayPlaylist plays it from a song on. ForgetPlaylist removes it from the host's library.
	CreatePlaylist(ctx context.Context, hostID, name, description string) (playlistURI string, err error)
	Append(ctx context.Context, hostID, playlistURI, uri string) error
	PlaylistSongs(ctx context.Context, hostID, playlistURI string) ([]party.Song, error)
	PlayPlaylist(ctx context.Context, hostID, playlistURI, uri, deviceID string) error
	ForgetPlaylist(ctx context.Context, hostID, playlistURI string) error

	// Suggest returns songs that would fit after the seeds, best first.
	Suggest(ctx context.Context, hostID string, seeds Seeds) ([]party.Song, error)
}

// Observation is one answer of Spotify about a player. An Observation with no field set but At means that no player is
// active.
type Observation struct {
	At       time.Time     // when Spotify answered
	Song     *party.Song   // what is loaded; nil: nothing, or no song (an episode, an advertisement)
	Other    *OtherItem    // what is loaded if it is no song; nil: a song or nothing
	Progress time.Duration // within Song or Other
	Playing  bool          // according to Spotify; the player may be stuck nevertheless
	Device   *party.Device // nil: none
	Context  string        // URI of what Song is played from, such as spotify:playlist:…; empty: nothing
	Repeat   bool          // the song or its context is repeated
	Shuffle  bool
}

// OtherItem is something that a player plays and that is no song of Spotify's catalogue.
type OtherItem struct {
	Advertisement bool
	URI           string        // of an episode or a local file; empty: Spotify does not say what it is
	Duration      time.Duration // 0: unknown
}

// Queue is one answer of Spotify about a player's queue. It does not say whether the player plays, and may lag behind
// by some seconds.
type Queue struct {
	Current *party.Song  // the song that plays or is loaded; nil: none
	Next    []party.Song // the songs that follow, those of a context and of autoplay included; Spotify lists some twenty
}

// Seeds are what fallback songs are chosen by.
type Seeds struct {
	PlaylistURI string                // the playlist that the host chose; empty: none
	Recent      []party.Song          // what the room played recently, newest first
	Fits        func(party.Song) bool // whether the room would accept a song now; nil: it accepts any
}

// FaultKind classifies a failure of Spotify by what it means for the room.
type FaultKind string

const (
	// NoDevice: no device is active, or the named device does not exist. It ends when the host opens Spotify.
	NoDevice FaultKind = "no_device"
	// Restricted: the player does not allow this at present, or its device takes no commands from Web API clients.
	Restricted FaultKind = "restricted"
	// NotAllowed: the host's account has no Premium or is not on the list of the server's app, or the app's owner has no
	// Premium. Somebody has to change this at Spotify.
	NotAllowed FaultKind = "not_allowed"
	// ReconnectNeeded: Spotify no longer accepts the host's authorization, or does not accept it for this call. Only the
	// host can fix this, by connecting Spotify again.
	ReconnectNeeded FaultKind = "reconnect_needed"
	// CoolingDown: the rate limit is exceeded. Nothing may be requested before RetryAfter has passed.
	CoolingDown FaultKind = "cooling_down"
	// Gone: Spotify does not have the requested thing, such as the song. A retry does not help.
	Gone FaultKind = "gone"
	// Unavailable: Spotify has withdrawn the endpoint from this app, or never offered it. Another way has to be used.
	Unavailable FaultKind = "unavailable"
	// Unreachable: there was no answer, or a server error. It is unknown whether a command was carried out.
	Unreachable FaultKind = "unreachable"
)

// Fault is a failure of Spotify. Unless its Kind is Unreachable, the call definitely had no effect.
type Fault struct {
	Kind       FaultKind
	Reason     party.HealthReason // a more precise reason, for the host; may be empty
	RetryAfter time.Duration      // with CoolingDown: how long nothing may be requested; 0: Spotify did not say
	Err        error              // the cause; may be nil
}

// Error returns the kind and the cause.
func (f *Fault) Error() string {
	if f.Err == nil {
		return string(f.Kind)
	}
	return string(f.Kind) + ": " + f.Err.Error()
}

func (f *Fault) Unwrap() error { return f.Err }

// asFault returns err as a Fault: nil for nil, and Unreachable for an error that contains no Fault.
func asFault(err error) *Fault {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*Fault](err); ok {
		return f
	}
	return &Fault{Kind: Unreachable, Err: err}
}

// backoffBounds returns the wait after the first failure of this kind, and the longest wait.
func (k FaultKind) backoffBounds() (first, most time.Duration) {
	switch k {
	case NoDevice:
		return 5 * time.Second, time.Minute
	case NotAllowed, Unavailable:
		return 30 * time.Second, 10 * time.Minute
	case ReconnectNeeded:
		return 5 * time.Second, 30 * time.Second
	case Unreachable: // observed again as often as a room that plays
		return 2 * time.Second, playingInterval
	}
	return 2 * time.Second, 30 * time.Second
}

// defaultCoolDown is how long nothing is requested after CoolingDown if Spotify does not say.
const defaultCoolDown = 5 * time.Second

// backoff is a failure that has not passed, and the wait that follows from it. Consecutive failures make the wait
// longer. The zero value means that nothing failed.
type backoff struct {
	kind     FaultKind // empty: nothing fails, although commands may have had no effect
	reason   party.HealthReason
	attempts int       // consecutive ones that failed or had no effect
	refusals int       // how many of them in a row were this kind of failure
	since    time.Time // when the first of these refusals came
	doubted  bool      // only the host could fix this kind of failure, and too few answers have shown it
	proven   int       // how many of the refusals came since there were enough of them not to be doubted
	worked   time.Time // when the same kind of call succeeded last; zero: unknown
	until    time.Time // no attempt is made before this time
}

// afterFault returns the backoff after another failure.
func (b backoff) afterFault(f *Fault, now time.Time) backoff {
	next := backoff{kind: f.Kind, reason: f.Reason, attempts: b.attempts + 1, refusals: 1, since: now, worked: b.worked}
	if b.kind == f.Kind && b.reason == f.Reason && b.refusals > 0 {
		next.since, next.refusals, next.proven = b.since, b.refusals+1, b.proven
	}
	span := refusalSpan(next.worked, next.since)
	next.doubted = next.needsProof() && (next.refusals < minRefusals || now.Sub(next.since) < span)
	if next.needsProof() && !next.doubted {
		next.proven++
	}
	if f.Kind == CoolingDown {
		wait := cmp.Or(f.RetryAfter, defaultCoolDown)
		if next.refusals > 1 { // the time that Spotify named was too short
			wait = max(wait, next.wait(CoolingDown))
		}
		// The room shows this time, so it must not differ from what the database stores: whole milliseconds, rounded up.
		next.until = now.Add(wait + time.Millisecond - 1).UTC().Truncate(time.Millisecond)
		return next
	}
	next.until = now.Add(next.wait(f.Kind))
	if next.doubted {
		next.until = now.Add(next.wait(Unreachable))
	}
	return next
}

// needsProof reports whether the host would be asked to fix something because of this failure, so that one answer does
// not suffice. An authorization that has ended needs no proof here: spotify.Client has proven it.
func (b backoff) needsProof() bool {
	return b.kind == NotAllowed || b.kind == Unavailable || b.kind == ReconnectNeeded && b.reason == party.ReasonScope
}

// health returns the health that the room shows because of this failure; empty: none.
func (b backoff) health() (party.HealthState, party.HealthReason) {
	health := b.kind.health()
	if b.doubted && health != "" {
		return party.HealthUnreachable, ""
	}
	return health, b.reason
}

// afterNoEffect returns the backoff after a command that succeeded although the previous one had no effect.
func (b backoff) afterNoEffect(now time.Time) backoff {
	next := backoff{attempts: b.attempts + 1}
	next.until = now.Add(next.wait(""))
	return next
}

// wait returns the wait after the present number of attempts, which doubles with each of them. It is at most shortWait
// in the first minute, so that a short failure does not silence the music for much longer than it lasts.
func (b backoff) wait(kind FaultKind) time.Duration {
	first, most := kind.backoffBounds()
	if b.attempts <= shortAttempts && first < shortWait {
		most = shortWait
	}
	attempts := b.attempts
	if b.needsProof() && !b.doubted { // the refusals before the proof say nothing about how long this lasts
		attempts = max(1, b.proven)
	}
	return min(first<<min(attempts-1, 10), most)
}

const (
	shortWait     = 8 * time.Second
	shortAttempts = 9
)

// forbidsObservation reports whether not even the player's state may be requested during this backoff.
func (b backoff) forbidsObservation() bool { return b.kind == CoolingDown || b.kind == ReconnectNeeded }

// health returns the health that a room shows because of this kind of failure; empty: none.
func (k FaultKind) health() party.HealthState {
	switch k {
	case NoDevice, Restricted:
		return party.HealthDeviceLost
	case NotAllowed:
		return party.HealthNotAllowed
	case ReconnectNeeded:
		return party.HealthReconnectNeeded
	case CoolingDown:
		return party.HealthCoolingDown
	case Unreachable:
		return party.HealthUnreachable
	}
	return ""
}
