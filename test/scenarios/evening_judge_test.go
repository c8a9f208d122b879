package scenarios_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/spotify/sim"
)

// The judge of an evening relies on what the simulator's loudspeaker played, which requests Spotify carried out, and
// what people and Spotify did. It checks what the program says against that.

// The bounds of the judge.
const (
	maxPause = 1500 * time.Millisecond // a silence between two songs in a calm stretch
	maxWait  = 10 * time.Second        // from the start of a calm stretch until music plays and the health is true
	// nextLook is how long the server may take to notice something that only an observation can show. It observes a
	// player every 15 s, not more often, because the calls per hour are limited, and believes a change only when a second
	// observation confirms it.
	nextLook = 18 * time.Second
	// frozenLook is the same for a player that claims to play but whose progress stands still. The server believes that
	// only after ten seconds (stuckLook has a margin), because a cached answer looks the same.
	stuckLook  = 12 * time.Second
	frozenLook = nextLook + stuckLook
	// idleLook is the same for a host who resumes a song that was paused for more than ten minutes.
	idleLook = 33 * time.Second
	// lostLook is how long it may take to notice that a device is back that was away for longer than a minute.
	lostLook = 33 * time.Second
	// hiddenLook is the same for a player that several untrue looks have hidden: only its queue still shows what it plays.
	// Reading that costs two calls, so it is done every 45 s.
	hiddenLook = 48 * time.Second
	// searchLook is the same for a device that is listed but not active: the server reads the list of devices once a
	// minute.
	searchLook = 63 * time.Second
	// A room that has caused many calls is observed less often: from these numbers of calls on, these times are added to
	// every bound.
	muchInTenMinutes, slowAfterBurst = 70, 26 * time.Second
	muchInAnHour, slowAfterMuch      = 315, time.Minute
	// unknownCalls is how many calls a server that takes the room over assumes that its predecessor made and did not
	// record.
	unknownCalls = 5
	// answered is how long it may take until a host command has its effect or is given up.
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
	calls      []time.Time // of the requests that count for the room: those about the player and playlists
	songs      []*song
	violations []violation
	ends       map[string]int           // what became of the songs
	quiet      map[string]time.Duration // silence while songs waited, by cause
	busiest    int
	past       []lists.Play // the room's history; nil until it is read
	shown      []string     // the healths that the room showed
	since      []time.Time  // when each of them was first shown
}

// judge judges an evening that is over.
func (e *evening) judge() *verdict {
	v := e.evidence()
	v.decide()
	return v
}

// evidence returns a verdict that has everything that was recorded, but no judgement yet.
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
			if s := all[number-1]; orNow(play.Ended).After(s.added) { // a song of the host may be added later
				s.heard = append(s.heard, play)
			}
		}
	}
	return all
}

// judgeSong finds out what became of a song, and whether that is a violation.
func (v *verdict) judgeSong(s *song) {
	byServer := v.startedByServer(s)
	if len(byServer) > 1 && (v.liedTo(byServer[0].Started) || v.liedTo(byServer[1].Started) ||
		v.liedTo(byServer[0].Ended.Add(nextLook))) {
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
	case v.over(s) && v.troubledAround(v.startedAt(s)):
		// A song that may have been heard while nobody could see the player is not played again: twice is worse than never.
		end = "missed: it may have been heard during a trouble"
	default:
		v.blame(s.added, "never heard", "Song %d is %s, and nobody has heard or removed it.", s.number, s.state)
		end = "wrong"
	}
	v.ends[end]++
}

// startedByServer returns the plays of a song that the server has started and that were heard. It leaves out plays that
// began because the player repeated the song by itself or the host pressed play again.
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

// latest is how long after an error Spotify may still carry out the command. If the server has repeated it by then,
// because it had no effect yet, the song starts a second time.
const latest = 6100 * time.Millisecond

// unseen is how long a song may be heard without the server observing it, because it was skipped at once.
const unseen = 2 * time.Second

// audible returns how long a play was heard.
func (v *verdict) audible(p sim.Play) time.Duration {
	if p.Ended.IsZero() {
		return time.Since(p.Started) - p.Paused
	}
	return p.Ended.Sub(p.Started) - p.Paused
}

// inFull reports whether a play was heard from its beginning to its end, so nobody seeked to its end or started it in
// the middle. Spotify's crossfade and Automix may leave out some seconds.
func (v *verdict) inFull(s *song, p sim.Play) bool {
	return p.Full && v.audible(p) >= min(s.length-mostOverlap, s.length*3/4)
}

// mostOverlap is the most that crossfade and Automix together leave out of a song; maxFade the most that crossfade
// leaves out alone.
const (
	mostOverlap = 32 * time.Second
	maxFade     = 13 * time.Second
)

// requested reports whether Spotify carried out one of these requests at this time or, if it answered with an error
// first, up to six seconds after it.
func (v *verdict) requested(at time.Time, names ...string) bool {
	return slices.ContainsFunc(v.requests, func(r request) bool {
		late := at.Sub(r.done())
		return slices.Contains(names, r.name) && (late.Abs() < 2*time.Millisecond ||
			r.status >= 400 && late > 3*time.Second && late < latest)
	})
}

// did reports whether a deed that begins with one of these texts happened within a span. A command counts even if the
// host was told that it failed, because Spotify may have carried it out all the same.
func (v *verdict) did(from, to time.Time, what ...string) bool {
	return slices.ContainsFunc(v.deeds, func(d deed) bool {
		return (!d.failed || strings.HasPrefix(d.what, "commands ")) && !d.at.Before(from) && !d.at.After(to) &&
			slices.ContainsFunc(what, func(w string) bool { return strings.HasPrefix(d.what, w) })
	})
}

// refused reports whether the evening made Spotify refuse or break a song.
func (v *verdict) refused(s *song) bool {
	return slices.ContainsFunc(v.deeds, func(d deed) bool { return d.uri == s.uri && !d.failed })
}

// troubled reports whether a span is not entirely calm.
func (v *verdict) troubled(from, to time.Time) bool {
	return !slices.ContainsFunc(v.calms, func(c span) bool { return !c.from.After(from) && !c.to.Before(to) })
}

// troubledAround reports whether something may have gone wrong within a minute before or after a time at which the
// program noticed something.
func (v *verdict) troubledAround(at time.Time) bool {
	return v.troubled(at.Add(-time.Minute-v.slowness(at)), at.Add(time.Minute))
}

// over reports whether the program says that a song was heard or skipped.
func (v *verdict) over(s *song) bool { return s.state == party.Played || s.state == party.Skipped }

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
			chosen := play.ByWhom != sim.ByAutoplay // a song that nobody chose gives way to the room's next one
			if play.Full || play.Ended.IsZero() || silent || !chosen || s.length-v.audible(play) < unseen {
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

// liedTo reports whether, within lieMemory before a time, several answers in a row may have been untrue. The server
// believes what two answers in a row say. More cannot be expected of it, because a repeated untrue answer cannot be
// told from a true one. A private session counts, too: Spotify shows no player then, whatever plays.
func (v *verdict) liedTo(at time.Time) bool {
	return slices.ContainsFunc(v.deeds, func(d deed) bool {
		lie := strings.HasPrefix(d.what, "look ") || strings.HasPrefix(d.what, "queue ") || d.what == privateSession
		return lie && !d.failed && !strings.Contains(d.what, "Times:1 ") && !d.at.After(at) && at.Sub(d.at) < lieMemory
	})
}

// privateSession is the trouble that a device plays in a private session.
const privateSession = "odd device in a private session"

// lieMemory is how long untrue answers may have effects: as long as a song that is delivered because of one, and the
// two songs before it, may last.
const lieMemory = 6 * time.Minute

// silentAt reports whether nothing was heard just before a time.
func (v *verdict) silentAt(at time.Time) bool {
	return slices.ContainsFunc(v.silences, func(s sim.Silence) bool { return s.From.Before(at) && !s.To.Before(at) })
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
