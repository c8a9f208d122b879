package scenarios_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/spotify/sim"
)

// The judge of an evening knows what the simulator's loudspeaker played, which requests Spotify carried out, and what
// people and Spotify did. What the program says is only compared with that.

// The bounds of the judge.
const (
	maxPause = 1500 * time.Millisecond // a silence between two songs in a calm stretch
	maxWait  = 10 * time.Second        // from the end of what was wrong until music plays and the health is true
	// nextLook is how long something may stay unnoticed of which nobody tells the server: it observes a player at most
	// every 15 s, because all calls of an hour are limited, and looks again before it believes what it sees.
	nextLook = 18 * time.Second
	// frozenLook is the same for a player that stands still while it claims to play, which is believed only after ten
	// seconds of standing still, as answers of a cache stand still, too.
	frozenLook = nextLook + 12*time.Second
	// idleLook is the same for a host who resumes a song that was paused for more than ten minutes.
	idleLook = 33 * time.Second
	// lostLook is how long it may take to notice that a device is back that was away for longer than a minute.
	lostLook = 33 * time.Second
	// searchLook is the same for a device that is there and does not play: the server reads the list of devices once a
	// minute.
	searchLook = 63 * time.Second
	// A room that has cost much is observed less often. These are the numbers of calls, and what is added to every bound.
	muchInTenMinutes, slowAfterBurst = 70, 26 * time.Second
	muchInAnHour, slowAfterMuch      = 320, time.Minute
	// restartCalls is what each server that starts may add to an hour's calls, because it does not know them.
	restartCalls = 10
	// answered is how long a host command may take until it has its effect or is given up.
	answered = 12 * time.Second
)

// violation is something that must not happen.
type violation struct {
	at         time.Time
	kind, text string
}

// song is what is known of one of the room's songs.
type song struct {
	number         int
	uri            string
	length         time.Duration
	added, removed time.Time
	heard          []sim.Play
	state          party.QueueItemState // as the program says
}

// verdict is what the judge found.
type verdict struct {
	*evening
	plays      []sim.Play
	silences   []sim.Silence
	requests   []request
	calls      []time.Time // those that a room costs: of the player and of playlists
	songs      []*song
	violations []violation
	ends       map[string]int           // what became of the songs
	quiet      map[string]time.Duration // silence while songs waited, by cause
	busiest    int
	past       []jukebox.Play // the history, once it is read
	shown      []string       // the healths that the room showed
	since      []time.Time    // when each of them was first shown
}

// judge judges an evening that is over.
func (e *evening) judge() *verdict {
	v := e.evidence()
	v.decide()
	return v
}

// evidence returns a verdict of which nothing is decided.
func (e *evening) evidence() *verdict {
	e.health.mu.Lock()
	defer e.health.mu.Unlock()
	return &verdict{
		evening: e, plays: e.spotify.Plays(e.account.ID), silences: e.spotify.Silences(e.account.ID),
		requests: e.spotify.log(), ends: map[string]int{}, quiet: map[string]time.Duration{},
		shown: slices.Clone(e.health.shown), since: slices.Clone(e.health.since),
	}
}

func (v *verdict) decide() {
	for _, r := range v.requests {
		if strings.Contains(r.name, " me/player") || strings.Contains(r.name, "playlists") {
			v.calls = append(v.calls, r.at)
		}
	}
	v.songs = v.recordSongs()
	for _, s := range v.songs {
		v.judgeSong(s)
	}
	v.judgeCuts()
	v.judgeSilences()
	v.judgeHealth()
	v.judgeHistory()
	v.judgeCalls()
}

func (v *verdict) blame(at time.Time, kind, format string, args ...any) {
	v.violations = append(v.violations, violation{at, kind, fmt.Sprintf(format, args...)})
}

func (v *verdict) recordSongs() []*song {
	all := make([]*song, len(v.items))
	states := v.states()
	for i, item := range v.items {
		all[i] = &song{
			number: i + 1, uri: item.Song.URI, length: time.Duration(item.Song.DurationMS) * time.Millisecond,
			added: v.added[i], removed: v.removed[i+1], state: party.QueueItemState(states[i]),
		}
	}
	for _, play := range v.plays {
		if name := v.songName(play.URI); name != other {
			var number int
			_, _ = fmt.Sscan(name, &number)
			all[number-1].heard = append(all[number-1].heard, play)
		}
	}
	return all
}

// judgeSong judges what became of a song.
func (v *verdict) judgeSong(s *song) {
	byServer := v.startedByServer(s)
	if len(byServer) > 1 && v.liedTo(byServer[1].Started) {
		v.ends["heard twice, as Spotify said several times that it did not have it"]++
	} else if len(byServer) > 1 {
		v.blame(byServer[1].Started, "heard twice", "The server played song %d %d times.", s.number, len(byServer))
	}
	full := slices.ContainsFunc(s.heard, func(p sim.Play) bool { return v.inFull(s, p) })
	removed := !s.removed.IsZero()
	end := ""
	switch {
	case full:
		end = "heard in full"
	case len(s.heard) > 0:
		end = "cut by the host, by a command, or by a device"
	case removed:
		end = "removed"
	case s.state == party.Skipped && v.refused(s):
		end = "refused, as Spotify did"
	case s.state == party.Played && v.refused(s): // the player showed it all the time, and nothing was heard of it
		end = "missed: the player could not load it"
	case s.state == party.Played && v.troubled(v.startedAt(s).Add(-time.Minute), v.startedAt(s).Add(time.Minute)):
		// A song that may have been heard while nobody could see the player is not played again: twice is worse than never.
		end = "missed: it may have been heard during a trouble"
	default:
		v.blame(s.added, "never heard", "Song %d is %s, and nobody has heard or removed it.", s.number, s.state)
		end = "wrong"
	}
	v.ends[end]++
}

// startedByServer returns the plays of a song that the server has started and that were heard. A player that repeats
// the song by itself, and a host who presses play again, are not the server's.
func (v *verdict) startedByServer(s *song) (plays []sim.Play) {
	for i, play := range s.heard {
		if play.ByWhom != sim.ByAPI && play.ByWhom != sim.ByQueue || v.audible(play) < unseen {
			continue
		}
		repeats := i > 0 && play.Started.Equal(s.heard[i-1].Ended) &&
			!v.requested(play.Started, "PUT me/player/play", "POST me/player/next")
		late := i+1 < len(s.heard) && play.Ended.Equal(s.heard[i+1].Started) && v.audible(play) < latest &&
			v.requested(play.Ended, "PUT me/player/play")
		if !repeats && !late && !(len(plays) > 0 && v.did(play.Started.Add(-answered), play.Started, "commands to resume")) {
			plays = append(plays, play)
		}
	}
	return plays
}

// latest is how long after an error Spotify may carry out a command all the same. A command that was repeated before,
// as it had had no effect, starts its song once more then.
const latest = 6100 * time.Millisecond

// unseen is how long a song may be heard without an observation, because it was skipped at once.
const unseen = 2 * time.Second

// audible returns how long a play was heard.
func (v *verdict) audible(p sim.Play) time.Duration {
	if p.Ended.IsZero() {
		return time.Since(p.Started) - p.Paused
	}
	return p.Ended.Sub(p.Started) - p.Paused
}

// inFull reports whether a play was heard from its beginning to its end: nobody sought to its end, or let it begin in
// the middle. Spotify's crossfade and Automix leave out some seconds.
func (v *verdict) inFull(s *song, p sim.Play) bool {
	return p.Full && v.audible(p) >= min(s.length-mostOverlap, s.length*3/4)
}

// mostOverlap is what crossfade and Automix leave out of a song at most.
const mostOverlap = 32 * time.Second

// requested reports whether Spotify carried out one of these requests at this time or, if it answered with an error
// first, up to six seconds after it.
func (v *verdict) requested(at time.Time, names ...string) bool {
	return slices.ContainsFunc(v.requests, func(r request) bool {
		late := at.Sub(r.done())
		return slices.Contains(names, r.name) && (late.Abs() < 2*time.Millisecond ||
			r.status >= 400 && late > 3*time.Second && late < latest)
	})
}

// did reports whether somebody did this within a span. A command counts even if the host was told that it has failed,
// because Spotify may have carried it out all the same.
func (v *verdict) did(from, to time.Time, what ...string) bool {
	return slices.ContainsFunc(v.deeds, func(d deed) bool {
		return (!d.failed || strings.HasPrefix(d.what, "commands ")) && !d.at.Before(from) && !d.at.After(to) &&
			slices.ContainsFunc(what, func(w string) bool { return strings.HasPrefix(d.what, w) })
	})
}

// refused reports whether Spotify really refused or broke a song.
func (v *verdict) refused(s *song) bool {
	return slices.ContainsFunc(v.deeds, func(d deed) bool { return d.uri == s.uri && !d.failed })
}

// troubled reports whether a span is not entirely calm.
func (v *verdict) troubled(from, to time.Time) bool {
	return !slices.ContainsFunc(v.calms, func(c span) bool { return !c.from.After(from) && !c.to.Before(to) })
}

// startedAt returns when the program says that a song has started, or was added if it says nothing.
func (v *verdict) startedAt(s *song) time.Time {
	for _, play := range v.history() {
		if play.Item.ID == v.items[s.number-1].ID {
			return play.StartedAt
		}
	}
	return s.added
}

// judgeCuts judges whether the server has ended or paused a song of the room that was to be heard.
func (v *verdict) judgeCuts() {
	for _, s := range v.songs {
		for _, play := range s.heard {
			silent := v.silentAt(play.Ended)
			if play.Full || play.Ended.IsZero() || silent || s.length-v.audible(play) < unseen {
				continue
			}
			byServer := v.requested(play.Ended, "PUT me/player/play", "POST me/player/next")
			wanted := v.did(play.Ended.Add(-answered), play.Ended, "commands a skip", "commands to resume", "host ", "plays ") ||
				!s.removed.IsZero() && s.removed.Before(play.Ended)
			if byServer && !wanted && v.liedTo(play.Ended) {
				v.ends["cut, as Spotify said twice that it no longer played"]++
			} else if byServer && !wanted {
				v.blame(play.Ended, "cut by the server", "The server ended song %d after %v of %v.", s.number,
					v.audible(play).Round(time.Second), s.length.Round(time.Second))
			}
		}
	}
	for _, quiet := range v.silences {
		if quiet.Why == "paused" && v.requested(quiet.From, "PUT me/player/pause") &&
			!v.did(quiet.From.Add(-answered), quiet.From, "commands a pause") {
			v.blame(quiet.From, "paused by the server", "The server paused the music, and nobody had asked for it.")
		}
	}
}

// liedTo reports whether several answers in a row may have been untrue within lieMemory before a time. The server
// believes what two answers in a row say, which is all that can be asked: a lie that is repeated looks like the truth.
func (v *verdict) liedTo(at time.Time) bool {
	return slices.ContainsFunc(v.deeds, func(d deed) bool {
		lie := strings.HasPrefix(d.what, "look ") || strings.HasPrefix(d.what, "queue ")
		return lie && !d.failed && !strings.Contains(d.what, "Times:1 ") && !d.at.After(at) && at.Sub(d.at) < lieMemory
	})
}

// lieMemory is how long the song may last that is delivered because of what an untrue answer said, and the two before.
const lieMemory = 6 * time.Minute

// silentAt reports whether nothing was heard just before a time.
func (v *verdict) silentAt(at time.Time) bool {
	return slices.ContainsFunc(v.silences, func(s sim.Silence) bool { return s.From.Before(at) && !s.To.Before(at) })
}

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
	case v.callsIn(at.Add(-time.Hour), at.Add(slowAfterMuch)) >= muchInAnHour:
		return slowAfterMuch
	case v.callsIn(at.Add(-10*time.Minute), at.Add(slowAfterBurst)) >= muchInTenMinutes:
		return slowAfterBurst
	}
	return 0
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

// judgeHealth judges in calm stretches whether the room's health is true.
func (v *verdict) judgeHealth() {
	for _, s := range v.songs {
		byServer := v.startedByServer(s)
		if len(byServer) == 0 || !byServer[0].Started.Equal(s.heard[0].Started) {
			continue // a song that the host plays again is the host's
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
				if shown := v.healthAt(at); shown != "OK" && !v.silentIn(at.Add(-nextLook), at) {
					v.blame(at, "health "+shown, "Song %d was heard, and the room's health was %s.", s.number, shown)
					break
				}
			}
		}
	}
}

// countedAsPlayed reports whether the program has counted a song as over before a time, because its player could not be
// seen for so long that the song may have been heard. Such a song may be heard later nevertheless.
func (v *verdict) countedAsPlayed(s *song, before time.Time) bool {
	play := s.heard[0]
	return slices.ContainsFunc(v.history(), func(p jukebox.Play) bool {
		return p.Item.ID == v.items[s.number-1].ID && p.EndedAt != nil && p.EndedAt.Before(before.Add(-nextLook)) &&
			(v.silentIn(play.Started, orNow(play.Ended)) && v.troubled(p.EndedAt.Add(-maxWait), *p.EndedAt) ||
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
func (v *verdict) history() (all []jukebox.Play) {
	if v.past != nil {
		return v.past
	}
	var after *string
	for more := true; more; {
		room, err := v.server.Room(v.host, v.room.ID)
		must(v.t, err)
		var page []jukebox.Play
		page, more, err = v.server.History(v.host, room, jukebox.First(100, after))
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
	listed, played := map[string]jukebox.Play{}, 0
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
			!v.liedTo(s.heard[0].Ended.Add(nextLook)) && !v.interrupted(s.heard[0]) &&
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

// leftBefore reports whether a song had left the queue before it was seen to play, as the host may play any song.
func (v *verdict) leftBefore(s *song) bool {
	removed := !s.removed.IsZero() && s.removed.Before(s.heard[0].Started.Add(nextLook))
	return removed || s.state == party.Skipped && v.refused(s)
}

// interrupted reports whether something that is no song played in the middle of a song, which nobody can expect to go
// on.
func (v *verdict) interrupted(p sim.Play) bool {
	return slices.ContainsFunc(v.silences, func(s sim.Silence) bool {
		return s.From.After(p.Started) && s.From.Before(orNow(p.Ended)) &&
			slices.Contains([]string{"ad", "episode", "local", "unknown"}, s.Why)
	})
}

// judgeCalls judges what the evening cost.
func (v *verdict) judgeCalls() {
	first := 0
	for last, at := range v.calls {
		for at.Sub(v.calls[first]) >= time.Hour {
			first++
		}
		n, restarts := last-first+1, 0
		v.busiest = max(v.busiest, n)
		for _, d := range v.deeds {
			if d.at.After(at.Add(-time.Hour)) && d.at.Before(at) && (strings.HasSuffix(d.what, "the server") ||
				strings.HasPrefix(d.what, "suspends")) {
				restarts++
			}
		}
		if n > maxHourlyCalls+restartCalls*restarts {
			v.blame(at, "too many calls", "%d calls in an hour with %d new servers.", n, restarts)
			return
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func orNow(at time.Time) time.Time {
	if at.IsZero() {
		return time.Now()
	}
	return at
}
