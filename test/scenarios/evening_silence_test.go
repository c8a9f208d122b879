package scenarios_test

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/spotify/sim"
)

// This file judges the silences of an evening: how long each lasted, and how long it was allowed to last.

// judgeSilences judges the silences in calm stretches while songs waited.
func (v *verdict) judgeSilences() {
	for _, quiet := range v.silences {
		if slices.Contains([]string{"ad", "episode", "local", "unknown"}, quiet.Why) {
			continue // not silent: something that is no song played
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

// allowedUntil returns the time until which a silence may last, if it reaches into a calm stretch.
func (v *verdict) allowedUntil(quiet sim.Silence, calm span) time.Time {
	slow := v.slowness(later(quiet.From, calm.from))
	if v.did(quiet.From.Add(-idleLook), quiet.From, "opens the app") {
		look := idleLook // the host resumed a song, of which only seconds were left, after a long pause
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
		if v.did(calm.from.Add(-2*time.Minute), calm.from, "look ") { // an untrue look may have shown another progress
			slow += nextLook
		}
		slow += v.slowness(later(quiet.From, calm.from)) // the server observes once more before it sends a command
		return later(later(calm.from, quiet.From).Add(frozenLook+slow), v.probedBy(calm))
	case calm.inactive:
		return calm.from.Add(searchLook + slow)
	case quiet.Why == "vanished": // the player claims to play, and nothing contradicts that until the song should end
		look = v.shouldEnd(quiet.From).Sub(quiet.From) + nextLook
	case v.toldLost(calm):
		return later(calm.from, quiet.From).Add(hiddenLook + slow)
	case v.wasLost(calm):
		return later(calm.from.Add(lostLook+slow), quiet.From.Add(lostLook+slow))
	}
	return later(later(calm.from.Add(maxWait), quiet.From.Add(look)).Add(slow), v.probedBy(calm))
}

// firstLook returns when the server could first see something that began at this time, before a calm stretch: at once,
// unless Spotify had just asked for a pause of all requests, which may last ten minutes. After such a pause, a song
// that claims to be at 0 may have begun just now, as far as anybody can see.
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

// atStart reports whether the song that played at a time stood still at its beginning, so that nothing of it was heard.
func (v *verdict) atStart(at time.Time) bool {
	return slices.ContainsFunc(v.plays, func(p sim.Play) bool {
		return !p.Started.After(at) && !orNow(p.Ended).Before(at) && v.audible(p) < unseen
	})
}

// probedBy returns the time by which the server has retried after several refusals (403) before a calm stretch, such as
// those for a host without Premium. Its first retry is after two minutes. Zero: there were fewer than three refusals.
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

// wasLost reports whether no device existed for more than a minute before a calm stretch, or none was active when it
// began, or several untrue looks in a row said so.
func (v *verdict) wasLost(calm span) bool {
	return calm.inactive || v.toldLost(calm) || slices.ContainsFunc(v.silences, func(s sim.Silence) bool {
		return s.Why == "closed" && s.To.Sub(s.From) > time.Minute && s.To.After(calm.from.Add(-time.Minute)) &&
			s.From.Before(calm.from)
	})
}

// toldLost reports whether, before a calm stretch, several untrue looks in a row said that there was no player.
func (v *verdict) toldLost(calm span) bool {
	return v.liedTo(calm.from) && v.did(calm.from.Add(-lieMemory), calm.from, "look nothing", privateSession)
}

// slowness returns how much later the server may notice something at a time, because by its count the room has caused
// many calls, or had when the server scheduled the look that is due now.
func (v *verdict) slowness(at time.Time) time.Duration {
	switch {
	case v.costs(at, time.Hour, slowAfterMuch) >= muchInAnHour:
		return slowAfterMuch
	case v.costs(at, 10*time.Minute, slowAfterBurst) >= muchInTenMinutes:
		return slowAfterBurst
	}
	return 0
}

// costs returns how many calls a server counts in the span that ends about now, or in the one that ended about when it
// put off the look that is due now, whichever is more.
func (v *verdict) costs(now time.Time, span, putOff time.Duration) int {
	before := now.Add(-putOff)
	return max(v.countedIn(now.Add(-span), now.Add(putOff)), v.countedIn(before.Add(-span), now))
}

// isRestart reports whether another server may have taken the room over because of a deed.
func isRestart(d deed) bool {
	return strings.HasSuffix(d.what, "the server") || strings.HasPrefix(d.what, "suspends")
}

// countedIn returns how many calls a server counts in a span: those that were made, and unknownCalls for each restart.
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

// goneAt returns since when a song no longer waits, because it was heard, removed or given up.
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
