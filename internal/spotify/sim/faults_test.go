package sim_test

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zmb3/spotify/v2"
	"golang.org/x/oauth2"

	"antwon.dj/backend/internal/spotify/sim"
)

func TestFaultsMatchMethodAndPath(t *testing.T) {
	s, server := start(t, sim.Config{})
	bearer := bearer(t, server.URL, addAccount(t, s))
	get := func() reply { return ask(t, "GET", server.URL+"/v1/me/player/devices", bearer, "") }

	s.InjectFault(sim.Fault{Path: "/v1/me/player", Times: 2, Status: 429, RetryAfter: 36500 * time.Millisecond,
		PlainText: true})
	for range 2 {
		if got := get(); got.status != 429 || got.body != "Too many requests" || got.header.Get("Retry-After") != "37" {
			t.Errorf("rate limit: %+v", got)
		}
		if got := ask(t, "GET", server.URL+"/v1/me", bearer, ""); got.status != 200 {
			t.Errorf("another path failed too: %+v", got)
		}
	}
	s.InjectFault(sim.Fault{Method: "GET", Status: 429, Reason: "QUOTA_EXCEEDED"})
	if got := get(); got.body != message(429, "Too many requests", "QUOTA_EXCEEDED") ||
		got.header.Get("Retry-After") != "" {
		t.Errorf("quota: %+v", got)
	}
	s.InjectFault(sim.Fault{Method: "PUT", Status: 500})
	if got := get(); got.status != 200 {
		t.Errorf("another method failed too: %+v", got)
	}
	if got := ask(t, "PUT", server.URL+"/v1/me/player/play", bearer, ""); got.body != message(500, "Server error.", "") {
		t.Errorf("server error: %+v", got)
	}
	s.InjectFault(sim.Fault{Status: 403, Message: "User not registered in the Developer Dashboard", PlainText: true})
	if got := get(); got.body != "User not registered in the Developer Dashboard" {
		t.Errorf("not on the list: %+v", got)
	}
}

// TestFaultAfterApplying: the command was executed, but the response says otherwise. A client that repeats it queues
// the song twice.
func TestFaultAfterApplying(t *testing.T) {
	s, server := start(t, sim.Config{})
	client, ctx, songs := login(server, addAccount(t, s)), t.Context(), plain(s, 3)
	must(t, client.PlayOpt(ctx, &spotify.PlayOptions{URIs: uris(songs[0])}))

	s.InjectFault(sim.Fault{Method: "POST", Path: "/v1/me/player/queue", Status: http.StatusBadGateway,
		AfterApplying: true})
	wantError(t, client.QueueSong(ctx, spotify.ID(songs[1].ID)), http.StatusBadGateway, "Bad Gateway")
	s.InjectFault(sim.Fault{Method: "POST", Path: "/v1/me/player/queue", AfterApplying: true})
	if err := client.QueueSong(ctx, spotify.ID(songs[2].ID)); err == nil {
		t.Error("a closed connection was taken as success")
	}
	queue, err := client.GetQueue(ctx)
	must(t, err)
	if len(queue.Items) != 2 || queue.Items[0].ID.String() != songs[1].ID || queue.Items[1].ID.String() != songs[2].ID {
		t.Errorf("queue: %+v", queue.Items)
	}
}

func TestTokenEndpointFails(t *testing.T) {
	s, server := start(t, sim.Config{})
	source := tokens(server, oauth2.AuthStyleInHeader, addAccount(t, s).RefreshToken)
	s.InjectFault(sim.Fault{Path: "/api/token", Status: 503, PlainText: true, Message: "upstream connect error"})
	_, err := source.Token()
	if failed, ok := errors.AsType[*oauth2.RetrieveError](err); !ok || failed.Response.StatusCode != 503 {
		t.Errorf("token: %v", err)
	}
	_, err = source.Token()
	must(t, err)
}

// direct is a transport that calls a handler without a network, so that only the bubble's clock matters.
type direct struct{ handler http.Handler }

func (d direct) RoundTrip(r *http.Request) (response *http.Response, err error) {
	defer func() {
		if recover() != nil { // net/http's way to close a connection without a response
			response, err = nil, cmp.Or(r.Context().Err(), errors.New("cut"))
		}
	}()
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w.Result(), nil
}

// tokenFrom returns an access token that it gets without a network.
func tokenFrom(t *testing.T, s *sim.Spotify, account sim.Account) string {
	t.Helper()
	ctx := context.WithValue(t.Context(), oauth2.HTTPClient, &http.Client{Transport: direct{s.Handler()}})
	source := (&oauth2.Config{ClientID: "x",
		Endpoint: oauth2.Endpoint{TokenURL: "http://sim/api/token", AuthStyle: oauth2.AuthStyleInParams}}).
		TokenSource(ctx, &oauth2.Token{RefreshToken: account.RefreshToken})
	token, err := source.Token()
	must(t, err)
	return token.AccessToken
}

func TestDelayedFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		account, song := addAccount(t, s), plain(s, 1)[0]
		must(t, s.Host(account.ID).PlayURI(song.URI))
		client := &http.Client{Transport: direct{s.Handler()}, Timeout: 10 * time.Second}
		token := tokenFrom(t, s, account)
		queue := func() (time.Duration, error) {
			request, err := http.NewRequestWithContext(t.Context(), "POST", "http://sim/v1/me/player/queue?uri="+song.URI, nil)
			must(t, err)
			request.Header.Set("Authorization", "Bearer "+token)
			began := time.Now()
			response, err := client.Do(request)
			if err == nil {
				response.Body.Close()
				if response.StatusCode != 200 {
					err = errors.New(response.Status)
				}
			}
			return time.Since(began), err
		}
		for _, tt := range []struct {
			fault sim.Fault
			took  time.Duration
			err   string
			kind  string
		}{
			{sim.Fault{Delay: 3 * time.Second}, 3 * time.Second, "cut", "hang"},
			{sim.Fault{Delay: time.Hour}, 10 * time.Second, "exceeded", "hang"},
			{sim.Fault{Delay: time.Hour, AfterApplying: true}, 10 * time.Second, "exceeded", "hang after applying"},
			{sim.Fault{Delay: time.Second, AfterApplying: true, Status: 504, HTML: true}, time.Second, "504",
				"504 html late after applying"},
		} {
			before := s.Injected()[tt.kind]
			s.InjectFault(tt.fault)
			if took, err := queue(); err == nil || !strings.Contains(err.Error(), tt.err) || took != tt.took {
				t.Errorf("%s: %v after %v", tt.kind, err, took)
			}
			if s.Injected()[tt.kind] != before+1 {
				t.Errorf("injected: %v", s.Injected())
			}
		}
		s.InjectFault(sim.Fault{Status: 500})
		s.ClearFaults()
		_, err := queue()
		must(t, err)
		time.Sleep(20 * time.Minute)
		if heard := s.Plays(account.ID); len(heard) != 4 { // the first, two that were applied, and the last
			t.Errorf("heard %d songs: %+v", len(heard), heard)
		}
	})
}

func TestBodiesOfFaults(t *testing.T) {
	s, server := start(t, sim.Config{})
	bearer := bearer(t, server.URL, addAccount(t, s))
	s.InjectFault(sim.Fault{Status: 502, HTML: true})
	if got := ask(t, "GET", server.URL+"/v1/me", bearer, ""); got.status != 502 ||
		!strings.HasPrefix(got.body, "<html>") || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
		t.Errorf("HTML: %+v", got)
	}
	s.InjectFault(sim.Fault{Status: 503, Empty: true})
	if got := ask(t, "GET", server.URL+"/v1/me", bearer, ""); got.status != 503 || got.body != "" {
		t.Errorf("empty: %+v", got)
	}
}
