package sim

import (
	"math/rand/v2"
	"slices"
	"time"
)

// player is what one account's player is doing, as plain values: where it stands at any later time follows from them
// alone, so nothing has to run while a song plays, and a restart finds it where the clock says. Its methods return a
// changed copy and never write into the slices they share with it.
type player struct {
	Track    string        `json:"track,omitempty"` // the current one, or the last; "" until something played
	By       string        `json:"by,omitempty"`    // what brought the current one, as in Heard; "" once it has ended
	Playing  bool          `json:"playing"`         // as the Web API says; see Held
	Position time.Duration `json:"position_ns"`     // within Track, at Since
	Since    time.Time     `json:"since"`           // when this began to be so; ahead while an interlude plays
	Queue    []string      `json:"queue,omitempty"` // what was queued; goes before the rest of the list
	List     []string      `json:"list,omitempty"`  // the rest of what play was given, or of the context

	All     []string `json:"all,omitempty"`     // the whole list, in its own order
	Done    []string `json:"done,omitempty"`    // what was taken from it, oldest first
	Context string   `json:"context,omitempty"` // the URI of what the list is, if it is an album, an artist or a playlist
	Auto    bool     `json:"auto,omitempty"`    // the list is Spotify's own choice
	Repeat  string   `json:"repeat,omitempty"`  // "track", "context", or "" for off
	Shuffle bool     `json:"shuffle,omitempty"`

	Interlude string   `json:"interlude,omitempty"` // what plays until Since, "ad" or "episode"
	Held      string   `json:"held,omitempty"`      // why nothing sounds although Playing: "vanished" or "frozen"
	Recent    []listen `json:"recent,omitempty"`    // for GET me/player/recently-played, oldest first

	log []event // what happened since the journal last took it
}

// listen is a track that was heard for a while.
type listen struct {
	Track   string    `json:"track"`
	Context string    `json:"context,omitempty"`
	At      time.Time `json:"at"` // when it was left
}

const (
	// counts is how long a track has to be heard to have been played.
	counts = 30 * time.Second
	// recents is how many of them Spotify gives ("Web API reference, Get Recently Played Tracks").
	recents = 50
	// endGap is how far before its end a player stands that got stuck there.
	endGap = 400 * time.Millisecond
)

// laws are what a player obeys besides its commands.
type laws struct {
	length   func(id string) time.Duration
	similar  func(id string) []string // what goes on after the list; nil: nothing does
	endStuck bool                     // the end of all is not a stop, but a standstill
}

// advance returns the player as it stands at now, if nobody touched it since: every track that ended meanwhile has made
// room for the next.
func advance(p player, now time.Time, l laws) player {
	for p.sounding() {
		end := p.Since.Add(l.length(p.Track) - p.Position)
		if now.Before(end) {
			break
		}
		if p.Repeat == "track" {
			p = p.leave(end, l).start(p.Track, p.By, end)
		} else {
			p = p.next(end, l)
		}
	}
	return p
}

func (p player) sounding() bool { return p.Playing && p.Held == "" }

// next leaves the current track at the given time, for the queue's first, else for the list's. After the list comes the
// list again, or what is similar, or a stop at the beginning of the last track.
func (p player) next(at time.Time, l laws) player {
	p = p.leave(at, l)
	if len(p.Queue) > 0 {
		first := p.Queue[0]
		p.Queue = p.Queue[1:]
		return p.start(first, ByQueue, at)
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
	return p.start(first, by, at)
}

// previous goes back in the list; false: there is nothing before.
func (p player) previous(at time.Time, l laws) (player, bool) {
	if p.By == ByQueue && len(p.Done) > 0 {
		return p.leave(at, l).start(p.Done[len(p.Done)-1], ByContext, at), true
	}
	last := len(p.Done) - 1
	if last < 1 {
		return p, false
	}
	p = p.leave(at, l)
	p.List = append([]string{p.Done[last]}, p.List...)
	p.Done = p.Done[:last]
	return p.start(p.Done[last-1], ByContext, at), true
}

// play replaces the list, and starts it at the given index at once. What was queued stays and follows that track.
func (p player) play(ids []string, index int, context, by string, at time.Time, l laws) player {
	p = p.leave(at, l)
	p.All, p.Done, p.List, p.Context, p.Auto = ids, ids[:index+1], ids[index+1:], context, false
	if p.Shuffle {
		p.Done, p.List = ids[index:index+1], p.ordered(slices.Concat(ids[:index], ids[index+1:]))
	}
	return p.start(ids[index], by, at)
}

func (p player) start(id, by string, at time.Time) player {
	p.Track, p.By, p.Position, p.Since, p.Playing, p.Interlude, p.Held = id, by, 0, at, true, "", ""
	return p.record(event{at: at, what: started, track: id, by: by})
}

// leave ends the current track. The player is where nothing plays until it starts another.
func (p player) leave(at time.Time, l laws) player {
	if p.By == "" {
		return p
	}
	reached := p.reached(at)
	if reached >= counts {
		p.Recent = append(slices.Clip(p.Recent), listen{p.Track, p.Context, at})
		p.Recent = p.Recent[max(0, len(p.Recent)-recents):]
	}
	p = p.record(event{at: at, what: left, full: reached >= l.length(p.Track)})
	p.By = ""
	return p
}

func (p player) stop(at time.Time, l laws) player {
	p.Position, p.Since, p.Playing, p.Held, p.Interlude = 0, at, false, "", ""
	if l.endStuck && p.Track != "" {
		p.Position, p.Playing, p.Held = max(0, l.length(p.Track)-endGap), true, "frozen"
	}
	return p
}

func (p player) enqueue(id string) player {
	p.Queue = append(slices.Clip(p.Queue), id)
	return p
}

// pause stands still, for a reason that the journal tells.
func (p player) pause(at time.Time, why string) player {
	p.Position, p.Since, p.Playing, p.Held, p.Interlude = p.reached(at), at, false, "", ""
	if p.By == "" { // it was silent already
		return p
	}
	return p.record(event{at: at, what: silenced, why: why})
}

// resume goes on with the current track, or with the last one from its beginning.
func (p player) resume(at time.Time, by string) player {
	if p.By == "" {
		return p.start(p.Track, by, at)
	}
	p.Since, p.Playing, p.Held, p.Interlude = at, true, "", ""
	return p.record(event{at: at, what: resumed})
}

func (p player) seek(to time.Duration, at time.Time) player {
	held := p.Held
	p.Position, p.Since, p.Held, p.Interlude = to, at, "", ""
	if held != "" {
		return p.record(event{at: at, what: resumed})
	}
	return p
}

// hold makes the player fall silent while it says that it plays: "vanished" counts on past the end, "frozen" does not.
func (p player) hold(how string, at time.Time) player {
	p.Position, p.Since, p.Held, p.Interlude = p.progress(at), at, how, ""
	return p.record(event{at: at, what: silenced, why: how})
}

// interrupt puts something else before the rest of the current track.
func (p player) interrupt(with string, length time.Duration, at time.Time) player {
	p.Position, p.Since, p.Interlude = p.progress(at), at.Add(length), with
	return p.record(event{at: at, what: silenced, why: with}).record(event{at: p.Since, what: resumed})
}

// interlude is what plays instead of the track, "" for nothing.
func (p player) interlude(now time.Time) string {
	if p.sounding() && now.Before(p.Since) {
		return p.Interlude
	}
	return ""
}

// reached is how far the current track was really played.
func (p player) reached(at time.Time) time.Duration {
	if p.Held != "" {
		return p.Position
	}
	return p.progress(at)
}

// progress is the position within the current track that a player shows, if it was advanced to now.
func (p player) progress(now time.Time) time.Duration {
	if !p.Playing || p.Held == "frozen" {
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

// ordered is a list as the player goes through it. Its shuffling is the same whenever it is looked at.
func (p player) ordered(list []string) []string {
	list = slices.Clone(list)
	if p.Shuffle {
		random := rand.New(rand.NewPCG(uint64(len(list)), uint64(p.Since.Unix())))
		random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	}
	return list
}

// follow makes the player notice that its context is another list now. It goes on behind the track it took last, or
// where that was.
func (p player) follow(all []string) player {
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

// upcoming is what plays after the current track, in order.
func (p player) upcoming(l laws) []string {
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
	p.log = append(slices.Clip(p.log), e)
	return p
}
