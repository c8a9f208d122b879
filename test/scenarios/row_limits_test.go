package scenarios_test

import (
	"cmp"
	"net/http"
	"time"

	"antwon.dj/backend/internal/spotify/sim"
)

const (
	queuePath    = "/v1/me/player/queue"
	playPath     = "/v1/me/player/play"
	nextPath     = "/v1/me/player/next"
	playerPath   = "/v1/me/player"
	tooMany      = http.StatusTooManyRequests
	quotaReached = "QUOTA_EXCEEDED"
)

// limitScenarios test the rate limit, which all rooms share. After 429 the server sends no requests, and the committed
// song plays.
func limitScenarios() []scenario {
	atCommit := func(f sim.Fault) func(*fixture) {
		return func(p *fixture) {
			time.Sleep(time.Minute)
			f.Path, f.Status = queuePath, tooMany
			p.fail(f)
			p.untilLeft(14 * time.Second)
			p.noRequestsFor(cmp.Or(f.RetryAfter, 10*time.Minute))
		}
	}
	return []scenario{
		{
			name:   "429 at the commit, for 5 s",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK COOLING_DOWN OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course:  atCommit(sim.Fault{RetryAfter: 5 * time.Second}),
		},
		{
			name:   "429 at the commit, for 37 s",
			played: "1 2 3", silence: "22.48s",
			health:  "NOTHING_TO_PLAY OK COOLING_DOWN OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course:  atCommit(sim.Fault{RetryAfter: 37 * time.Second}),
		},
		{
			name:   "429 as plain text, for 37 s",
			played: "1 2 3", silence: "22.48s",
			health:  "NOTHING_TO_PLAY OK COOLING_DOWN OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course:  atCommit(sim.Fault{RetryAfter: 37 * time.Second, PlainText: true}),
		},
		{
			name:   "429 at an observation, for 37 s",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK COOLING_DOWN OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.fail(sim.Fault{Path: playerPath, Status: tooMany, RetryAfter: 37 * time.Second})
			},
		},
		{
			name: "429 QUOTA_EXCEEDED", played: "1 2 3", silence: "9m45.48s",
			health:  "NOTHING_TO_PLAY OK COOLING_DOWN/QUOTA OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course:  atCommit(sim.Fault{Reason: quotaReached}),
		},
		{
			name:   "429 for 24 h; everybody leaves and comes back the next day",
			played: "1 2 3", silence: "23h59m45.6s",
			health:  "NOTHING_TO_PLAY OK COOLING_DOWN/QUOTA OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.fail(sim.Fault{Path: queuePath, Status: tooMany, RetryAfter: 24 * time.Hour})
				p.untilLeft(14 * time.Second)
				before := p.spotify.total()
				time.Sleep(10 * time.Minute)
				p.health.stop()
				time.Sleep(24*time.Hour - 10*time.Minute - 3*time.Second)
				p.health.watch(p.server)
				if n := p.spotify.total(); n != before {
					p.t.Errorf("%d requests during the cool-down, want 0", n-before)
				}
			},
		},
		{
			name:   "two rooms share the limit: 429 for one applies to both",
			played: "1 2 3 / 1 2 3", silence: "22.48s / 0s",
			health:  "NOTHING_TO_PLAY OK COOLING_DOWN OK NOTHING_TO_PLAY / NOTHING_TO_PLAY OK COOLING_DOWN OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				hugo := p.open(p.server, options{songs: 3, name: "Hugo", length: 4 * time.Minute})
				p.beside = hugo
				time.Sleep(time.Minute)
				// Hugo's songs are longer, so the first commit is the one of this room.
				p.fail(sim.Fault{Path: queuePath, Status: tooMany, RetryAfter: 37 * time.Second})
				p.untilLeft(14 * time.Second)
				p.noRequestsFor(37 * time.Second)
			},
		},
		{
			name:   "guests search all the time: the player has priority",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				guest := p.join("Gina")
				for i := range 2 * 60 * 5 {
					// a refusal by the rate limit does not matter
					_, _ = p.server.SearchSongs(guest, p.room.ID, string(rune('a'+i%26))+string(rune('a'+i/26%26)), 10, i%7)
					time.Sleep(200 * time.Millisecond)
				}
				if n := p.spotify.busiest(30 * time.Second); n > 60 {
					p.t.Errorf("%d requests within 30 s, want at most 60", n)
				}
			},
		},
	}
}

// noRequestsFor sleeps until 3 s before the end of the pause, and fails the scenario if the server sends a request
// meanwhile.
func (p *fixture) noRequestsFor(pause time.Duration) {
	p.t.Helper()
	before := p.spotify.total()
	time.Sleep(pause - 3*time.Second)
	if n := p.spotify.total(); n != before {
		p.t.Errorf("%d requests during the cool-down, want 0", n-before)
	}
}
