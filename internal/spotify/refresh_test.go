package spotify_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/playback"
	"antwon.dj/backend/internal/spotify"
)

// stateConcurrently calls State many times at once.
func (w *world) stateConcurrently(t *testing.T) {
	t.Helper()
	var callers sync.WaitGroup
	for range 20 {
		callers.Go(func() {
			if _, err := w.State(t.Context(), host); err != nil {
				t.Error(err)
			}
		})
	}
	callers.Wait()
}

func TestConcurrentCallsShareOneRefresh(t *testing.T) {
	w := newWorld(t)
	w.restart(func(c *spotify.Config) { c.RequestsPer30s = 1_000 })
	w.stateConcurrently(t)
	w.state(t)
	if n := w.requestCount(tokenPath); n != 1 {
		t.Errorf("refreshed %d times at the start", n)
	}
	w.expire()
	w.stateConcurrently(t)
	if n := w.requestCount(tokenPath); n != 2 {
		t.Errorf("refreshed %d times in all after a 401", n)
	}
}

func TestSlowRefreshDoesNotBlockOtherHosts(t *testing.T) {
	w := newWorld(t)
	w.connect(t, "another", w.account(t).RefreshToken)
	handler, arrived, goOn := holdOne(w.handler.ServeHTTP)
	w.answer(tokenPath, handler)
	slow := w.ask(t.Context())
	<-arrived
	w.answer(tokenPath, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	_, err := w.State(ctx, "another")
	close(goOn)
	if err := errors.Join(err, <-slow); err != nil {
		t.Error(err)
	}
	sent := w.sent(playerPath)
	if len(sent) != 2 || sent[0].authorization == sent[1].authorization {
		t.Errorf("sent %+v", sent)
	}
}

// TestFailedRefreshKeepsTheAuthorization: refreshing pauses for a while, and works afterwards.
func TestFailedRefreshKeepsTheAuthorization(t *testing.T) {
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		want   playback.FaultKind
		pause  time.Duration
	}{
		"429": {respond(429, "Too many requests"), playback.CoolingDown, 5 * time.Second},
		"500": {respond(500, `{"error":"server_error"}`), playback.Unreachable, time.Second},
		"503": {respond(503, "upstream connect error or disconnect/reset before headers"), playback.Unreachable,
			time.Second},
		"401":      {respond(401, `{"error":"invalid_client"}`), playback.Unreachable, 0},
		"no token": {respond(200, `{}`), playback.Unreachable, time.Second},
		"no JSON":  {respond(200, `{`), playback.Unreachable, time.Second},
		"no connection": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, playback.Unreachable,
			time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.answer(tokenPath, tt.answer)
				expectFault(t, w.Next(t.Context(), host), tt.want)
				if w.requestCount(tokenPath) != 1 || w.requestCount(nextPath) != 0 {
					t.Errorf("asked %d times for a token, then %d times to go on", w.requestCount(tokenPath), w.requestCount(nextPath))
				}
				w.answer(tokenPath, nil)
				if tt.pause > 0 {
					time.Sleep(tt.pause - time.Millisecond)
					expectFault(t, w.Next(t.Context(), host), tt.want)
					time.Sleep(time.Millisecond)
				}
				w.state(t)
				if n := w.requestCount(tokenPath); n != 2 {
					t.Errorf("asked %d times for a token", n)
				}
			})
		})
	}
}

func TestTokenEndpointBackoffGrows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.answer(tokenPath, respond(503, ""))
		for range 10 * 60 {
			expectFault(t, w.Next(t.Context(), host), playback.Unreachable)
			time.Sleep(time.Second)
		}
		if n := w.requestCount(tokenPath); n != 24 { // 1, 2, 4, 8, 16, 30, 30, … s apart
			t.Errorf("asked %d times in ten minutes", n)
		}
	})
}

func TestUnstoredTokenIsNotUsed(t *testing.T) {
	w := newWorld(t)
	w.accounts.cannotSave = errors.New("disk full")
	_, err := w.State(t.Context(), host)
	expectFault(t, err, playback.Unreachable)
	if !errors.Is(err, w.accounts.cannotSave) || w.requestCount(playerPath) != 0 {
		t.Errorf("got %v", err)
	}
}

// TestRotatedRefreshTokenReplacesTheOld: a refresh may return a new refresh token, or none, after which the old one
// stays.
func TestRotatedRefreshTokenReplacesTheOld(t *testing.T) {
	w := newWorld(t)
	w.answer(playerPath, respond(http.StatusNoContent, ""))
	w.connect(t, host, "first")
	var sent []string
	for _, rotated := range []string{"", "second", "", ""} {
		w.answer(tokenPath, func(rw http.ResponseWriter, r *http.Request) {
			sent = append(sent, r.PostFormValue("refresh_token"))
			grant("access", rotated, 20)(rw, r) // expires at once
		})
		w.state(t)
		w.restart(nil)
	}
	if want := []string{"first", "first", "second", "second"}; !slices.Equal(sent, want) {
		t.Errorf("refresh tokens sent: %v, want %v", sent, want)
	}
}

// holdOne returns a handler for one request. It closes arrived when the request comes, and responds once goOn is
// closed.
func holdOne(answer http.HandlerFunc) (handler http.HandlerFunc, arrived, goOn chan struct{}) {
	arrived, goOn = make(chan struct{}), make(chan struct{})
	return func(rw http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-goOn
		answer(rw, r)
	}, arrived, goOn
}

func TestRefreshContinuesWithoutItsCaller(t *testing.T) {
	w := newWorld(t)
	w.answer(playerPath, respond(http.StatusNoContent, ""))
	handler, arrived, goOn := holdOne(grant("access", "rotated", 3600))
	w.answer(tokenPath, handler)
	ctx, cancel := context.WithCancel(t.Context())
	leaves := w.ask(ctx)
	<-arrived
	stays := w.ask(t.Context())
	cancel()
	expectFault(t, <-leaves, playback.Unreachable)
	close(goOn)
	if err := <-stays; err != nil {
		t.Errorf("another caller: %v", err)
	}
	w.restart(nil)
	w.state(t)
	if n := w.requestCount(tokenPath); n != 1 {
		t.Errorf("refreshed %d times: the new token was lost", n)
	}
}

// TestCanceledRefreshAfter401IsUnreachable: it does not mean that the host has to reconnect.
func TestCanceledRefreshAfter401IsUnreachable(t *testing.T) {
	w := newWorld(t)
	w.state(t)
	w.expire()
	handler, arrived, goOn := holdOne(respond(http.StatusServiceUnavailable, ""))
	defer close(goOn)
	w.answer(tokenPath, handler)
	ctx, cancel := context.WithCancel(t.Context())
	answered := w.ask(ctx)
	<-arrived
	cancel()
	expectFault(t, <-answered, playback.Unreachable)
}

// TestReconnectingDuringRefreshKeepsNewTokens: the response about the old authorization must not change the new one.
func TestReconnectingDuringRefreshKeepsNewTokens(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"the old one is good": grant("access", "", 3600),
		"the old one is gone": respond(http.StatusBadRequest,
			`{"error":"invalid_grant","error_description":"Refresh token revoked"}`),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			handler, arrived, goOn := holdOne(answer)
			w.answer(tokenPath, handler)
			answered := w.ask(t.Context())
			<-arrived
			w.connect(t, host, w.account(t).RefreshToken)
			reconnected := w.accounts.of(host)
			close(goOn)
			expectFault(t, <-answered, playback.Unreachable)
			now := w.accounts.of(host)
			if now.NeedsReconnect || !bytes.Equal(now.EncryptedTokens, reconnected.EncryptedTokens) {
				t.Error("the new authorization was overwritten")
			}
			w.answer(tokenPath, nil)
			w.state(t)
		})
	}
}

func TestAccessTokenIsRefreshedShortlyBeforeExpiry(t *testing.T) {
	for seconds, refreshes := range map[int]int{29: 2, 40: 1} {
		w := newWorld(t)
		w.answer(playerPath, respond(http.StatusNoContent, ""))
		w.answer(tokenPath, grant("access", "", seconds))
		w.state(t)
		w.state(t)
		if n := w.requestCount(tokenPath); n != refreshes {
			t.Errorf("a token valid for %v was refreshed %d times", time.Duration(seconds)*time.Second, n)
		}
	}
}
