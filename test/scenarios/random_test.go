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

var seeds = flag.Int("seeds", 20, "how many random parties to run")

// faultsByKind returns the faults of random parties, by the name under which the simulator counts them.
func faultsByKind() map[string]sim.Fault {
	return map[string]sim.Fault{
		"401": {Status: http.StatusUnauthorized, Message: "The access token expired"},
		"403 UNKNOWN": {
			Path: playerPath, Status: http.StatusForbidden, Message: "Player command failed: Restriction violated",
			Reason: "UNKNOWN",
		},
		"404 NO_ACTIVE_DEVICE": {
			Path: playerPath + "/", Status: http.StatusNotFound, Message: "Player command failed: No active device found",
			Reason: "NO_ACTIVE_DEVICE",
		},
		"429":                {Status: tooMany, RetryAfter: 8 * time.Second},
		"429 text":           {Status: tooMany, RetryAfter: 37 * time.Second, PlainText: true},
		"429 QUOTA_EXCEEDED": {Status: tooMany, Reason: quotaReached},
		"500":                {Status: http.StatusInternalServerError},
		"502 html":           {Status: http.StatusBadGateway, HTML: true, Times: 3},
		"502 after applying": {Path: playerPath + "/", Status: http.StatusBadGateway, AfterApplying: true},
		"503 text":           {Path: "/api/token", Status: http.StatusServiceUnavailable, PlainText: true},
		"504 empty late":     {Status: http.StatusGatewayTimeout, Empty: true, Delay: 5 * time.Second},
		"204 empty":          {Method: http.MethodGet, Path: playerPath, Status: http.StatusNoContent, Empty: true},
		"200 text": {
			Method: http.MethodGet, Path: playerPath, Status: http.StatusOK, PlainText: true, Message: "OK",
		},
		"cut":                 {Times: 2},
		"cut after applying":  {Path: playerPath + "/", AfterApplying: true},
		"hang":                {Delay: 30 * time.Second},
		"hang after applying": {Path: playerPath + "/", Delay: 30 * time.Second, AfterApplying: true},
	}
}

// randomParty is a party in which people and Spotify act at random.
type randomParty struct {
	*fixture
	dice    *rand.Rand
	guests  []context.Context
	removed map[string]bool // by the ids of the songs
	times   map[string]int  // how often each act happened, by its name
	servers int
}

// act is something that people, or a power cut, may do.
type act struct {
	name   string
	weight int
	do     func(p *randomParty) error
}

func acts() []act {
	return []act{
		{"adds a song", 30, (*randomParty).addSong},
		{"likes a song", 40, func(p *randomParty) error { return p.like(p.guest(), p.song()) }},
		{"takes a like back", 10, func(p *randomParty) error { return p.unlike(p.guest(), p.song()) }},
		{"removes a song", 3, (*randomParty).removeSong},
		{"pauses", 4, func(p *randomParty) error { return p.app.host.Pause() }},
		{"resumes", 6, func(p *randomParty) error { return p.app.host.Resume() }},
		{"skips", 2, func(p *randomParty) error { return p.app.host.Skip() }},
		{"seeks", 3, func(p *randomParty) error { return p.app.host.Seek(time.Duration(p.dice.IntN(170)) * time.Second) }},
		{
			"plays a song of their own", 2,
			func(p *randomParty) error { return p.app.host.PlayURI(p.music[len(p.music)-1-p.dice.IntN(50)].URI) },
		},
		{"plays one of the room's songs", 1, func(p *randomParty) error { return p.app.host.PlayURI(p.track(p.song()).URI) }},
		{"closes the app", 2, func(p *randomParty) error { return p.app.host.CloseApp() }},
		{"opens the app", 6, func(p *randomParty) error { return p.app.host.OpenApp() }},
		{"gets an advertisement", 2, func(p *randomParty) error { return p.app.host.PlayAdvertisement(30 * time.Second) }},
		{"plays a podcast", 1, func(p *randomParty) error { return p.app.host.PlayEpisode(2 * time.Minute) }},
		{"loses the connection", 1, func(p *randomParty) error { return p.app.host.Vanish() }},
		{"has an app that hangs", 1, func(p *randomParty) error { return p.app.host.Freeze() }},
		{
			"commands a skip", 3, func(p *randomParty) error { _, err := p.server.SkipSong(p.host, p.room.ID, nil); return err },
		},
		{
			"commands a pause", 2,
			func(p *randomParty) error { _, err := p.server.PausePlayback(p.host, p.room.ID); return err },
		},
		{
			"commands to resume", 4,
			func(p *randomParty) error { _, err := p.server.ResumePlayback(p.host, p.room.ID); return err },
		},
		{"connects Spotify again", 2, func(p *randomParty) error { return p.tryConnecting() }},
		{"kills the server", 2, func(p *randomParty) error { p.server.kill(); p.replace(); return nil }},
		{"replaces the server", 1, func(p *randomParty) error { p.server.stop(); p.replace(); return nil }},
	}
}

// TestRandomParties runs parties that have an hour of random acts and faults and then play the rest of their queues
// undisturbed. Every song must have been played once, skipped, or removed.
func TestRandomParties(t *testing.T) {
	var mu sync.Mutex
	faults, done, ends := map[string]int{}, map[string]int{}, map[string]int{}
	t.Run("seed", func(t *testing.T) {
		for seed := range *seeds {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				inBubble(t, func(t *testing.T) {
					p := newRandomParty(t, uint64(seed))
					p.hour()
					p.finish()
					mu.Lock()
					defer mu.Unlock()
					sum(faults, p.spotify.Injected())
					sum(done, p.times)
					sum(ends, p.outcomes())
				})
			})
		}
	})
	t.Logf("outcomes of the songs of %d random parties:%s", *seeds, counted(ends))
	t.Logf("faults injected:%s", counted(faults))
	t.Logf("acts:%s", counted(done))
	for kind := range faultsByKind() {
		if faults[kind] == 0 && *seeds >= 20 {
			t.Errorf("the fault %q never happened", kind)
		}
	}
	for _, w := range acts() {
		if done[w.name] == 0 && *seeds >= 20 {
			t.Errorf("the act %q never happened", w.name)
		}
	}
}

func newRandomParty(t testing.TB, seed uint64) *randomParty {
	w := newWorld(t)
	w.oneServer, w.random = true, seeded(seed)
	p := &randomParty{
		fixture: w.open(w.start("0"), options{songs: 5}), dice: rand.New(rand.NewPCG(seed, 2)), removed: map[string]bool{},
		times: map[string]int{},
	}
	must(t, w.spotify.ChangeSwitches(p.account.ID, func(s *sim.Switches) {
		s.Success = []int{0, 200, 202, 204}[p.dice.IntN(4)]
		s.Stale = time.Duration(p.dice.IntN(600)) * time.Millisecond
		s.EndStuck, s.Autoplay = p.dice.IntN(4) == 0, p.dice.IntN(4) == 0
	}))
	must(t, w.spotify.ChangeAppSwitches(func(s *sim.AppSwitches) { s.Rotate = p.dice.IntN(2) == 0 }))
	for _, name := range []string{"Gina", "Gerd", "Greta"} {
		p.guests = append(p.guests, p.join(name))
	}
	return p
}

func (p *randomParty) guest() context.Context { return p.guests[p.dice.IntN(len(p.guests))] }
func (p *randomParty) song() int              { return 1 + p.dice.IntN(len(p.items)) }

func (p *randomParty) addSong() error {
	track := p.music[0]
	p.music = p.music[1:]
	return p.tryAdding(p.guest(), track)
}

func (p *randomParty) removeSong() error {
	song := p.song()
	err := p.remove(p.host, song)
	if err == nil {
		p.removed[p.items[song-1].ID] = true
	}
	return err
}

// replace starts another server after a moment.
func (p *randomParty) replace() {
	p.servers++
	time.Sleep(time.Duration(p.dice.IntN(20)) * time.Second)
	p.switchTo(p.start(fmt.Sprint(p.servers)))
}

// hour makes something happen every few seconds.
func (p *randomParty) hour() {
	all, kinds := acts(), sortedKeys(faultsByKind())
	var weights []int // each index of all, as often as its weight says
	for i, w := range all {
		weights = append(weights, slices.Repeat([]int{i}, w.weight)...)
	}
	for began := time.Now(); time.Since(began) < time.Hour; time.Sleep(time.Duration(p.dice.IntN(
		40_000,
	)) * time.Millisecond) {
		if p.dice.IntN(4) == 0 {
			kind := kinds[p.dice.IntN(len(kinds))]
			p.log.Info("Spotify will fail", "kind", kind)
			p.spotify.InjectFault(faultsByKind()[kind])
		}
		w := all[weights[p.dice.IntN(len(weights))]]
		if w.name == "adds a song" && len(p.items) > 40 {
			continue
		}
		err := w.do(p) // it may be refused or impossible
		p.log.Info("somebody "+w.name, "error", err)
		if err == nil {
			p.times[w.name]++
		}
	}
}

// finish makes the host repair everything, and lets the queue play to its end.
func (p *randomParty) finish() {
	p.spotify.ClearFaults()
	must(p.t, p.spotify.ChangeSwitches(p.account.ID, func(s *sim.Switches) { *s = sim.Switches{} }))
	p.app.open()
	for range 120 { // Spotify may be cooling down
		if p.tryConnecting() == nil {
			break
		}
		time.Sleep(time.Minute)
	}
	if quiet := p.spotify.Silences(p.account.ID); len(quiet) > 0 {
		if last := quiet[len(quiet)-1]; last.Why != "ended" && time.Since(last.To) == 0 {
			p.app.resume()
		}
	}
	if shown, err := p.server.RoomPlayback(p.host, p.room); err == nil && shown.Status == party.Paused {
		_, err = p.server.ResumePlayback(p.host, p.room.ID)
		p.log.Info("the host resumes the paused song", "error", err)
	}
	p.untilDone(6 * time.Hour)
}

// outcomes counts what became of the songs, and fails the test if that is wrong.
func (p *randomParty) outcomes() map[string]int {
	heard := map[string][]sim.Play{}
	for _, h := range p.spotify.Plays(p.account.ID) {
		heard[p.songName(h.URI)] = append(heard[p.songName(h.URI)], h)
	}
	ends := map[string]int{}
	for i, state := range p.states() {
		name := fmt.Sprint(i + 1)
		ends[p.end(name, party.QueueItemState(state), p.removed[p.items[i].ID], heard[name])]++
	}
	return ends
}

// unseen is how long a song may be heard without an observation, because the host skipped it at once.
const unseen = 2 * time.Second

// end returns what became of a song, by its state in the room and what was heard.
func (p *randomParty) end(name string, state party.QueueItemState, removed bool, heard []sim.Play) string {
	byServer := slices.DeleteFunc(slices.Clone(heard), func(h sim.Play) bool {
		return h.ByWhom == sim.ByHost || h.ByWhom == sim.ByAutoplay
	})
	byServer = slices.DeleteFunc(byServer, func(h sim.Play) bool {
		return !h.Ended.IsZero() && h.Ended.Sub(h.Started)-h.Paused < unseen
	})
	full := slices.ContainsFunc(heard, func(h sim.Play) bool { return h.Full })
	if len(byServer) > 1 {
		p.t.Errorf("the server played song %s %d times: %+v", name, len(byServer), byServer)
	}
	switch {
	case state == party.Played && full:
		return "played"
	case state == party.Played && len(heard) > 0:
		return "played, but cut short near its end"
	case state == party.Skipped && removed:
		return "removed after its commit and skipped"
	case state == party.Skipped && len(heard) > 0:
		return "skipped"
	case state == party.Removed && removed:
		return "removed"
	case state == party.Played && len(heard) == 0:
		return "missed: counted as played because it may have been heard"
	}
	p.t.Errorf("song %s is %s, but was heard so: %+v", name, state, heard)
	return "wrong"
}

// sum adds the counts of more to into.
func sum(into, more map[string]int) {
	for kind, n := range more {
		into[kind] += n
	}
}

// counted returns the counts as a list, one a line.
func counted(counts map[string]int) string {
	var b strings.Builder
	for _, kind := range sortedKeys(counts) {
		fmt.Fprintf(&b, "\n%6d  %s", counts[kind], kind)
	}
	return b.String()
}
