package scenarios_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/spotify/sim"
)

var seeds = flag.Int("seeds", 20, "how many random parties there are")

// faultsByKind are what Spotify may do at any time, by the name under which the simulator counts it.
func faultsByKind() map[string]sim.Fault {
	return map[string]sim.Fault{
		"401":                  {Status: http.StatusUnauthorized, Message: "The access token expired"},
		"403 UNKNOWN":          {Path: playerPath, Status: http.StatusForbidden, Message: "Player command failed: Restriction violated", Reason: "UNKNOWN"},
		"404 NO_ACTIVE_DEVICE": {Path: playerPath + "/", Status: http.StatusNotFound, Message: "Player command failed: No active device found", Reason: "NO_ACTIVE_DEVICE"},
		"429":                  {Status: tooMany, RetryAfter: 8 * time.Second},
		"429 text":             {Status: tooMany, RetryAfter: 37 * time.Second, PlainText: true},
		"429 QUOTA_EXCEEDED":   {Status: tooMany, Reason: quotaReached},
		"500":                  {Status: http.StatusInternalServerError},
		"502 html":             {Status: http.StatusBadGateway, HTML: true, Times: 3},
		"502 after applying":   {Path: playerPath + "/", Status: http.StatusBadGateway, AfterApplying: true},
		"503 text":             {Path: "/api/token", Status: http.StatusServiceUnavailable, PlainText: true},
		"504 empty late":       {Status: http.StatusGatewayTimeout, Empty: true, Delay: 5 * time.Second},
		"204 empty":            {Method: http.MethodGet, Path: playerPath, Status: http.StatusNoContent, Empty: true},
		"200 text":             {Method: http.MethodGet, Path: playerPath, Status: http.StatusOK, PlainText: true, Message: "OK"},
		"cut":                  {Times: 2},
		"cut after applying":   {Path: playerPath + "/", AfterApplying: true},
		"hang":                 {Delay: 30 * time.Second},
		"hang after applying":  {Path: playerPath + "/", Delay: 30 * time.Second, AfterApplying: true},
	}
}

// luck is a random party: its dice, and what it has done.
type luck struct {
	*fixture
	dice    *rand.Rand
	guests  []context.Context
	removed map[string]bool // songs, by their ids
	times   map[string]int  // what happened, by kind
	servers int
}

// whim is something that people, or the power company, do now and then.
type whim struct {
	name   string
	weight int
	do     func(l *luck) error
}

func whims() []whim {
	return []whim{
		{"adds a song", 30, (*luck).addSong},
		{"likes a song", 40, func(l *luck) error { return l.like(l.guest(), l.song()) }},
		{"takes a like back", 10, func(l *luck) error { return l.unlike(l.guest(), l.song()) }},
		{"removes a song", 3, (*luck).removeSong},
		{"pauses", 4, func(l *luck) error { return l.app.host.Pause() }},
		{"resumes", 6, func(l *luck) error { return l.app.host.Resume() }},
		{"skips", 2, func(l *luck) error { return l.app.host.Skip() }},
		{"seeks", 3, func(l *luck) error { return l.app.host.Seek(time.Duration(l.dice.IntN(170)) * time.Second) }},
		{"plays their own song", 2, func(l *luck) error { return l.app.host.PlayURI(l.music[len(l.music)-1-l.dice.IntN(50)].URI) }},
		{"plays one of the room's", 1, func(l *luck) error { return l.app.host.PlayURI(l.track(l.song()).URI) }},
		{"closes the app", 2, func(l *luck) error { return l.app.host.CloseApp() }},
		{"opens the app", 6, func(l *luck) error { return l.app.host.OpenApp() }},
		{"hears an advertisement", 2, func(l *luck) error { return l.app.host.Advertise(30 * time.Second) }},
		{"hears a podcast", 1, func(l *luck) error { return l.app.host.PlayEpisode(2 * time.Minute) }},
		{"loses the connection", 1, func(l *luck) error { return l.app.host.Vanish() }},
		{"has an app that hangs", 1, func(l *luck) error { return l.app.host.Freeze() }},
		{"commands a skip", 3, func(l *luck) error { _, err := l.server.SkipSong(l.host, l.room.ID, nil); return err }},
		{"commands a pause", 2, func(l *luck) error { _, err := l.server.PausePlayback(l.host, l.room.ID); return err }},
		{"commands to go on", 4, func(l *luck) error { _, err := l.server.ResumePlayback(l.host, l.room.ID); return err }},
		{"connects Spotify anew", 2, func(l *luck) error { return l.tryConnecting() }},
		{"kills the server", 2, func(l *luck) error { l.server.kill(); l.replace(); return nil }},
		{"replaces the server", 1, func(l *luck) error { l.server.stop(); l.replace(); return nil }},
	}
}

// An hour of anything, and then the rest of the queue in peace: every song was played once, skipped, or removed.
func TestRandomParties(t *testing.T) {
	if testing.Short() {
		t.Skip("random parties left out: -short")
	}
	var mu sync.Mutex
	faults, deeds, ends := map[string]int{}, map[string]int{}, map[string]int{}
	t.Run("seed", func(t *testing.T) {
		for seed := range *seeds {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				inBubble(t, func(t *testing.T) {
					l := newLuck(t, uint64(seed))
					l.hour()
					l.inPeace()
					mu.Lock()
					defer mu.Unlock()
					sum(faults, l.spotify.Injected())
					sum(deeds, l.times)
					sum(ends, l.judge())
				})
			})
		}
	})
	t.Logf("what became of the songs of %d random parties, each of an hour and until its queue was empty:%s", *seeds, counted(ends))
	t.Logf("faults injected:%s", counted(faults))
	t.Logf("what people did:%s", counted(deeds))
	for kind := range faultsByKind() {
		if faults[kind] == 0 && *seeds >= 20 {
			t.Errorf("the fault %q never happened", kind)
		}
	}
	for _, w := range whims() {
		if deeds[w.name] == 0 && *seeds >= 20 {
			t.Errorf("nobody ever %s", w.name)
		}
	}
}

func newLuck(t testing.TB, seed uint64) *luck {
	w := newWorld(t)
	w.alone, w.random = true, seeded(seed)
	l := &luck{
		fixture: w.open(w.start("0"), options{songs: 5}), dice: rand.New(rand.NewPCG(seed, 2)), removed: map[string]bool{}, times: map[string]int{},
	}
	must(t, w.spotify.Tune(l.spotifyAccount.ID, func(s *sim.Switches) {
		s.Success = []int{0, 200, 202, 204}[l.dice.IntN(4)]
		s.Stale = time.Duration(l.dice.IntN(600)) * time.Millisecond
		s.EndStuck, s.Autoplay = l.dice.IntN(4) == 0, l.dice.IntN(4) == 0
	}))
	must(t, w.spotify.TuneApp(func(s *sim.AppSwitches) { s.Rotate = l.dice.IntN(2) == 0 }))
	for _, name := range []string{"Gina", "Gerd", "Greta"} {
		l.guests = append(l.guests, l.join(name))
	}
	return l
}

func (l *luck) guest() context.Context { return l.guests[l.dice.IntN(len(l.guests))] }
func (l *luck) song() int              { return 1 + l.dice.IntN(len(l.items)) }

func (l *luck) addSong() error {
	track := l.music[0]
	l.music = l.music[1:]
	return l.tryAdding(l.guest(), track)
}

func (l *luck) removeSong() error {
	song := l.song()
	err := l.remove(l.host, song)
	if err == nil {
		l.removed[l.items[song-1].ID] = true
	}
	return err
}

func (l *luck) replace() {
	l.servers++
	time.Sleep(time.Duration(l.dice.IntN(20)) * time.Second)
	l.visit(l.start(fmt.Sprint(l.servers)))
}

// hour lets something happen every few seconds.
func (l *luck) hour() {
	all, kinds := whims(), sortedKeys(faultsByKind())
	var weights []int // an index of all for each of its chances
	for i, w := range all {
		weights = append(weights, slices.Repeat([]int{i}, w.weight)...)
	}
	for began := time.Now(); time.Since(began) < time.Hour; time.Sleep(time.Duration(l.dice.IntN(40_000)) * time.Millisecond) {
		if l.dice.IntN(4) == 0 {
			kind := kinds[l.dice.IntN(len(kinds))]
			l.log.Info("Spotify will fail", "how", kind)
			l.spotify.Fail(faultsByKind()[kind])
		}
		w := all[weights[l.dice.IntN(len(weights))]]
		if w.name == "adds a song" && len(l.items) > 40 {
			continue
		}
		err := w.do(l) // it may be refused, or make no sense
		l.log.Info("somebody "+w.name, "error", err)
		if err == nil {
			l.times[w.name]++
		}
	}
}

// inPeace lets the host put everything in order, and the queue end.
func (l *luck) inPeace() {
	l.spotify.Heal()
	must(l.t, l.spotify.Tune(l.spotifyAccount.ID, func(s *sim.Switches) { *s = sim.Switches{} }))
	l.app.open()
	for range 120 { // Spotify may want a pause
		if l.tryConnecting() == nil {
			break
		}
		time.Sleep(time.Minute)
	}
	if quiet := l.spotify.Silences(l.spotifyAccount.ID); len(quiet) > 0 {
		if last := quiet[len(quiet)-1]; last.Why != "ended" && time.Since(last.To) == 0 {
			l.app.resume()
		}
	}
	l.untilDone(6 * time.Hour)
}

// judge says what became of the songs, and fails the party where that is not as promised.
func (l *luck) judge() map[string]int {
	heard := map[string][]sim.Heard{}
	for _, h := range l.spotify.Heard(l.spotifyAccount.ID) {
		heard[l.songName(h.URI)] = append(heard[l.songName(h.URI)], h)
	}
	ends := map[string]int{}
	for i, state := range l.states() {
		name := fmt.Sprint(i + 1)
		ends[l.end(name, party.QueueItemState(state), l.removed[l.items[i].ID], heard[name])]++
	}
	return ends
}

// unseen is how short a song may be heard for nobody to know: the host skipped it at once.
const unseen = 2 * time.Second

// end is what became of a song, by the state that the room shows and what was really heard.
func (l *luck) end(name string, state party.QueueItemState, removed bool, heard []sim.Heard) string {
	byUs := slices.DeleteFunc(slices.Clone(heard), func(h sim.Heard) bool { return h.ByWhom == sim.ByHost || h.ByWhom == sim.ByAutoplay })
	byUs = slices.DeleteFunc(byUs, func(h sim.Heard) bool { return !h.Ended.IsZero() && h.Ended.Sub(h.Started)-h.Paused < unseen })
	full := slices.ContainsFunc(heard, func(h sim.Heard) bool { return h.Full })
	if len(byUs) > 1 {
		l.t.Errorf("song %s was played %d times: %+v", name, len(byUs), byUs)
	}
	switch {
	case state == party.Played && full:
		return "played"
	case state == party.Played && len(heard) > 0:
		return "played, and cut short near its end"
	case state == party.Skipped && removed:
		return "removed after its commit, and skipped"
	case state == party.Skipped && len(heard) > 0:
		return "skipped"
	case state == party.Removed && removed:
		return "removed"
	case state == party.Played && len(heard) == 0:
		return "missed: taken as played, as nobody could tell"
	}
	l.t.Errorf("song %s is %s, and was heard: %+v", name, state, heard)
	return "wrong"
}

func sum(into, more map[string]int) {
	for kind, n := range more {
		into[kind] += n
	}
}

func counted(counts map[string]int) string {
	var b strings.Builder
	for _, kind := range sortedKeys(counts) {
		fmt.Fprintf(&b, "\n%6d  %s", counts[kind], kind)
	}
	return b.String()
}
