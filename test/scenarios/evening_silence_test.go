package scenarios_test

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/spotify/sim"
)

// This file judges how long nothing was heard, and how much time that may take.

// judgeSilences judges the silences of the calm stretches while songs wait.
func (v *verdict) judgeSilences() {
	for _, quiet := range v.silences {
		if slices.Contains([]string{"ad", "episode", "local", "unknown"}, quiet.Why) {
			continue // sounds that are no songs
		}
		if waited := v.waitingIn(quiet.From, quiet.To); waited > 0 {
			v.quiet[quiet.Why+v.inCalm(quiet.From)] += waited
		}
		for _, calm := range v.calms {
			from, to := later(quiet.From, later(v.allowedUntil(quiet, calm), calm.from)), earlier(quiet.To, calm.to)
			if to.Sub(from) > 0 && v.waitingIn(quiet.From, quiet.To) > maxPause && v.waitingIn(from, to) > 0 {
				v.blame(to, "silence: "+quiet.Why, "Nothing was heard from %s for %v although songs waited.",
					v.clock(quiet.From), quiet.To.Sub(quiet.From).Round(time.Second))
			}
		}
	}
}

func (v *verdict) inCalm(at time.Time) string {
	if v.troubled(at, at) {
		return " in trouble"
	}
	return " in a calm stretch"
}

// allowedUntil returns until when a silence may last that reaches into a calm stretch.
func (v *verdict) allowedUntil(quiet sim.Silence, calm span) time.Time {
	slow := v.slowness(later(quiet.From, calm.from))
	if v.did(quiet.From.Add(-idleLook), quiet.From, "opens the app") {
		return quiet.From.Add(idleLook + slow) // the host resumed the last seconds of a song that had been paused for long
	}
	if quiet.From.After(calm.from.Add(maxWait + slow)) {
		return quiet.From.Add(maxPause + slow) // the next song was committed late
	}
	look := nextLook
	switch {
	case quiet.Why == "frozen":
		if v.did(calm.from.Add(-2*time.Minute), calm.from, "look ") { // the look before shows another place
			slow += nextLook
		}
		return later(calm.from, quiet.From).Add(frozenLook + slow)
	case quiet.Why == "unplayable": // it claims to play at 0, as some players always do
		look = v.longestSong() + mostOverlap + nextLook
	case calm.inactive:
		return calm.from.Add(searchLook + slow)
	case quiet.Why == "vanished": // the player claims to play, and nothing belies it before the song should be over
		look = v.shouldEnd(quiet.From).Sub(quiet.From) + nextLook
	case v.wasLost(calm):
		return later(calm.from.Add(lostLook+slow), quiet.From.Add(lostLook+slow))
	}
	return later(later(calm.from.Add(maxWait), quiet.From.Add(look)).Add(slow), v.probedBy(calm))
}

// probedBy returns by when the server has tried again what Spotify refused several times before a calm stretch, as it
// refuses everything to a host without Premium. It does so after two minutes at first.
func (v *verdict) probedBy(calm span) (by time.Time) {
	refusals := 0
	for _, r := range v.requests {
		if r.status == http.StatusForbidden && r.at.Before(calm.from) && r.at.After(calm.from.Add(-5*time.Minute)) {
			refusals++
			by = r.at.Add(2*time.Minute + nextLook + v.slowness(r.at.Add(2*time.Minute)))
		}
	}
	if refusals < 3 {
		return time.Time{}
	}
	return by
}

// shouldEnd returns when the song that played at a time would have been over.
func (v *verdict) shouldEnd(at time.Time) time.Time {
	for _, p := range v.plays {
		if !p.Started.After(at) && !orNow(p.Ended).Before(at) {
			return p.Started.Add(lengthOf(v.spotify.tracks[p.URI]) + p.Paused)
		}
	}
	return at
}

// longestSong returns the length of the room's longest song.
func (v *verdict) longestSong() (length time.Duration) {
	for _, s := range v.songs {
		length = max(length, s.length)
	}
	return length
}

// wasLost reports whether no device was there for longer than a minute before a calm stretch, or none was active at its
// beginning.
func (v *verdict) wasLost(calm span) bool {
	return calm.inactive || slices.ContainsFunc(v.silences, func(s sim.Silence) bool {
		return s.Why == "closed" && s.To.Sub(s.From) > time.Minute && s.To.After(calm.from.Add(-time.Minute)) &&
			s.From.Before(calm.from)
	})
}

// slowness returns how much later things may be noticed at a time because the room has cost much.
func (v *verdict) slowness(at time.Time) time.Duration {
	switch {
	case v.callsIn(at.Add(-time.Hour), at.Add(slowAfterMuch)) >= muchInAnHour, v.seemsMuch(at):
		return slowAfterMuch
	case v.callsIn(at.Add(-10*time.Minute), at.Add(slowAfterBurst)) >= muchInTenMinutes:
		return slowAfterBurst
	}
	return 0
}

// seemsMuch reports whether the room seems to have cost much at a time, because a server has started in the hour
// before, and assumes the usual number of calls for the time before it.
func (v *verdict) seemsMuch(at time.Time) bool {
	return slices.ContainsFunc(v.deeds, func(d deed) bool {
		since := at.Sub(d.at)
		if since < 0 || since > time.Hour || !isRestart(d) {
			return false
		}
		assumed := usualCalls * int((time.Hour-since)/time.Minute)
		return assumed+v.callsIn(d.at, at.Add(slowAfterMuch)) >= muchInAnHour
	})
}

// isRestart reports whether another server may have taken the room over because of this.
func isRestart(d deed) bool {
	return strings.HasSuffix(d.what, "the server") || strings.HasPrefix(d.what, "suspends")
}

func (v *verdict) callsIn(from, to time.Time) (n int) {
	for _, at := range v.calls {
		if !at.Before(from) && at.Before(to) {
			n++
		}
	}
	return n
}

// waitingIn returns for how long of a span songs waited.
func (v *verdict) waitingIn(from, to time.Time) time.Duration {
	since := to
	for _, s := range v.songs {
		if v.goneAt(s).After(to) || v.goneAt(s).Equal(to) {
			since = earlier(since, s.added)
		}
	}
	return to.Sub(later(from, since))
}

// goneAt returns when a song no longer waited: it was heard, removed or given up.
func (v *verdict) goneAt(s *song) time.Time {
	switch {
	case len(s.heard) > 0:
		return s.heard[0].Started
	case !s.removed.IsZero():
		return s.removed
	case s.state == party.Played:
		return v.startedAt(s)
	case v.refused(s):
		return s.added
	}
	return time.Now()
}
