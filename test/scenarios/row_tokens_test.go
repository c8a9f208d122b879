package scenarios_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/spotify/sim"
)

// An access token lives for an hour, and is used for all but its last half minute.
func tokenScenarios() []scenario {
	return []scenario{
		{
			name:   "the access token expires in the middle of a song",
			played: "1 2 3", silence: "0s",
			health: "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			course: func(p *fixture) {
				time.Sleep(58 * time.Minute)
				p.addSome(3)
				time.Sleep(10 * time.Minute)
				p.refreshed(2)
			},
		},
		{
			name:   "no refresh brings a new refresh token",
			played: "1 2 3", silence: "0s",
			health: "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			course: func(p *fixture) {
				time.Sleep(118 * time.Minute)
				p.addSome(3)
				time.Sleep(10 * time.Minute)
				p.refreshed(3)
			},
		},
		{
			name:   "every refresh brings a new refresh token, and ends the old one",
			played: "1 2 3", silence: "0s",
			health: "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			course: func(p *fixture) {
				must(p.t, p.spotify.TuneApp(func(s *sim.AppSwitches) { s.Rotate = true }))
				time.Sleep(118 * time.Minute)
				p.addSome(3)
				time.Sleep(10 * time.Minute)
				p.refreshed(3)
			},
		},
		{
			name:   "a valid access token is answered 401 once",
			played: "1 2", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 2},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.fail(sim.Fault{Path: "/v1/me/player", Status: http.StatusUnauthorized})
				time.Sleep(time.Minute)
				p.refreshed(2)
			},
		},
		{
			name: "the host takes the permission back (invalid_grant), and connects again ten minutes later", played: "1 2 3", silence: "8m0.086s",
			health: "NOTHING_TO_PLAY OK RECONNECT_NEEDED OK NOTHING_TO_PLAY",
			course: func(p *fixture) {
				time.Sleep(58 * time.Minute)
				p.addSome(3)
				time.Sleep(time.Minute)
				must(p.t, p.spotify.Revoke(p.spotifyAccount.ID))
				time.Sleep(10 * time.Minute)
				p.connect()
			},
		},
		{
			name:   "the host disconnects Spotify here, and connects it again",
			played: "1 2 3", silence: "2m0.206s",
			health:  "NOTHING_TO_PLAY OK RECONNECT_NEEDED/NOT_CONNECTED OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				must(p.t, p.server.DisconnectSpotify(p.host))
				time.Sleep(4 * time.Minute)
				p.connect()
			},
		},
		{
			name:   "the token endpoint answers 503 for two minutes",
			played: "1 2 3", silence: "32.466s",
			health:  "NOTHING_TO_PLAY OK UNREACHABLE OK NOTHING_TO_PLAY",
			options: options{songs: 0},
			course: func(p *fixture) {
				time.Sleep(58 * time.Minute)
				p.addSome(3)
				time.Sleep(time.Minute)
				p.fail(sim.Fault{Path: "/api/token", Status: http.StatusServiceUnavailable, PlainText: true, Times: 1000})
				time.Sleep(2*time.Minute + 30*time.Second)
				p.heal()
			},
		},
	}
}

// refreshed fails the scenario unless so many access tokens were issued.
func (p *fixture) refreshed(times int) {
	p.t.Helper()
	if n := p.spotify.calls(time.Time{})["POST api/token"]; n != times {
		p.t.Errorf("%d access tokens were asked for, not %d", n, times)
	}
}

// connect is the host's way to Spotify's page and back, with their account.
func (p *fixture) connect() {
	p.t.Helper()
	must(p.t, p.tryConnecting())
}

// tryConnecting is connect; a refusal is returned.
func (p *fixture) tryConnecting() error {
	p.t.Helper()
	asked, err := p.server.ConnectSpotify(p.host, nil)
	must(p.t, err)
	page, err := url.Parse(asked.URL)
	must(p.t, err)
	query := page.Query()
	query.Set("account", p.spotifyAccount.ID)
	query.Set("decision", "allow")
	answer := p.spotify.direct(httptest.NewRequest(http.MethodGet, page.Path+"?"+query.Encode(), nil))
	back, err := url.Parse(answer.Header().Get("Location"))
	must(p.t, err)
	_, err = p.server.FinishSpotify(p.host, account.SpotifyAnswer{
		State: back.Query().Get("state"), Browser: asked.Browser, Code: back.Query().Get("code"),
	})
	return err
}
