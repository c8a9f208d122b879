package scenarios_test

import (
	"net/http"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/spotify/sim"
)

// evidenceScenarios test answers that are wrong, contradict what is known, or are refusals. One answer is not a fact:
// the server does nothing that it cannot undo because of a single one.
func evidenceScenarios() []scenario {
	all := doubtfulAnswerScenarios()
	for _, more := range [][]scenario{
		refusedSongScenarios(), doubtfulLookScenarios(), brokenSongScenarios(), foreignSoundScenarios(), habitScenarios(),
		asleepScenarios(),
	} {
		all = append(all, more...)
	}
	return all
}

// doubtfulAnswerScenarios test faults whose answers claim more than is true.
func doubtfulAnswerScenarios() []scenario {
	fault := func(f sim.Fault) func(*fixture) {
		return func(p *fixture) {
			time.Sleep(time.Minute)
			p.fail(f)
			p.wholeParty(0)
		}
	}
	look := sim.Fault{Path: playerPath, Method: http.MethodGet, Exact: true}
	return []scenario{
		{
			name:   "a request and its repetition with a fresh token are answered 401, although the authorization is fine",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK UNREACHABLE OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course:  fault(with(look, func(f *sim.Fault) { f.Status, f.Times = http.StatusUnauthorized, 2 })),
		},
		{
			name:   "one 403 PREMIUM_REQUIRED although commands have worked",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK UNREACHABLE OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.fail(sim.Fault{
					Path: queuePath, Method: http.MethodPost, Status: http.StatusForbidden, Reason: "PREMIUM_REQUIRED",
				})
				p.untilLeft(5 * time.Second)
				if delivery := p.shown().Delivery; delivery != party.DeliveryQueue {
					p.t.Errorf("songs are delivered by %s after one refusal", delivery)
				}
				p.wholeParty(0)
			},
		},
		{
			name:   "Retry-After is larger than 64 bits: it counts as a day",
			played: "1 2 3", silence: "23h58m1.506s",
			health:  "NOTHING_TO_PLAY OK COOLING_DOWN/QUOTA OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.fail(with(look, func(f *sim.Fault) {
					f.Status, f.RetryAfterText = http.StatusTooManyRequests, "99999999999999999999"
				}))
				time.Sleep(24 * time.Hour)
				p.wholeParty(24 * time.Hour)
			},
		},
		{
			name:   "the body of an answer has no end",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK UNREACHABLE OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: fault(with(look, func(f *sim.Fault) {
				f.Body, f.Delay = "endless", time.Second
			})),
		},
		{
			name:   "the URLs of images have 5,000 bytes",
			played: "1 2", silence: "0s",
			health: "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			course: func(p *fixture) {
				must(p.t, p.spotify.ChangeAppSwitches(func(s *sim.AppSwitches) { s.LongURLs = 5000 }))
				p.addSome(2)
				p.wholeParty(0)
			},
		},
		{
			name:   "the commit is answered 502 and carried out 3 s later",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK UNREACHABLE OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course:  fault(appliedAfter(3 * time.Second)),
		},
		{
			name:   "the commit is answered 502 and carried out 6 s later",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK UNREACHABLE OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course:  fault(appliedAfter(6 * time.Second)),
		},
		{
			name:   "the commit is answered 502 and was carried out, and the queue that is read is 6 s old",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK UNREACHABLE OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.look(sim.Look{Kind: sim.LookStale, Queue: true, Age: 6 * time.Second, For: time.Hour})
				p.fail(sim.Fault{Path: queuePath, Method: http.MethodPost, Status: http.StatusBadGateway, AfterApplying: true})
				p.wholeParty(0)
			},
		},
		{
			name:   "the commit is lost, and the song is also the 16th of the list that the host plays",
			played: "other 1 2 other", silence: "0s",
			health: "NOTHING_TO_PLAY HOST_TOOK_OVER OK UNREACHABLE OK NOTHING_TO_PLAY",
			course: func(p *fixture) {
				list := p.music[10:30]
				list[17] = p.music[1]
				p.app.playList(list)
				time.Sleep(time.Minute)
				p.addSome(2)
				p.untilHeard("1")
				p.fail(sim.Fault{Path: queuePath, Method: http.MethodPost, Status: http.StatusBadGateway})
				p.wholeParty(0)
				p.app.pause()
			},
		},
	}
}

// appliedAfter is an enqueue that is answered 502 and carried out later.
func appliedAfter(d time.Duration) sim.Fault {
	return sim.Fault{Path: queuePath, Method: http.MethodPost, Status: http.StatusBadGateway, AppliedAfter: d}
}

// with returns a changed copy of a fault.
func with(f sim.Fault, change func(*sim.Fault)) sim.Fault {
	change(&f)
	return f
}
