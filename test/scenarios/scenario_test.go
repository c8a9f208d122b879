package scenarios_test

import (
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/internal/spotify/sim"
)

// group is a group of scenarios in the table.
type group struct {
	name      string
	scenarios []scenario
}

// scenario is a party, what happens at it, and the outcome that is expected.
type scenario struct {
	name    string
	options options
	several bool // more than one server takes part
	seconds int  // the duration of every song; 0: as the options say
	course  func(p *fixture)

	played  string
	silence string
	health  string
	states  string // empty: every song has to be PLAYED

	outcome *outcome // set when the scenario has run
}

// groups returns all scenarios, in the order of the table.
func groups() []*group {
	return []*group{
		{"Tokens", tokenScenarios()},
		{"Limits", limitScenarios()},
		{"Answers", answerScenarios()},
		{"One answer is not a fact", evidenceScenarios()},
		{"Devices", deviceScenarios()},
		{"Accounts", accountScenarios()},
		{"The host in Spotify's app", spotifyAppScenarios()},
		{"Host commands", commandScenarios()},
		{"Player quirks", playerScenarios()},
		{"The queue", queueScenarios()},
		{"Delivery by playlist", playlistScenarios()},
		{"Fallback songs", fallbackScenarios()},
		{"Servers", serverScenarios()},
	}
}

// TestScenarios runs every scenario of the table in docs/playback.md, and compares the outcomes with the table.
func TestScenarios(t *testing.T) {
	all := groups()
	t.Run("of", func(t *testing.T) {
		for _, g := range all {
			for i := range g.scenarios {
				s := &g.scenarios[i]
				t.Run(g.name+"/"+s.name, func(t *testing.T) {
					t.Parallel()
					inBubble(t, s.run)
				})
			}
		}
	})
	checkDocument(t, all)
}

func (s *scenario) run(t *testing.T) {
	w := newWorldOf(t, s.seconds)
	w.oneServer = !s.several
	p := w.open(w.start("one"), s.options)
	s.course(p)
	p.untilDone(2 * time.Hour)
	if p.beside != nil {
		p.beside.untilDone(2 * time.Hour)
	}
	time.Sleep(time.Minute)

	o := p.outcome()
	s.outcome = &o
	if s.states == "" {
		s.states = allPlayed(p)
	}
	if want := (outcome{s.played, s.silence, s.health, s.states}); o != want {
		t.Errorf("outcome:\n%v\nwant:\n%v", o, want)
	}
	if again := p.repeated(); len(again) > 0 {
		t.Errorf("songs that were heard more than once: %v", again)
	}
	w.allFaultsHappened()
}

// allPlayed returns the states in which every song of the party was played.
func allPlayed(p *fixture) string {
	states := strings.TrimSpace(strings.Repeat("PLAYED ", len(p.items)))
	if p.beside != nil {
		states += beside + allPlayed(p.beside)
	}
	return states
}

// fail makes Spotify fail, and expects that a request meets the fault.
func (w *world) fail(f sim.Fault) {
	w.faults += max(f.Times, 1)
	w.spotify.InjectFault(f)
}

// persist makes Spotify fail until heal, and expects that a request meets the fault.
func (w *world) persist(f sim.Fault) {
	f.Times = -1
	w.faults++
	w.spotify.InjectFault(f)
}

// look makes Spotify answer wrongly, and expects that a request meets the look.
func (w *world) look(l sim.Look) {
	w.t.Helper()
	w.faults += max(l.Times, 1)
	must(w.t, w.spotify.InjectLook(l))
}

// heal ends all faults and looks.
func (w *world) heal() {
	w.spotify.ClearFaults()
	w.spotify.ClearLooks()
	w.faults = w.injected()
}

// injected returns how many requests met a fault.
func (w *world) injected() (n int) {
	for _, times := range w.spotify.Injected() {
		n += times
	}
	return n
}

// allFaultsHappened fails a scenario whose faults were not met by requests.
func (w *world) allFaultsHappened() {
	w.t.Helper()
	if n := w.injected(); n != w.faults {
		w.t.Errorf("%d faults were expected, %d happened: %v", w.faults, n, w.spotify.Injected())
	}
}
