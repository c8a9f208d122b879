package sim

import (
	"math/rand/v2"
	"slices"
	"time"
)

// player is the state of one account's player, as plain values. Its state at any later time follows from them alone, so
// nothing has to run while a song plays, and after a restart the player is where the clock says. Its methods return a
// changed copy and never modify the slices that they share with it.
type player struct {
	Track    string        `json:"track,omitempty"` // the current track, or the last one; empty until something has played
	By       string        `json:"by,omitempty"`    // what started the current track, as in Play; empty once it has ended
	Playing  bool          `json:"playing"`         // as the Web API says; see Stalled
	Position time.Duration `json:"position_ns"`     // within Track, at Since
	Since    time.Time     `json:"since"`           // since when this has been the state; in an interlude, when it ends
	Queue    []string      `json:"queue,omitempty"` // queued tracks, which play before the rest of the list
	List     []string      `json:"list,omitempty"`  // the rest of the tracks that were started together, or of the context

	All     []string `json:"all,omitempty"`     // the whole list, in its original order
	Done    []string `json:"done,omitempty"`    // tracks of the list that were started, oldest first
	Context string   `json:"context,omitempty"` // the URI of the album, artist or playlist that is the list, if it is one
	Auto    bool     `json:"auto,omitempty"`    // the list was chosen by autoplay
	Repeat  string   `json:"repeat,omitempty"`  // "track", "context", or "" for off
	Shuffle bool     `json:"shuffle,omitempty"`

	Interlude string       `json:"interlude,omitempty"` // what plays until Since: "ad", "episode", "local" or "unknown"
	Stalled   string       `json:"held,omitempty"`      // why nothing is audible although Playing: "vanished" or "frozen"
	Recent    []recentPlay `json:"recent,omitempty"`    // for GET me/player/recently-played, oldest first

	PlaysOut bool `json:"plays_out,omitempty"` // nothing followed when the next track could have overlapped

	ending bool    // the track ends by itself; for endTrack alone
	failed int     // tracks in a row that could not be loaded; for start alone
	events []event // those that the event log has not received yet
}

// recentPlay is an entry of the recently played tracks.
type recentPlay struct {
	Track   string    `json:"track"`
	Context string    `json:"context,omitempty"`
	At      time.Time `json:"at"` // when it ended
}

const (
	// minListen is how long a track has to be audible to be listed as recently played.
	minListen = 30 * time.Second
	// maxRecent is how many recently played tracks Spotify lists (Web API reference, "Get Recently Played Tracks").
	maxRecent = 50
	// endGap is the distance from the end of a track at which a player freezes, see Switches.EndStuck.
	endGap = 400 * time.Millisecond
)

func (p player) isAudible() bool { return p.Playing && p.Stalled == "" }

// next ends the current track and starts the next: the first of the queue or else of the list. After the end of the
// list it repeats the list, continues with autoplay, or stops at the beginning of the last track.
func (p player) next(at time.Time, l playerOptions) player {
	p = p.endTrack(at, l)
	if len(p.Queue) > 0 {
		first := p.Queue[0]
		p.Queue = p.Queue[1:]
		return p.start(first, ByQueue, at, l)
	}
	by := ByContext
	switch {
	case len(p.List) > 0:
	case p.Repeat == "context" && len(p.All) > 0:
		p.List, p.Done = p.ordered(p.All), nil
	case l.similar != nil && p.Track != "":
		p.All, p.Done, p.Context, p.Auto = l.similar(p.Track), nil, "", true
		p.List = p.All
	}
	if len(p.List) == 0 {
		return p.stop(at, l)
	}
	if p.Auto {
		by = ByAutoplay
	}
	first := p.List[0]
	p.List, p.Done = p.List[1:], append(slices.Clip(p.Done), first)
	return p.start(first, by, at, l)
}

// previous starts the previous track of the list. It returns false if there is none.
func (p player) previous(at time.Time, l playerOptions) (player, bool) {
	if p.By == ByQueue && len(p.Done) > 0 {
		return p.endTrack(at, l).start(p.Done[len(p.Done)-1], ByContext, at, l), true
	}
	last := len(p.Done) - 1
	if last < 1 {
		return p, false
	}
	p = p.endTrack(at, l)
	p.List = append([]string{p.Done[last]}, p.List...)
	p.Done = p.Done[:last]
	return p.start(p.Done[last-1], ByContext, at, l), true
}

// play replaces the list and starts it at the given index. Queued tracks stay queued and follow that track.
func (p player) play(ids []string, index int, context, by string, at time.Time, l playerOptions) player {
	p = p.endTrack(at, l)
	p.All, p.Done, p.List, p.Context, p.Auto = ids, ids[:index+1], ids[index+1:], context, false
	if p.Shuffle {
		p.Done, p.List = ids[index:index+1], p.ordered(slices.Concat(ids[:index], ids[index+1:]))
	}
	return p.start(ids[index], by, at, l)
}

// start starts a track, or fails to if it is broken.
func (p player) start(id, by string, at time.Time, l playerOptions) player {
	p.Track, p.By, p.Position, p.Since, p.Playing, p.Interlude, p.Stalled = id, by, 0, at, true, "", ""
	p.PlaysOut = false
	switch l.brokenAs(id) {
	case TrackSkipped:
		return p.skipBroken(at, l)
	case TrackSilent:
		p.By, p.Playing = "", false
		return p.record(event{at: at, kind: silenced, why: "unplayable"})
	case TrackStuck:
		p.By, p.Stalled = "", "frozen"
		return p.record(event{at: at, kind: silenced, why: "unplayable"})
	}
	p.failed = 0
	return p.record(event{at: at, kind: started, track: id, by: by})
}

// endTrack ends the current track. Nothing plays until another one is started.
func (p player) endTrack(at time.Time, l playerOptions) player {
	full := p.ending
	if p.ending = false; p.By == "" {
		return p
	}
	reached := p.playedUpTo(at)
	if reached >= minListen {
		p.Recent = append(slices.Clip(p.Recent), recentPlay{p.Track, p.Context, at})
		p.Recent = p.Recent[max(0, len(p.Recent)-maxRecent):]
	}
	p = p.record(event{at: at, kind: ended, full: full || reached >= l.length(p.Track)})
	p.By = ""
	return p
}

// stop stops the player at the beginning of the last track, or freezes it near its end.
func (p player) stop(at time.Time, l playerOptions) player {
	p.Position, p.Since, p.Playing, p.Stalled, p.Interlude = 0, at, false, "", ""
	if l.freezeAtEnd && p.Track != "" {
		p.Position, p.Playing, p.Stalled = max(0, l.length(p.Track)-endGap), true, "frozen"
	}
	return p
}

func (p player) enqueue(id string) player {
	p.Queue = append(slices.Clip(p.Queue), id)
	return p
}

// pause stops playback where it is. The event log gets the reason.
func (p player) pause(at time.Time, why string) player {
	p.Position, p.Since, p.Playing, p.Stalled, p.Interlude = p.playedUpTo(at), at, false, "", ""
	if p.By == "" { // it was silent already
		return p
	}
	return p.record(event{at: at, kind: silenced, why: why})
}

// resume continues the current track, or starts the last one from its beginning.
func (p player) resume(at time.Time, by string, l playerOptions) player {
	if p.By == "" {
		return p.start(p.Track, by, at, l)
	}
	p.Since, p.Playing, p.Stalled, p.Interlude = at, true, "", ""
	return p.record(event{at: at, kind: resumed})
}

func (p player) seek(to time.Duration, at time.Time) player {
	held := p.Stalled
	p.Position, p.Since, p.Stalled, p.Interlude, p.PlaysOut = to, at, "", "", false
	if held != "" {
		return p.record(event{at: at, kind: resumed})
	}
	return p
}

// stall makes the player silent while its state claims that it plays. The progress of a "vanished" player grows beyond
// the end of the track; that of a "frozen" one does not change.
func (p player) stall(how string, at time.Time) player {
	p.Position, p.Since, p.Stalled, p.Interlude = p.progress(at), at, how, ""
	return p.record(event{at: at, kind: silenced, why: how})
}

// interrupt plays an advertisement or an episode before the rest of the current track.
func (p player) interrupt(with string, length time.Duration, at time.Time) player {
	p.Position, p.Since, p.Interlude = p.progress(at), at.Add(length), with
	return p.record(event{at: at, kind: silenced, why: with}).record(event{at: p.Since, kind: resumed})
}

// interlude returns what plays instead of the track, or the empty string.
func (p player) interlude(now time.Time) string {
	if p.isAudible() && now.Before(p.Since) {
		return p.Interlude
	}
	return ""
}

// playedUpTo returns how much of the current track was really played.
func (p player) playedUpTo(at time.Time) time.Duration {
	if p.Stalled != "" {
		return p.Position
	}
	return p.progress(at)
}

// progress returns the position within the current track as the Web API shows it, for a player that was advanced to
// now.
func (p player) progress(now time.Time) time.Duration {
	if !p.Playing || p.Stalled == "frozen" {
		return p.Position
	}
	return p.Position + max(0, now.Sub(p.Since))
}

func (p player) shuffle(on bool) player {
	if on == p.Shuffle {
		return p
	}
	p.Shuffle = on
	if on {
		p.List = p.ordered(p.List)
	} else if len(p.Done) > 0 {
		at := slices.Index(p.All, p.Done[len(p.Done)-1])
		p.Done, p.List = p.All[:at+1], p.All[at+1:]
	}
	return p
}

// ordered returns a list in the order in which the player plays it. Shuffling is deterministic, and changes the order.
func (p player) ordered(list []string) []string {
	before := list
	list = slices.Clone(list)
	if p.Shuffle && len(list) > 1 {
		random := rand.New(rand.NewPCG(uint64(len(list)), uint64(p.Since.Unix())))
		random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		if slices.Equal(list, before) {
			list[0], list[1] = list[1], list[0]
		}
	}
	return list
}

// replaceContext replaces the context's tracks, because the playlist has changed. The player continues after the track
// that it started last, or at that track's former index if the track is gone.
func (p player) replaceContext(all []string) player {
	if p.Shuffle {
		for _, id := range all {
			if !slices.Contains(p.All, id) {
				p.List = append(slices.Clip(p.List), id)
			}
		}
		p.All = all
		return p
	}
	at := min(len(p.Done), len(all)) - 1
	if at >= 0 && all[at] != p.Done[len(p.Done)-1] {
		if found := slices.Index(all, p.Done[len(p.Done)-1]); found >= 0 {
			at = found
		} else {
			at--
		}
	}
	p.All, p.Done, p.List = all, all[:at+1], all[at+1:]
	return p
}

// upcoming returns the tracks that follow the current one, in order.
func (p player) upcoming(l playerOptions) []string {
	all := slices.Concat(p.Queue, p.List)
	if l.similar == nil || p.Track == "" || p.Repeat == "context" {
		return all
	}
	last := p.Track
	if len(p.List) > 0 {
		last = p.List[len(p.List)-1]
	}
	return append(all, l.similar(last)...)
}

func (p player) record(e event) player {
	p.events = append(slices.Clip(p.events), e)
	return p
}
