package scenarios_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/spotify/sim"
)

// tokenScenarios test access tokens, which are valid for an hour and refreshed half a minute before their end.
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
			name:   "a refresh returns no new refresh token",
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
			name:   "every refresh returns a new refresh token and revokes the old one",
			played: "1 2 3", silence: "0s",
			health: "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			course: func(p *fixture) {
				must(p.t, p.spotify.ChangeAppSwitches(func(s *sim.AppSwitches) { s.Rotate = true }))
				time.Sleep(118 * time.Minute)
				p.addSome(3)
				time.Sleep(10 * time.Minute)
				p.refreshed(3)
			},
		},
		{
			name:   "a request with a valid access token is answered 401 once",
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
			name:   "the host revokes the app's access (invalid_grant) and connects again ten minutes later",
			played: "1 2 3", silence: "8m0.086s",
			health: "NOTHING_TO_PLAY OK RECONNECT_NEEDED OK NOTHING_TO_PLAY",
			course: func(p *fixture) {
				time.Sleep(58 * time.Minute)
				p.addSome(3)
				time.Sleep(time.Minute)
				must(p.t, p.spotify.Revoke(p.account.ID))
				time.Sleep(10 * time.Minute)
				p.connect()
			},
		},
		{
			name:   "the host disconnects Spotify on this server and connects it again",
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
			played: "1 2 3", silence: "49.586s",
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

// refreshed fails the scenario unless the server has requested this many access tokens.
func (p *fixture) refreshed(times int) {
	p.t.Helper()
	if n := p.spotify.calls(time.Time{})["POST api/token"]; n != times {
		p.t.Errorf("the server requested %d access tokens, want %d", n, times)
	}
}

// connect connects the host's account: to Spotify's page and back.
func (p *fixture) connect() {
	p.t.Helper()
	must(p.t, p.tryConnecting())
}

// tryConnecting is connect, but returns a refusal instead of failing the test.
func (p *fixture) tryConnecting() error {
	p.t.Helper()
	request, err := p.server.ConnectSpotify(p.host, nil)
	must(p.t, err)
	page, err := url.Parse(request.URL)
	must(p.t, err)
	query := page.Query()
	query.Set("account", p.account.ID)
	query.Set("decision", "allow")
	answer := p.spotify.direct(httptest.NewRequestWithContext(p.t.Context(), http.MethodGet,
		page.Path+"?"+query.Encode(), nil))
	back, err := url.Parse(answer.Header().Get("Location"))
	must(p.t, err)
	_, err = p.server.FinishSpotify(p.host, account.SpotifyAnswer{
		State: back.Query().Get("state"), Browser: request.Browser, Code: back.Query().Get("code"),
	})
	return err
}
