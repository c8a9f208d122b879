package spotify_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"antwon.dj/backend/internal/playback"
	"antwon.dj/backend/internal/spotify"
)

func TestAppAuthenticatesWithAndWithoutSecret(t *testing.T) {
	const basic = "Basic aWQ6c2VjcmV0" // id:secret
	for _, tt := range []struct{ name, secret, authorization, clientID string }{
		{"with a secret", "secret", basic, ""},
		{"without one", "", "", "id"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.restart(func(c *spotify.Config) { c.ClientSecret = tt.secret })
			var authorization, clientID string
			w.answer(tokenPath, func(rw http.ResponseWriter, r *http.Request) {
				authorization, clientID = r.Header.Get("Authorization"), r.PostFormValue("client_id")
				respond(http.StatusBadRequest, `{"error":"invalid_client","error_description":"Invalid client"}`)(rw, r)
			})
			_, err := w.State(t.Context(), host)
			expectFault(t, err, playback.Unreachable)
			if authorization != tt.authorization || clientID != tt.clientID {
				t.Errorf("sent authorization %q and client_id %q", authorization, clientID)
			}
			if n := w.requestCount(tokenPath); n != 1 || w.accounts.of(host).NeedsReconnect {
				t.Errorf("a wrong secret was sent %d times; the host has to reconnect: %v", n, w.accounts.of(host).NeedsReconnect)
			}
		})
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	w := newWorld(t)
	var asked atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer elsewhere.Close()
	away := http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect).ServeHTTP
	w.answer(tokenPath, away)
	expectFault(t, w.Next(t.Context(), host), playback.Unreachable)
	w.answer(tokenPath, nil)
	w.answer(nextPath, away)
	expectFault(t, w.Next(t.Context(), host), playback.Unreachable)
	if n := asked.Load(); n != 0 {
		t.Errorf("followed %d redirects", n)
	}
}

func TestEveryRequestIsCounted(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.state(t)
	w.expire()
	w.state(t)
	w.answer(nextPath, respond(http.StatusBadGateway, "<html>"))
	_ = w.Next(ctx, host)
	_, _ = w.State(ctx, "a stranger")

	got := w.measured(t, "antwon_spotify_calls_total")
	want := map[string]float64{"token 200": 2, "player 204": 2, "player 401": 1, "next 502": 1}
	for name, n := range want {
		if got[name] != n {
			t.Errorf("%s: counted %v, want %v", name, got[name], n)
		}
	}
	if len(got) != len(want) {
		t.Errorf("counted %v, want only %v", got, want)
	}
}

// measured returns the values of a metric by its labels.
func (w *world) measured(t *testing.T, name string) map[string]float64 {
	t.Helper()
	families, err := w.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	values := make(map[string]float64)
	for _, family := range families {
		for _, m := range family.Metric {
			var labels []string
			for _, label := range m.Label {
				labels = append(labels, label.GetValue())
			}
			if family.GetName() == name {
				values[strings.Join(labels, " ")] = m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
	}
	return values
}
