package scenarios_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"antwon.dj/backend/internal/spotify/sim"
)

// app is Spotify's own app on the host's phone.
type app struct {
	t       *testing.T
	spotify *outside
	account sim.Account
}

func (a *app) pause()  { a.do(http.MethodPut, "pause", "") }
func (a *app) resume() { a.do(http.MethodPut, "play", "") }
func (a *app) skip()   { a.do(http.MethodPost, "next", "") }

// play plays a song instead of what plays.
func (a *app) play(uri string) { a.do(http.MethodPut, "play", `{"uris":["`+uri+`"]}`) }

// queue puts a song into the player's own queue.
func (a *app) queue(uri string) { a.do(http.MethodPost, "queue?uri="+url.QueryEscape(uri), "") }

// close and open the app that plays.
func (a *app) close() { a.active(false) }
func (a *app) open()  { a.active(true) }

func (a *app) active(active bool) {
	a.t.Helper()
	must(a.t, a.spotify.SetDeviceActive(a.account.ID, active))
	a.spotify.stir()
}

func (a *app) do(method, path, body string) {
	a.t.Helper()
	r := httptest.NewRequest(method, "/v1/me/player/"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+a.spotify.tokenOf(a.t, a.account))
	if answer := a.spotify.direct(r); answer.Code >= 300 {
		a.t.Fatalf("the host's app: %s %s: %d %s", method, path, answer.Code, answer.Body)
	}
	a.spotify.stir()
}
