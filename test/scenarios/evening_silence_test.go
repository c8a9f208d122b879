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
		look := idleLook // the host resumed the last seconds of a song that had been paused for long
		if v.toldLost(calm) {
			look = hiddenLook
		}
		return later(quiet.From.Add(look+slow), v.probedBy(calm))
	}
	if quiet.From.After(calm.from.Add(maxWait + slow)) {
		seen := quiet.From
		if v.liedTo(calm.from) { // what several untrue looks have said is believed until the next look
			seen = later(seen, calm.from.Add(nextLook))
		}
		if v.toldLost(calm) {
			seen = later(seen, calm.from.Add(hiddenLook))
		}
		return seen.Add(maxPause + slow) // the next song was committed late
	}
	look := nextLook
	switch {
	case quiet.Why == "unplayable", quiet.Why == "frozen" && v.atStart(quiet.From):
		ends := v.shouldEnd(quiet.From) // it claims to play at 0, as some players always do
		if quiet.Why == "unplayable" {
			ends = v.firstLook(quiet.From, calm).Add(v.longestSong())
		}
		ends = ends.Add(maxFade + nextLook)
		return later(calm.from.Add(maxWait), ends.Add(v.slowness(ends)))
	case quiet.Why == "frozen":
		if v.did(calm.from.Add(-2*time.Minute), calm.from, "look ") { // the look before shows another place
			slow += nextLook
		}
		slow += v.slowness(later(quiet.From, calm.from)) // it has to be seen once more before a command
		return later(later(calm.from, quiet.From).Add(frozenLook+slow), v.probedBy(calm))
	case calm.inactive:
		return calm.from.Add(searchLook + slow)
	case quiet.Why == "vanished": // the player claims to play, and nothing belies it before the song should be over
		look = v.shouldEnd(quiet.From).Sub(quiet.From) + nextLook
	case v.toldLost(calm):
		return later(calm.from, quiet.From).Add(hiddenLook + slow)
	case v.wasLost(calm):
		return later(calm.from.Add(lostLook+slow), quiet.From.Add(lostLook+slow))
	}
	return later(later(calm.from.Add(maxWait), quiet.From.Add(look)).Add(slow), v.probedBy(calm))
}

// firstLook returns when the server could first see what began at a time before a calm stretch. That is later if
// Spotify had just asked for no more requests, for ten minutes for instance: a song that claims to play at 0 may have
// begun just then, for all that anybody can see.
func (v *verdict) firstLook(at time.Time, calm span) time.Time {
	forbidden := false
	for _, r := range v.requests {
		if !strings.Contains(r.name, " me/player") {
			continue
		}
		if first := !r.at.Before(at); first && forbidden {
			return earlier(r.at, calm.from.Add(maxWait))
		} else if first {
			break
		}
		forbidden = r.status == tooMany
	}
	return at
}

// atStart reports whether a song that played at a time was not heard at all, as it stood still at its beginning.
func (v *verdict) atStart(at time.Time) bool {
	return slices.ContainsFunc(v.plays, func(p sim.Play) bool {
		return !p.Started.After(at) && !orNow(p.Ended).Before(at) && v.audible(p) < unseen
	})
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
// beginning, or several untrue looks in a row said so.
func (v *verdict) wasLost(calm span) bool {
	return calm.inactive || v.toldLost(calm) || slices.ContainsFunc(v.silences, func(s sim.Silence) bool {
		return s.Why == "closed" && s.To.Sub(s.From) > time.Minute && s.To.After(calm.from.Add(-time.Minute)) &&
			s.From.Before(calm.from)
	})
}

// toldLost reports whether several untrue looks in a row said before a calm stretch that there was no player.
func (v *verdict) toldLost(calm span) bool {
	return v.liedTo(calm.from) && v.did(calm.from.Add(-lieMemory), calm.from, "look nothing", privateSession)
}

// slowness returns how much later things may be noticed at a time because the room has cost much, as far as its server
// knows, or had cost much when the server put off its next look.
func (v *verdict) slowness(at time.Time) time.Duration {
	switch {
	case v.costs(at, time.Hour, slowAfterMuch) >= muchInAnHour:
		return slowAfterMuch
	case v.costs(at, 10*time.Minute, slowAfterBurst) >= muchInTenMinutes:
		return slowAfterBurst
	}
	return 0
}

// costs returns how many calls a server counts in a span that ends about now, or ended when a look was put off that is
// due now.
func (v *verdict) costs(now time.Time, span, putOff time.Duration) int {
	before := now.Add(-putOff)
	return max(v.countedIn(now.Add(-span), now.Add(putOff)), v.countedIn(before.Add(-span), now))
}

// isRestart reports whether another server may have taken the room over because of this.
func isRestart(d deed) bool {
	return strings.HasSuffix(d.what, "the server") || strings.HasPrefix(d.what, "suspends")
}

// countedIn returns how many calls a server counts in a span.
func (v *verdict) countedIn(from, to time.Time) (n int) {
	for _, at := range v.calls {
		if !at.Before(from) && at.Before(to) {
			n++
		}
	}
	for _, d := range v.deeds {
		if isRestart(d) && !d.at.Before(from) && d.at.Before(to) {
			n += unknownCalls
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
	case v.refused(s) && s.state == party.Skipped:
		return s.added
	case v.over(s):
		return v.startedAt(s)
	}
	return time.Now()
}
