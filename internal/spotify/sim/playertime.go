package sim

import (
	"time"
)

// playerOptions determine a player's behaviour beyond its commands.
type playerOptions struct {
	length      func(id string) time.Duration
	similar     func(id string) []string // the tracks with which autoplay continues; nil: no autoplay
	freezeAtEnd bool                     // the player freezes at the end of the last track instead of stopping
	crossfade   time.Duration            // see Switches
	automix     time.Duration            // see Switches
	adBetween   time.Duration            // see Switches
	broken      func(id string) string   // how a track is broken, see BreakTrack; nil: none is
}

func (l playerOptions) brokenAs(id string) string {
	if l.broken == nil {
		return ""
	}
	return l.broken(id)
}

// lead returns how long before the end of a track the next one starts. It is at most half of the track.
func (l playerOptions) lead(id string) time.Duration {
	return min(l.crossfade+l.automix, l.length(id)/2)
}

// advance returns the player's state at now, provided that no command came since: each track that has ended since is
// followed by the next one.
func advance(p player, now time.Time, l playerOptions) player {
	for p.isAudible() {
		full := p.Since.Add(l.length(p.Track) - p.Position)
		end := p.endOfTrack(full, l)
		if now.Before(end) {
			inLead := l.lead(p.Track) > 0 && !now.Before(full.Add(-l.lead(p.Track)))
			p.PlaysOut = p.PlaysOut || inLead && !p.hasNext(l)
			break
		}
		p = p.continueAt(end, l)
	}
	return p
}

// endOfTrack returns when the next track starts: at the full end of the current one or, if tracks overlap, before it.
func (p player) endOfTrack(full time.Time, l playerOptions) time.Time {
	overlaps := p.Repeat != "track" && !p.PlaysOut && p.hasNext(l) && l.brokenAs(p.Track) != TrackEndless
	early := full.Add(-l.lead(p.Track))
	switch {
	case !overlaps, full.Before(p.Since):
		return full
	case early.Before(p.Since):
		return p.Since
	}
	return early
}

func (p player) hasNext(l playerOptions) bool {
	return len(p.Queue) > 0 || len(p.List) > 0 || p.Repeat == "context" && len(p.All) > 0 || l.similar != nil
}

// continueAt returns the player after the end of the current track.
func (p player) continueAt(end time.Time, l playerOptions) player {
	p.ending = true
	if l.brokenAs(p.Track) == TrackEndless {
		return p.hang(end, l)
	}
	if p.Repeat == "track" {
		return p.endTrack(end, l).start(p.Track, p.By, end, l)
	}
	p = p.next(end, l)
	if p.isAudible() && l.automix > 0 {
		p.Position = min(l.automix, l.length(p.Track)/2)
	}
	if p.isAudible() && l.adBetween > 0 {
		p = p.interrupt("ad", l.adBetween, end)
	}
	return p
}

// hang ends the current track and leaves the player at its end, with is_playing true.
func (p player) hang(at time.Time, l playerOptions) player {
	p = p.endTrack(at, l)
	p.Position, p.Since, p.Stalled, p.Interlude = l.length(p.Track), at, "frozen", ""
	return p.record(event{at: at, kind: silenced, why: "frozen"})
}
