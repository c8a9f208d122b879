package scenarios_test

import (
	"net/http"
	"time"

	"antwon.dj/backend/internal/spotify/sim"
)

// answerScenarios test answers that differ from Spotify's reference.
func answerScenarios() []scenario {
	fault := func(f sim.Fault) func(*fixture) {
		return func(p *fixture) {
			time.Sleep(time.Minute)
			p.fail(f)
		}
	}
	first := func(f sim.Fault) func(*fixture) {
		return func(p *fixture) {
			time.Sleep(time.Minute)
			p.fail(f)
			p.addSome(2)
		}
	}
	success := func(status int) options {
		return options{songs: 3, spotify: func(s *sim.Switches) { s.Success = status }}
	}
	return []scenario{
		{name: "commands are answered 204",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: success(http.StatusNoContent), course: nothing},
		{name: "commands are answered 200 with text",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: success(http.StatusOK), course: nothing},
		{name: "commands are answered 202",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: success(http.StatusAccepted), course: nothing},
		{
			name:   "an observation is answered 204",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course:  fault(sim.Fault{Path: playerPath, Method: http.MethodGet, Status: http.StatusNoContent, Empty: true}),
		},
		{
			name:   "an observation is answered 200 with text",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK UNREACHABLE OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: fault(sim.Fault{
				Path: playerPath, Method: http.MethodGet, Status: http.StatusOK, PlainText: true, Message: "OK",
			}),
		},
		{
			name:   "observations are answered 502 for a minute",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK UNREACHABLE OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.fail(sim.Fault{Path: playerPath, Method: http.MethodGet, Status: http.StatusBadGateway, HTML: true, Times: 1000})
				time.Sleep(time.Minute)
				p.heal()
			},
		},
		{
			name:   "the commit is answered 502 and was not carried out",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK UNREACHABLE OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course:  fault(sim.Fault{Path: queuePath, Method: http.MethodPost, Status: http.StatusBadGateway}),
		},
		{
			name:   "the commit is answered 502 and was carried out",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK UNREACHABLE OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: fault(sim.Fault{
				Path: queuePath, Method: http.MethodPost, Status: http.StatusBadGateway, AfterApplying: true,
			}),
		},
		{
			name:   "the commit is carried out and never answered",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK UNREACHABLE OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course:  fault(sim.Fault{Path: queuePath, Method: http.MethodPost, Delay: time.Minute, AfterApplying: true}),
		},
		{
			name:   "the commit is neither carried out nor answered",
			played: "1 2 3", silence: "700ms",
			health:  "NOTHING_TO_PLAY OK UNREACHABLE OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course:  fault(sim.Fault{Path: queuePath, Method: http.MethodPost, Delay: time.Minute}),
		},
		{
			name:   "the connection breaks after the commit was carried out",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK UNREACHABLE OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course:  fault(sim.Fault{Path: queuePath, Method: http.MethodPost, AfterApplying: true}),
		},
		{
			name:   "playing the first song is answered 502 and was not carried out",
			played: "1 2", silence: "0s",
			health: "NOTHING_TO_PLAY OK UNREACHABLE OK NOTHING_TO_PLAY",
			course: first(sim.Fault{Path: playPath, Status: http.StatusBadGateway}),
		},
		{
			name:   "playing the first song is answered 502 and was carried out",
			played: "1 2", silence: "0s",
			health: "NOTHING_TO_PLAY OK UNREACHABLE OK NOTHING_TO_PLAY",
			course: first(sim.Fault{Path: playPath, Status: http.StatusBadGateway, AfterApplying: true}),
		},
		{
			name:   "playing the first song is carried out and never answered",
			played: "1 2", silence: "0s",
			health: "NOTHING_TO_PLAY OK UNREACHABLE OK NOTHING_TO_PLAY",
			course: first(sim.Fault{Path: playPath, Delay: time.Minute, AfterApplying: true}),
		},
		{
			name:   "playing the first song is never answered, and the song is over at the next observation",
			played: "1 2", silence: "12.6s",
			health: "NOTHING_TO_PLAY OK UNREACHABLE OK NOTHING_TO_PLAY",
			states: "SKIPPED PLAYED",
			course: func(p *fixture) {
				first(sim.Fault{Path: playPath, Delay: time.Minute, AfterApplying: true})(p)
				time.Sleep(3 * time.Second)
				p.app.seek(lengthOf(p.track(1)) - 8*time.Second)
				p.fail(sim.Fault{Path: playerPath, Method: http.MethodGet, Status: http.StatusBadGateway, Times: 3})
			},
		},
		{
			name:   "Spotify is down for an hour",
			played: "1 2 3 4", silence: "58m2.546s",
			health:  "NOTHING_TO_PLAY OK UNREACHABLE OK NOTHING_TO_PLAY",
			options: options{songs: 4},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.fail(sim.Fault{Path: "/", Times: 1_000_000})
				time.Sleep(time.Hour)
				p.heal()
			},
		},
		{
			name:   "Spotify does not answer for an hour",
			played: "1 2 3 4", silence: "58m8.386s",
			health:  "NOTHING_TO_PLAY OK UNREACHABLE OK NOTHING_TO_PLAY",
			options: options{songs: 4},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.fail(sim.Fault{Path: "/", Times: 1_000_000, Delay: time.Minute})
				time.Sleep(time.Hour)
				p.heal()
			},
		},
	}
}

// nothing is the course of a scenario in which nothing happens while the songs play.
func nothing(*fixture) {}
