package scenarios_test

import (
	"strconv"
	"strings"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/spotify/sim"
)

// doubtfulLookScenarios test observations that are old, incomplete or wrong.
func doubtfulLookScenarios() []scenario {
	look := func(l sim.Look) func(*fixture) {
		return func(p *fixture) {
			time.Sleep(time.Minute)
			p.look(l)
			p.wholeParty(0)
		}
	}
	switches := func(change func(*sim.Switches)) options { return options{songs: 3, spotify: change} }
	whole := func(p *fixture) { p.wholeParty(0) }
	plain := "NOTHING_TO_PLAY OK NOTHING_TO_PLAY"
	return []scenario{
		{
			name:   "one observation is equal to the one before, as from a cache",
			played: "1 2 3", silence: "0s", health: plain,
			options: options{songs: 3},
			course:  look(sim.Look{Kind: sim.LookRepeated}),
		},
		{
			name:   "every fifth observation is equal to the one before, for two hours",
			played: numbers(40), silence: "0s", health: plain,
			options: options{songs: 10},
			course: func(p *fixture) {
				p.look(sim.Look{Kind: sim.LookRepeated, Probability: 0.2, For: 2 * time.Hour})
				for range 15 {
					time.Sleep(3 * time.Minute)
					p.addSome(2)
				}
				p.wholeParty(0)
			},
		},
		{
			name:   "one observation shows the song before",
			played: "1 2 3", silence: "0s", health: plain,
			options: options{songs: 3},
			course: func(p *fixture) {
				p.untilHeard("2")
				time.Sleep(20 * time.Second)
				p.look(sim.Look{Kind: sim.LookPreviousTrack})
				p.wholeParty(0)
			},
		},
		{
			name:   "no player is active, once, while music plays",
			played: "1 2 3", silence: "0s", health: plain,
			options: options{songs: 3},
			course:  look(sim.Look{Kind: sim.LookNothing}),
		},
		{
			name:   "no player is active, for a minute, while music plays",
			played: "1 2 3", silence: "0s", health: plain,
			options: options{songs: 3},
			course:  look(sim.Look{Kind: sim.LookNothing, For: time.Minute}),
		},
		{
			name:   "no player is active, for an hour, while music plays",
			played: numbers(20), silence: "0s", health: plain,
			options: options{songs: 20},
			course:  look(sim.Look{Kind: sim.LookNothing, For: time.Hour}),
		},
		{
			name:   "something plays that has no name, for an hour, while nothing plays",
			played: "1 2", silence: "49.12s",
			health:  "NOTHING_TO_PLAY OK HOST_TOOK_OVER OK NOTHING_TO_PLAY",
			options: options{songs: 2},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.look(sim.Look{Kind: sim.LookGhost, For: time.Hour})
				p.app.skip()
				p.wholeParty(time.Minute)
			},
			states: "SKIPPED PLAYED",
		},
		{
			name:   "the progress is always 0",
			played: "1 2 3", silence: "0s", health: plain,
			options: switches(func(s *sim.Switches) { s.Progress = "zero" }), course: whole,
		},
		{
			name:   "each song fades into the next one for 6 s",
			played: "1 2 3", silence: "0s", health: plain,
			options: switches(func(s *sim.Switches) { s.Crossfade = 6 * time.Second }), course: whole,
		},
		{
			name:   "each song fades into the next one for 12 s",
			played: "1 2 3", silence: "0s", health: plain,
			options: switches(func(s *sim.Switches) { s.Crossfade = 12 * time.Second }), course: whole,
		},
		{
			name:   "automix leaves out 5 s of both ends of the songs",
			played: "1 2 3", silence: "0s", health: plain,
			options: switches(func(s *sim.Switches) { s.Automix = 5 * time.Second }), course: whole,
		},
		{
			name:   "pausePlayback is followed by an old observation",
			played: "1 2 3", silence: "0s", health: plain,
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.look(sim.Look{Kind: sim.LookStale, Age: 3 * time.Second, Times: 2})
				shown, err := p.server.PausePlayback(p.host, p.room.ID)
				must(p.t, err)
				if shown.Status != party.Paused {
					p.t.Errorf("pausePlayback answers %s, want PAUSED", shown.Status)
				}
				time.Sleep(5 * time.Minute)
				_, err = p.server.ResumePlayback(p.host, p.room.ID)
				must(p.t, err)
				p.wholeParty(0)
			},
		},
		{
			name:   "every kind of wrong observation once, 15 s after one another",
			played: numbers(10), silence: "0s", health: plain,
			options: options{songs: 10},
			course:  (*fixture).everyLookOnce,
		},
	}
}

// everyLookOnce lets each kind of wrong observation happen once.
func (p *fixture) everyLookOnce() {
	p.t.Helper()
	time.Sleep(time.Minute)
	for _, kind := range sim.LookKinds() {
		fields := []string{""}
		if kind == sim.LookNull || kind == sim.LookMissing {
			fields = []string{"device", "item", "progress_ms", "context", "timestamp", "is_playing"}
		}
		for _, field := range fields {
			l := sim.Look{Kind: kind, Field: field, Age: 10 * time.Second}
			if l.Validate() == nil {
				p.look(l)
				time.Sleep(20 * time.Second)
			}
		}
	}
	p.wholeParty(0)
}

// numbers returns the numbers of n songs in a row.
func numbers(n int) string {
	var all []string
	for i := range n {
		all = append(all, strconv.Itoa(i+1))
	}
	return strings.Join(all, " ")
}
