package sim_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/zmb3/spotify/v2"
	"golang.org/x/oauth2"

	"antwon.dj/backend/internal/spotify/sim"
)

func TestFaults(t *testing.T) {
	s, server := start(t, sim.Config{})
	bearer := bearer(t, server.URL, addAccount(t, s))
	get := func() reply { return ask(t, "GET", server.URL+"/v1/me/player/devices", bearer, "") }

	s.Fail(sim.Fault{Path: "/v1/me/player", Times: 2, Status: 429, RetryAfter: 36500 * time.Millisecond, PlainText: true})
	for range 2 {
		if got := get(); got.status != 429 || got.body != "Too many requests" || got.header.Get("Retry-After") != "37" {
			t.Errorf("rate limit: %+v", got)
		}
		if got := ask(t, "GET", server.URL+"/v1/me", bearer, ""); got.status != 200 {
			t.Errorf("another path failed too: %+v", got)
		}
	}
	s.Fail(sim.Fault{Method: "GET", Status: 429, Reason: "QUOTA_EXCEEDED"})
	if got := get(); got.body != message(429, "Too many requests", "QUOTA_EXCEEDED") || got.header.Get("Retry-After") != "" {
		t.Errorf("quota: %+v", got)
	}
	s.Fail(sim.Fault{Method: "PUT", Status: 500})
	if got := get(); got.status != 200 {
		t.Errorf("another method failed too: %+v", got)
	}
	if got := ask(t, "PUT", server.URL+"/v1/me/player/play", bearer, ""); got.body != message(500, "Server error.", "") {
		t.Errorf("server error: %+v", got)
	}
	s.Fail(sim.Fault{Status: 403, Message: "User not registered in the Developer Dashboard", PlainText: true})
	if got := get(); got.body != "User not registered in the Developer Dashboard" {
		t.Errorf("not on the list: %+v", got)
	}
}

// The fault that catches jukeboxes which queue a song twice: it was done, but the answer says otherwise.
func TestAppliedButAnsweredWithAFault(t *testing.T) {
	s, server := start(t, sim.Config{})
	client, ctx, songs := login(server, addAccount(t, s)), t.Context(), plain(s, 3)
	must(t, client.PlayOpt(ctx, &spotify.PlayOptions{URIs: uris(songs[0])}))

	s.Fail(sim.Fault{Method: "POST", Path: "/v1/me/player/queue", Status: http.StatusBadGateway, AfterApplying: true})
	wantError(t, client.QueueSong(ctx, spotify.ID(songs[1].ID)), http.StatusBadGateway, "Bad Gateway")
	s.Fail(sim.Fault{Method: "POST", Path: "/v1/me/player/queue", AfterApplying: true})
	if err := client.QueueSong(ctx, spotify.ID(songs[2].ID)); err == nil {
		t.Error("a cut connection is no answer")
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
	s.Fail(sim.Fault{Path: "/api/token", Status: 503, PlainText: true, Message: "upstream connect error"})
	_, err := source.Token()
	if failed, ok := errors.AsType[*oauth2.RetrieveError](err); !ok || failed.Response.StatusCode != 503 {
		t.Errorf("token: %v", err)
	}
	_, err = source.Token()
	must(t, err)
}
