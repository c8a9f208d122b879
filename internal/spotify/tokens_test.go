package spotify_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
	"antwon.dj/backend/internal/spotify"
	"antwon.dj/backend/internal/spotify/sim"
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
	if err := w.Play(ctx, host, w.songs[0].URI, ""); err != nil {
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

func TestRepeated401RequiresReconnect(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.state(t)
	w.answer(playPath, respond(http.StatusUnauthorized, `{"error":{"status":401,"message":"Invalid access token"}}`))
	for range 2 {
		expectFault(t, w.Play(ctx, host, w.songs[0].URI, ""), playback.ReconnectNeeded)
	}
	if n := w.requestCount(playPath); n != 2 || w.requestCount(tokenPath) != 2 {
		t.Errorf("sent %d times, with %d tokens", n, w.requestCount(tokenPath))
	}
	if !w.accounts.of(host).NeedsReconnect {
		t.Error("the host is not marked")
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

// grant returns a handler for the token endpoint that issues an access token valid for the given number of seconds and,
// if it is not empty, a new refresh token.
func grant(access, refresh string, seconds int) http.HandlerFunc {
	body := fmt.Sprintf(`{"access_token":%q,"token_type":"Bearer","expires_in":%d}`, access, seconds)
	if refresh != "" {
		body = fmt.Sprintf(`{"refresh_token":%q,%s`, refresh, body[1:])
	}
	return respond(http.StatusOK, body)
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

// ask calls State in the background.
func (w *world) ask(ctx context.Context) <-chan error {
	answered := make(chan error, 1)
	go func() {
		_, err := w.State(ctx, host)
		answered <- err
	}()
	return answered
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

// another returns the client of a second server, which uses the same accounts.
func (w *world) another(t *testing.T) *spotify.Client {
	t.Helper()
	config := w.config
	config.Metrics = nil
	other := spotify.New(config)
	t.Cleanup(other.Close)
	return other
}

// TestServersRefreshOneAtATime: where refresh tokens rotate, a second refresh would lose the authorization.
func TestServersRefreshOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		if err := w.simulated.ChangeAppSwitches(func(app *sim.AppSwitches) { app.Rotate = true }); err != nil {
			t.Fatal(err)
		}
		servers := []*spotify.Client{w.Client, w.another(t), w.another(t)}
		for round := range 3 {
			w.answer(tokenPath, func(rw http.ResponseWriter, r *http.Request) {
				time.Sleep(time.Second)
				w.handler.ServeHTTP(rw, r)
			})
			start := time.Now()
			var all sync.WaitGroup
			for _, server := range servers {
				all.Go(func() {
					if _, err := server.State(t.Context(), host); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if n := w.requestCount(tokenPath); n != round+1 || time.Since(start) > 1250*time.Millisecond {
				t.Errorf("refreshed %d times in %d rounds; the last took %v", n, round+1, time.Since(start))
			}
			if w.accounts.isRefreshing(host) {
				t.Error("the right to refresh was kept")
			}
			time.Sleep(time.Hour)
		}
	})
}

// TestRightToRefreshExpires: a server that crashes during a refresh blocks the others only until its right expires.
func TestRightToRefreshExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		if mine, err := w.accounts.BeginSpotifyRefresh(t.Context(), host, 20*time.Second); !mine || err != nil {
			t.Fatal(mine, err)
		}
		start := time.Now()
		_, err := w.State(t.Context(), host)
		expectFault(t, err, playback.Unreachable)
		if took := time.Since(start); took != 8*time.Second || w.requestCount(tokenPath) != 0 {
			t.Errorf("after %v and %d refreshes", took, w.requestCount(tokenPath))
		}
		time.Sleep(12*time.Second + 250*time.Millisecond)
		w.state(t)
		w.Close()
	})
}

// TestRightToRefreshIsReleasedAfterFailure, so that the next refresh can start.
func TestRightToRefreshIsReleasedAfterFailure(t *testing.T) {
	for name, spoil := range map[string]func(*world){
		"refused":     func(w *world) { w.answer(tokenPath, respond(400, `{"error":"invalid_grant"}`)) },
		"broken":      func(w *world) { w.answer(tokenPath, respond(503, "")) },
		"cannot save": func(w *world) { w.accounts.cannotSave = errors.New("disk full") },
		"never answered": func(w *world) {
			w.answer(tokenPath, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				spoil(w)
				if _, err := w.State(t.Context(), host); err == nil {
					t.Error("State returned no error")
				}
				w.Close() // waits for the refresh, which continues without a caller
				if w.accounts.isRefreshing(host) {
					t.Error("the right to refresh was kept")
				}
			})
		})
	}
}
