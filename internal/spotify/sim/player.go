package sim

import (
	"slices"
	"time"
)

// player is what one account's player is doing, as plain values: where it stands at any later time follows from them
// alone, so nothing has to run while a song plays, and a restart finds it where the clock says. Its methods return a
// changed copy and never write into the slices they share with it.
type player struct {
	Track    string        `json:"track,omitempty"` // the current one, or the last; "" until something played
	Playing  bool          `json:"playing"`
	Position time.Duration `json:"position_ns"`     // within Track, at Since
	Since    time.Time     `json:"since"`           // when this began to be so
	Queue    []string      `json:"queue,omitempty"` // what was queued; goes before the rest of the list
	List     []string      `json:"list,omitempty"`  // the rest of what play was given
}

// advance returns the player as it stands at now, if nobody touched it since: every track that ended meanwhile has made
// room for the next. length says how long a track is.
func advance(p player, now time.Time, length func(id string) time.Duration) player {
	for p.Playing {
		end := p.Since.Add(length(p.Track) - p.Position)
		if now.Before(end) {
			break
		}
		p = p.next(end)
	}
	return p
}

// next leaves the current track at the given time, for the queue's first, else for the list's. With both empty the
// player stops at the beginning of its last track.
func (p player) next(at time.Time) player {
	p.Position, p.Since, p.Playing = 0, at, true
	switch {
	case len(p.Queue) > 0:
		p.Track, p.Queue = p.Queue[0], p.Queue[1:]
	case len(p.List) > 0:
		p.Track, p.List = p.List[0], p.List[1:]
	default:
		p.Playing = false
	}
	return p
}

// play replaces the list and starts its first track at once. What was queued stays and follows that track.
func (p player) play(ids []string, now time.Time) player {
	p.Track, p.List = ids[0], ids[1:]
	p.Position, p.Since, p.Playing = 0, now, true
	return p
}

func (p player) enqueue(id string) player {
	p.Queue = append(slices.Clip(p.Queue), id)
	return p
}

func (p player) pause(now time.Time) player {
	p.Position, p.Since, p.Playing = p.progress(now), now, false
	return p
}

func (p player) resume(now time.Time) player {
	p.Since, p.Playing = now, true
	return p
}

// progress is the position within the current track of a player that was advanced to now.
func (p player) progress(now time.Time) time.Duration {
	if !p.Playing {
		return p.Position
	}
	return p.Position + max(0, now.Sub(p.Since))
}

// upcoming is what plays after the current track, in order.
func (p player) upcoming() []string { return slices.Concat(p.Queue, p.List) }
