package playback

import (
	"cmp"
	"context"
	"errors"
	"time"

	"antwon.dj/backend/internal/party"
)

// Player is the Spotify player of a host, with what else of their account serves to play. Failures are *Fault; anything
// else counts as Unreachable. Calls must return within a few seconds.
type Player interface {
	// State returns what the player does now.
	State(ctx context.Context, hostID string) (Snapshot, error)
	// Play plays a song at once, instead of what plays; what waits in the player's queue stays there. An empty deviceID is
	// the device that is active.
	Play(ctx context.Context, hostID, uri, deviceID string) error
	// Enqueue appends a song to the player's queue. It starts nothing, is not idempotent and cannot be undone.
	Enqueue(ctx context.Context, hostID, uri string) error
	// Queue returns the song that is loaded, if any, and after it those that will follow, as far as Spotify tells.
	Queue(ctx context.Context, hostID string) ([]party.Song, error)
	// Next goes on to the song that follows.
	Next(ctx context.Context, hostID string) error
	// Pause stops in the middle of the song; Resume goes on from there, on a device or, where that is empty, the active one.
	Pause(ctx context.Context, hostID string) error
	Resume(ctx context.Context, hostID, deviceID string) error
	// Transfer makes another device the active one. What was heard goes on there with play, and otherwise stays as it is.
	Transfer(ctx context.Context, hostID, deviceID string, play bool) error
	// Devices returns what the host could play on.
	Devices(ctx context.Context, hostID string) ([]party.Device, error)
	// Straighten turns off repeat and shuffle.
	Straighten(ctx context.Context, hostID string) error

	// CreatePlaylist makes a private playlist. Append puts a song at its end, PlaylistSongs returns what stands there last,
	// PlayPlaylist plays it from a song on, and ForgetPlaylist takes it out of the host's library.
	CreatePlaylist(ctx context.Context, hostID, name, description string) (playlistURI string, err error)
	Append(ctx context.Context, hostID, playlistURI, uri string) error
	PlaylistSongs(ctx context.Context, hostID, playlistURI string) ([]party.Song, error)
	PlayPlaylist(ctx context.Context, hostID, playlistURI, uri, deviceID string) error
	ForgetPlaylist(ctx context.Context, hostID, playlistURI string) error

	// Suggest returns songs that would go on well, best first.
	Suggest(ctx context.Context, hostID string, seeds Seeds) ([]party.Song, error)
}

// Snapshot is what a player was seen doing. The zero value but for At means that no player is active.
type Snapshot struct {
	At       time.Time     // when it was so
	Song     *party.Song   // what is loaded; nil when nothing is, or no song (an episode, an advertisement)
	Progress time.Duration // within Song
	Playing  bool          // Spotify says so; it may be stuck all the same
	Device   *party.Device // nil: none
	Context  string        // URI of what Song is played from, such as spotify:playlist:…; empty: from nothing
	Repeat   bool          // a song or the context is repeated
	Shuffle  bool
}

// Seeds are what fallback music is found by.
type Seeds struct {
	PlaylistURI string                // the host's choice; empty: none
	Recent      []party.Song          // what the room played lately, newest first
	Fits        func(party.Song) bool // whether the room can take a song now; nil: any
}

// FaultKind says what a failure of Spotify means for the room.
type FaultKind string

const (
	// NoDevice: no device is active, or the one that was named is gone. It passes when the host opens Spotify.
	NoDevice FaultKind = "no_device"
	// Restricted: the player does not allow this at the moment, or its device takes no commands from us.
	Restricted FaultKind = "restricted"
	// NotAllowed: the host's account has no Premium or is not on the list of the server's app, or the app's owner has no
	// Premium. Somebody has to change that at Spotify.
	NotAllowed FaultKind = "not_allowed"
	// ReconnectNeeded: Spotify accepts the host's authorization no more, or not for this. Only the host can mend that.
	ReconnectNeeded FaultKind = "reconnect_needed"
	// CoolingDown: too many requests. Nothing may be asked before RetryAfter has passed.
	CoolingDown FaultKind = "cooling_down"
	// Gone: Spotify does not have what was asked for, such as the song. Repeating does not help.
	Gone FaultKind = "gone"
	// Unavailable: Spotify has withdrawn the endpoint from this app, or never gave it: another way has to do.
	Unavailable FaultKind = "unavailable"
	// Unreachable: no answer, or that of a broken server. Of a command nobody knows whether it was carried out.
	Unreachable FaultKind = "unreachable"
)

// Fault is a failure of Spotify. Except with Unreachable, what was asked for was definitely not done.
type Fault struct {
	Kind       FaultKind
	Reason     party.HealthReason // more about the kind, for the host; may be empty
	RetryAfter time.Duration      // with CoolingDown: how long to ask nothing; 0: Spotify did not say
	Err        error
}

func (f *Fault) Error() string {
	if f.Err == nil {
		return string(f.Kind)
	}
	return string(f.Kind) + ": " + f.Err.Error()
}

func (f *Fault) Unwrap() error { return f.Err }

// asFault returns err as a Fault; nil stays nil.
func asFault(err error) *Fault {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*Fault](err); ok {
		return f
	}
	return &Fault{Kind: Unreachable, Err: err}
}

// waits is how long to wait after the first failure of a kind, and at most.
func (k FaultKind) waits() (first, most time.Duration) {
	switch k {
	case NoDevice:
		return 5 * time.Second, time.Minute
	case NotAllowed, Unavailable:
		return 30 * time.Second, 10 * time.Minute
	case ReconnectNeeded:
		return 5 * time.Second, 30 * time.Second
	}
	return 2 * time.Second, 30 * time.Second
}

// coolDown is how long nothing is asked when Spotify does not say.
const coolDown = 5 * time.Second

// trouble is a failure that has not passed, and how often it came in a row.
type trouble struct {
	kind   FaultKind // empty: none now, though there may have been tries in vain
	reason party.HealthReason
	tries  int
	until  time.Time // not to be tried again before
}

// after returns the trouble that a failure makes of this one.
func (t trouble) after(f *Fault, now time.Time) trouble {
	next := trouble{kind: f.Kind, reason: f.Reason, tries: t.tries + 1}
	if f.Kind == CoolingDown {
		// In whole milliseconds, for the time is shown and has to look the same once it was stored; and never too early.
		next.until = now.Add(cmp.Or(f.RetryAfter, coolDown) + time.Millisecond - 1).UTC().Truncate(time.Millisecond)
		return next
	}
	next.until = now.Add(next.wait(f.Kind))
	return next
}

// inVain returns the trouble after a command that succeeded although nothing came of the last one.
func (t trouble) inVain(now time.Time) trouble {
	next := trouble{tries: t.tries + 1}
	next.until = now.Add(next.wait(""))
	return next
}

func (t trouble) wait(kind FaultKind) time.Duration {
	first, most := kind.waits()
	return min(first<<min(t.tries-1, 10), most)
}

// stopsLooking says that nothing at all may be asked while this lasts, not even what the player does.
func (t trouble) stopsLooking() bool { return t.kind == CoolingDown || t.kind == ReconnectNeeded }

// health is what the failure means to those who listen; empty: nothing.
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
