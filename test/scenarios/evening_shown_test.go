package scenarios_test

import (
	"slices"
	"time"

	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/spotify/sim"
)

// This file judges what the program shows and what it costs: health, history, and calls to Spotify.

// judgeHealth judges in calm stretches whether the room's health is true.
func (v *verdict) judgeHealth() {
	for _, s := range v.songs {
		byServer := v.startedByServer(s)
		if len(byServer) == 0 || !byServer[0].Started.Equal(s.heard[0].Started) {
			continue // the server did not start the first play: a song that the host plays again is the host's
		}
		if !s.removed.IsZero() && s.removed.Before(byServer[0].Started) {
			continue // the song had left the room, but the player still had it
		}
		for _, calm := range v.calms {
			from, to := later(byServer[0].Started, calm.from).Add(nextLook), earlier(orNow(byServer[0].Ended), calm.to)
			if v.wasLost(calm) {
				from = from.Add(lostLook - nextLook)
			}
			from = later(from.Add(v.slowness(from)), v.probedBy(calm))
			if v.countedAsPlayed(s, to) {
				continue
			}
			for at := from; at.Before(to.Add(-maxPause)); at = at.Add(maxWait) {
				if shown := v.healthAt(at); shown != "OK" && !v.silentIn(at.Add(-nextLook-v.slowness(at)), at) {
					v.blame(at, "health "+shown, "Song %d was heard, and the room's health was %s.", s.number, shown)
					break
				}
			}
		}
	}
}

// countedAsPlayed reports whether the program has counted a song as over before a time, because its player could not be
// observed for so long that the song may have been heard. Such a song may still be heard later.
func (v *verdict) countedAsPlayed(s *song, before time.Time) bool {
	play := s.heard[0]
	return slices.ContainsFunc(v.history(), func(p lists.Play) bool {
		return p.Item.ID == v.items[s.number-1].ID && p.EndedAt != nil && p.EndedAt.Before(before.Add(-nextLook)) &&
			(v.givenUp(p, play) ||
				v.silentIn(play.Started, orNow(play.Ended)) && v.troubled(p.EndedAt.Add(-maxWait), *p.EndedAt) ||
				v.liedTo(*p.EndedAt))
	})
}

func (v *verdict) silentIn(from, to time.Time) bool {
	return slices.ContainsFunc(v.silences, func(s sim.Silence) bool { return s.From.Before(to) && s.To.After(from) })
}

// healthAt returns the health that the room showed at a time.
func (v *verdict) healthAt(at time.Time) (shown string) {
	for i, since := range v.since {
		if !since.After(at) {
			shown = v.shown[i]
		}
	}
	return shown
}

// history returns the room's history, the latest first.
func (v *verdict) history() (all []lists.Play) {
	if v.past != nil {
		return v.past
	}
	var after *string
	for more := true; more; {
		room, err := v.server.Room(v.host, v.room.ID)
		must(v.t, err)
		var page []lists.Play
		page, more, err = v.server.Lists().History(v.host, room, lists.First(100, after))
		must(v.t, err)
		for i := range page {
			after = &page[i].Cursor
		}
		all = append(all, page...)
	}
	v.past = all
	return all
}

// judgeHistory compares the history with what was heard.
func (v *verdict) judgeHistory() {
	listed, played := map[string]lists.Play{}, 0
	for _, play := range v.history() {
		listed[play.Item.ID] = play
		if !play.Skipped {
			played++
		}
	}
	for _, s := range v.songs {
		play, known := listed[v.items[s.number-1].ID]
		full := slices.ContainsFunc(s.heard, func(p sim.Play) bool { return v.inFull(s, p) })
		longest := time.Duration(0)
		for _, p := range s.heard {
			if p.ByWhom != sim.ByHost {
				longest = max(longest, v.audible(p))
			}
		}
		switch {
		case longest >= nextLook && !known && !v.leftBefore(s):
			v.blame(s.heard[0].Started, "history: missing", "Song %d was heard, and is not in the history.", s.number)
		case known && play.Skipped && len(s.heard) > 0 && v.inFull(s, s.heard[0]) &&
			!v.liedTo(later(s.heard[0].Ended.Add(nextLook), *play.EndedAt)) && !v.interrupted(s.heard[0]) &&
			play.StartedAt.Before(s.heard[0].Ended) && !v.restartedUnseen(s) && !v.liedTo(*play.EndedAt) &&
			!v.givenUp(play, s.heard[0]) && !v.fadedUnseen(s, s.heard[0]) &&
			!v.did(s.heard[0].Started, s.heard[0].Ended, "host seeks"):
			v.blame(s.heard[0].Ended, "history: skipped", "Song %d was heard in full, and is listed as skipped.", s.number)
		case known && !play.Skipped && len(s.heard) > 0 && !full && longest < s.length/2 && !v.troubled(
			s.heard[0].Started, orNow(s.heard[0].Ended).Add(nextLook)):
			v.blame(s.heard[0].Ended, "history: played", "Song %d was cut, and is listed as played.", s.number)
		}
	}
	exported, err := v.server.ExportHistory(v.host, v.room.ID)
	if err != nil || exported.SongCount != played {
		v.blame(time.Now(), "export", "The export has %v songs of %d: %v.", exported, played, err)
	}
}

// leftBefore reports whether a song had left the queue before the program saw it play. It can play anyway, because the
// host may play any song.
func (v *verdict) leftBefore(s *song) bool {
	removed := !s.removed.IsZero() && s.removed.Before(s.heard[0].Started.Add(nextLook))
	return removed || s.state == party.Skipped && v.refused(s)
}

// givenUp reports whether the program gave a song up during a trouble, because the device that played it, or had it in
// its queue, had disappeared, and the device played the song or the rest of it later.
func (v *verdict) givenUp(listed lists.Play, p sim.Play) bool {
	at := listed.EndedAt
	if at == nil || !v.troubled(*at, *at) {
		return false
	}
	stood := slices.ContainsFunc(v.silences, func(s sim.Silence) bool {
		within := s.From.After(p.Started) && s.To.Before(orNow(p.Ended))
		return within && s.Why == "closed" && !s.From.After(*at) && !s.To.Before(*at)
	})
	return at.Before(p.Started) || stood
}

// interrupted reports whether something that is no song played in the middle of a song, or the song stood still for
// longer than a server waits. Nobody can expect such a song to go on.
func (v *verdict) interrupted(p sim.Play) bool {
	return slices.ContainsFunc(v.silences, func(s sim.Silence) bool {
		stuck := s.Why == "frozen" && s.To.Sub(s.From) > stuckLook
		return s.From.After(p.Started) && s.From.Before(orNow(p.Ended)) &&
			(stuck || slices.Contains([]string{"ad", "episode", "local", "unknown"}, s.Why))
	})
}

// fadedUnseen reports whether a song faded into another one that was over before the next look. The server cannot tell
// such a song from one that was cut off.
func (v *verdict) fadedUnseen(s *song, p sim.Play) bool {
	return s.length-v.audible(p) >= unseen && slices.ContainsFunc(v.plays, func(next sim.Play) bool {
		return next.Started.Equal(p.Ended) && v.audible(next) < nextLook
	})
}

// restartedUnseen reports whether the host went back to a song that had just ended, before a new server could see that
// it had ended. To that server the song looks as if it had been paused.
func (v *verdict) restartedUnseen(s *song) bool {
	ended := s.heard[0].Ended
	again := len(s.heard) > 1 && s.heard[1].ByWhom != sim.ByAPI && s.heard[1].Started.Sub(ended) < nextLook
	return again && slices.ContainsFunc(v.deeds, func(d deed) bool {
		return isRestart(d) && d.at.After(ended.Add(-nextLook)) && d.at.Before(ended.Add(nextLook))
	})
}

// judgeCalls judges how many calls the room caused in any hour of the evening.
func (v *verdict) judgeCalls() {
	first := 0
	for last, at := range v.calls {
		for at.Sub(v.calls[first]) >= time.Hour {
			first++
		}
		n := last - first + 1
		if v.busiest = max(v.busiest, n); n > maxHourlyCalls {
			v.blame(at, "too many calls", "%d calls in an hour.", n)
			return
		}
	}
}
