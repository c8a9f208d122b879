package spotify_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
	"antwon.dj/backend/internal/spotify"
)

// TestLate401UsesTheRefreshedToken: the token that the 401 is about has been replaced meanwhile.
func TestLate401UsesTheRefreshedToken(t *testing.T) {
	w := newWorld(t)
	w.state(t)
	w.expire()
	handler, arrived, goOn := holdOne(w.handler.ServeHTTP)
	w.answer(playerPath, handler)
	late := w.ask(t.Context())
	<-arrived
	w.answer(playerPath, nil)
	w.state(t)
	close(goOn)
	if err := <-late; err != nil {
		t.Error(err)
	}
	if n := w.requestCount(tokenPath); n != 2 {
		t.Errorf("refreshed %d times in all", n)
	}
}

func TestTokensSurviveARestart(t *testing.T) {
	w := newWorld(t)
	w.state(t)
	w.restart(func(c *spotify.Config) { c.Cipher = newTokenCipher(t, secret) })
	w.state(t)
	if n := w.requestCount(tokenPath); n != 1 {
		t.Errorf("refreshed %d times", n)
	}

	w.restart(func(c *spotify.Config) { c.Cipher = newTokenCipher(t, "another secret of enough bytes") })
	_, err := w.State(t.Context(), host)
	expectFault(t, err, playback.ReconnectNeeded)
	if w.accounts.of(host).NeedsReconnect {
		t.Error("a wrong secret of ours marked the host as having to reconnect")
	}
}

func Test401CausesOneRefreshAndOneRepeat(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.state(t)
	w.expire()
	if err := w.Play(ctx, host, w.songs[0].URI, "", 0); err != nil {
		t.Fatalf("after a 401: %v", err)
	}
	sent := w.sent(playPath)
	if len(sent) != 2 || sent[0].body != sent[1].body || sent[1].body == "" ||
		sent[0].authorization == sent[1].authorization {
		t.Errorf("sent %+v", sent)
	}
	if n := w.requestCount(tokenPath); n != 2 {
		t.Errorf("refreshed %d times in all", n)
	}
	if s := w.state(t); s.Song == nil || s.Song.URI != w.songs[0].URI {
		t.Errorf("the repeated command got lost: %+v", s)
	}
}

// TestTwo401sAreNoProof: gateways answer 401 for moments, and only the token endpoint can say that an authorization has
// ended. Nothing is sent for the host during the pause that follows.
func TestTwo401sAreNoProof(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.state(t)
	w.answer(playPath, respond(http.StatusUnauthorized, `{"error":{"status":401,"message":"Invalid access token"}}`))
	for range 2 {
		expectFault(t, w.Play(ctx, host, w.songs[0].URI, "", 0), playback.Unreachable)
	}
	if n := w.requestCount(playPath); n != 2 || w.requestCount(tokenPath) != 2 {
		t.Errorf("sent %d times, with %d tokens", n, w.requestCount(tokenPath))
	}
	if w.accounts.of(host).NeedsReconnect {
		t.Error("the host is marked as having to connect again")
	}
	w.Forget(host) // as when the host connects again
	w.answer(playPath, nil)
	if err := w.Play(ctx, host, w.songs[0].URI, "", 0); err != nil {
		t.Errorf("after the host has connected again: %v", err)
	}
}

// Test401AboutAReplacedTokenKeepsTheAuthorization: another server has refreshed the token meanwhile, so the 401 does
// not prove that the authorization is lost.
func Test401AboutAReplacedTokenKeepsTheAuthorization(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.state(t)
	other := w.another(t)
	w.answer(nextPath, func(rw http.ResponseWriter, r *http.Request) {
		if w.requestCount(nextPath) == 2 {
			w.expire()
			if _, err := other.State(ctx, host); err != nil {
				t.Error(err)
			}
		}
		respond(http.StatusUnauthorized, "")(rw, r)
	})
	expectFault(t, w.Next(ctx, host), playback.Unreachable)
	if w.accounts.of(host).NeedsReconnect {
		t.Error("the host is marked")
	}
	w.state(t)
}

// TestMissingScopeDoesNotRefreshToken: another token would not help, and calls that do not need the scope still work.
func TestMissingScopeDoesNotRefreshToken(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.state(t)
	w.answer(nextPath, respond(http.StatusUnauthorized, `{"error":{"status":401,"message":"Permissions missing"}}`))
	err := w.Next(ctx, host)
	expectFault(t, err, playback.ReconnectNeeded)
	if f, ok := errors.AsType[*playback.Fault](err); !ok || f.Reason != party.ReasonScope {
		t.Errorf("got %v", err)
	}
	if w.requestCount(nextPath) != 1 || w.requestCount(tokenPath) != 1 || w.accounts.of(host).NeedsReconnect {
		t.Errorf("sent %d times, with %d tokens", w.requestCount(nextPath), w.requestCount(tokenPath))
	}
	w.state(t)
}

func TestRevokedAuthorizationRequiresReconnect(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.connect(t, host, "no such refresh token")
	for range 3 {
		_, err := w.State(ctx, host)
		expectFault(t, err, playback.ReconnectNeeded)
	}
	if n := w.requestCount(tokenPath); n != 1 || w.requestCount(playerPath) != 0 {
		t.Errorf("asked %d times for a token that was revoked", n)
	}
	if !w.accounts.of(host).NeedsReconnect {
		t.Error("the host is not marked")
	}
	if log := w.log.String(); !strings.Contains(log, "host_id=host") || strings.Contains(log, "no such refresh token") {
		t.Errorf("log: %s", log)
	}
	w.connect(t, host, w.account(t).RefreshToken)
	w.state(t)
}

func TestFailureToMarkReconnectIsLogged(t *testing.T) {
	w := newWorld(t)
	w.connect(t, host, "no such refresh token")
	w.accounts.cannotMark = errors.New("disk full")
	_, err := w.State(t.Context(), host)
	expectFault(t, err, playback.ReconnectNeeded)
	if log := w.log.String(); !strings.Contains(log, "level=ERROR") || !strings.Contains(log, "disk full") {
		t.Errorf("log: %s", log)
	}
}

// grant returns a handler for the token endpoint that issues an access token valid for the given number of seconds and,
// if it is not empty, a new refresh token.
func grant(access, refresh string, seconds int) http.HandlerFunc {
	body := fmt.Sprintf(`{"access_token":%q,"token_type":"Bearer","expires_in":%d}`, access, seconds)
	if refresh != "" {
		body = fmt.Sprintf(`{"refresh_token":%q,%s`, refresh, body[1:])
	}
	return respond(http.StatusOK, body)
}

// ask calls State in the background.
func (w *world) ask(ctx context.Context) <-chan error {
	answered := make(chan error, 1)
	go func() {
		_, err := w.State(ctx, host)
		answered <- err
	}()
	return answered
}
