package scenarios_test

import (
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/internal/spotify/sim"
)

// group is what belongs together in the table.
type group struct {
	name      string
	scenarios []scenario
}

// scenario is a party, what happens to it, and what has to come of it.
type scenario struct {
	name    string
	options options
	several bool // servers
	seconds int  // that each song lasts; 0: as the party's options say
	course  func(p *fixture)

	played  string
	silence string
	health  string
	states  string // empty: every song is PLAYED

	outcome *outcome // what came of it
}

func groups() []*group {
	return []*group{
		{"Tokens", tokenScenarios()},
		{"Limits", limitScenarios()},
		{"Answers", answerScenarios()},
		{"Devices", deviceScenarios()},
		{"Accounts", accountScenarios()},
		{"The host's own hand", handScenarios()},
		{"The host's commands", commandScenarios()},
		{"What players say", playerScenarios()},
		{"The queue", queueScenarios()},
		{"Delivery by playlist", playlistScenarios()},
		{"Fallback music", fallbackScenarios()},
		{"Servers", serverScenarios()},
	}
}

// All that is known to go wrong, and what is heard of it.
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
	w.alone = !s.several
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
		t.Errorf("what came of it:\n%v\nwanted:\n%v", o, want)
	}
	if again := p.repeated(); len(again) > 0 {
		t.Errorf("heard twice: %v", again)
	}
	w.allFaultsHappened()
}

func allPlayed(p *fixture) string {
	states := strings.TrimSpace(strings.Repeat("PLAYED ", len(p.items)))
	if p.beside != nil {
		states += beside + allPlayed(p.beside)
	}
	return states
}

// fail lets Spotify fail, in the way of the account's player or the app.
func (w *world) fail(f sim.Fault) {
	w.faults += max(f.Times, 1)
	w.spotify.Fail(f)
}

// heal ends what fail began.
func (w *world) heal() {
	w.spotify.Heal()
	w.faults = w.injected()
}

func (w *world) injected() (n int) {
	for _, times := range w.spotify.Injected() {
		n += times
	}
	return n
}

// allFaultsHappened fails a scenario whose faults nobody met.
func (w *world) allFaultsHappened() {
	w.t.Helper()
	if n := w.injected(); n != w.faults {
		w.t.Errorf("%d faults were switched on, %d happened: %v", w.faults, n, w.spotify.Injected())
	}
}
