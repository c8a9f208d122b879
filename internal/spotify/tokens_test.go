package spotify_test

import (
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

// together asks for the state many times at once.
func (w *world) together(t *testing.T) {
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

func TestOneRefreshServesAll(t *testing.T) {
	w := newWorld(t)
	w.restart(func(c *spotify.Config) { c.RequestsPer30s = 1_000 })
	w.together(t)
	w.look(t)
	if n := w.asked(tokenPath); n != 1 {
		t.Errorf("refreshed %d times at the start", n)
	}
	w.expire()
	w.together(t)
	if n := w.asked(tokenPath); n != 2 {
		t.Errorf("refreshed %d times in all after a 401", n)
	}
}

// TestALate401: the token that it is about has been replaced meanwhile.
func TestALate401(t *testing.T) {
	w := newWorld(t)
	w.look(t)
	w.expire()
	handler, arrived, goOn := held(w.handler.ServeHTTP)
	w.answer(playerPath, handler)
	late := w.ask(t.Context())
	<-arrived
	w.answer(playerPath, nil)
	w.look(t)
	close(goOn)
	if err := <-late; err != nil {
		t.Error(err)
	}
	if n := w.asked(tokenPath); n != 2 {
		t.Errorf("refreshed %d times in all", n)
	}
}

func TestHostsDoNotWaitForEachOther(t *testing.T) {
	w := newWorld(t)
	w.connect(t, "another", w.account(t).RefreshToken)
	handler, arrived, goOn := held(w.handler.ServeHTTP)
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
	w.look(t)
	w.restart(func(c *spotify.Config) { c.Vault = newVault(t, secret) })
	w.look(t)
	if n := w.asked(tokenPath); n != 1 {
		t.Errorf("refreshed %d times", n)
	}

	w.restart(func(c *spotify.Config) { c.Vault = newVault(t, "another secret of enough bytes") })
	_, err := w.State(t.Context(), host)
	expectFault(t, err, playback.ReconnectNeeded)
	if w.accounts.of(host).NeedsReconnect {
		t.Error("a wrong secret of ours cost the host the authorization")
	}
}

func TestA401ForcesOneRefreshAndOneRepeat(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.look(t)
	w.expire()
	if err := w.Play(ctx, host, w.songs[0].URI, ""); err != nil {
		t.Fatalf("after a 401: %v", err)
	}
	sent := w.sent(playPath)
	if len(sent) != 2 || sent[0].body != sent[1].body || sent[1].body == "" || sent[0].authorization == sent[1].authorization {
		t.Errorf("sent %+v", sent)
	}
	if n := w.asked(tokenPath); n != 2 {
		t.Errorf("refreshed %d times in all", n)
	}
	if s := w.look(t); s.Song == nil || s.Song.URI != w.songs[0].URI {
		t.Errorf("the repeated command got lost: %+v", s)
	}
}

func TestA401ThatStaysCostsTheAuthorization(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.look(t)
	w.answer(playPath, says(http.StatusUnauthorized, `{"error":{"status":401,"message":"Invalid access token"}}`))
	for range 2 {
		expectFault(t, w.Play(ctx, host, w.songs[0].URI, ""), playback.ReconnectNeeded)
	}
	if n := w.asked(playPath); n != 2 || w.asked(tokenPath) != 2 {
		t.Errorf("sent %d times, with %d tokens", n, w.asked(tokenPath))
	}
	if !w.accounts.of(host).NeedsReconnect {
		t.Error("the host is not marked")
	}
}

// TestA401ThatIsOld: another server has got a new token meanwhile, so nobody knows whether the authorization is gone.
func TestA401ThatIsOld(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.look(t)
	other := w.another(t)
	w.answer(nextPath, func(rw http.ResponseWriter, r *http.Request) {
		if w.asked(nextPath) == 2 {
			w.expire()
			if _, err := other.State(ctx, host); err != nil {
				t.Error(err)
			}
		}
		says(http.StatusUnauthorized, "")(rw, r)
	})
	expectFault(t, w.Next(ctx, host), playback.Unreachable)
	if w.accounts.of(host).NeedsReconnect {
		t.Error("the host is marked")
	}
	w.look(t)
}

// TestAMissingScopeIsNoBadToken: another token would not help, and what needs no such scope goes on.
func TestAMissingScopeIsNoBadToken(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.look(t)
	w.answer(nextPath, says(http.StatusUnauthorized, `{"error":{"status":401,"message":"Permissions missing"}}`))
	err := w.Next(ctx, host)
	expectFault(t, err, playback.ReconnectNeeded)
	if f, ok := errors.AsType[*playback.Fault](err); !ok || f.Reason != party.ReasonScope {
		t.Errorf("got %v", err)
	}
	if w.asked(nextPath) != 1 || w.asked(tokenPath) != 1 || w.accounts.of(host).NeedsReconnect {
		t.Errorf("sent %d times, with %d tokens", w.asked(nextPath), w.asked(tokenPath))
	}
	w.look(t)
}

func TestARevokedAuthorization(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.connect(t, host, "no such refresh token")
	for range 3 {
		_, err := w.State(ctx, host)
		expectFault(t, err, playback.ReconnectNeeded)
	}
	if n := w.asked(tokenPath); n != 1 || w.asked(playerPath) != 0 {
		t.Errorf("asked %d times for a token that was revoked", n)
	}
	if !w.accounts.of(host).NeedsReconnect {
		t.Error("the host is not marked")
	}
	if log := w.log.String(); !strings.Contains(log, "host_id=host") || strings.Contains(log, "no such refresh token") {
		t.Errorf("log: %s", log)
	}
	w.connect(t, host, w.account(t).RefreshToken)
	w.look(t)
}

func TestAMarkThatCannotBeSetIsLogged(t *testing.T) {
	w := newWorld(t)
	w.connect(t, host, "no such refresh token")
	w.accounts.mute = errors.New("disk full")
	_, err := w.State(t.Context(), host)
	expectFault(t, err, playback.ReconnectNeeded)
	if log := w.log.String(); !strings.Contains(log, "level=ERROR") || !strings.Contains(log, "disk full") {
		t.Errorf("log: %s", log)
	}
}

// TestAFailedRefreshRevokesNothing: nobody asks for a token again at once, and a later one is good.
func TestAFailedRefreshRevokesNothing(t *testing.T) {
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		want   playback.FaultKind
		pause  time.Duration
	}{
		"429":           {says(429, "Too many requests"), playback.CoolingDown, 5 * time.Second},
		"500":           {says(500, `{"error":"server_error"}`), playback.Unreachable, time.Second},
		"503":           {says(503, "upstream connect error or disconnect/reset before headers"), playback.Unreachable, time.Second},
		"401":           {says(401, `{"error":"invalid_client"}`), playback.Unreachable, 0},
		"no token":      {says(200, `{}`), playback.Unreachable, time.Second},
		"no JSON":       {says(200, `{`), playback.Unreachable, time.Second},
		"no connection": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, playback.Unreachable, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.answer(tokenPath, tt.answer)
				expectFault(t, w.Next(t.Context(), host), tt.want)
				if w.asked(tokenPath) != 1 || w.asked(nextPath) != 0 {
					t.Errorf("asked %d times for a token, then %d times to go on", w.asked(tokenPath), w.asked(nextPath))
				}
				w.answer(tokenPath, nil)
				if tt.pause > 0 {
					time.Sleep(tt.pause - time.Millisecond)
					expectFault(t, w.Next(t.Context(), host), tt.want)
					time.Sleep(time.Millisecond)
				}
				w.look(t)
				if n := w.asked(tokenPath); n != 2 {
					t.Errorf("asked %d times for a token", n)
				}
			})
		})
	}
}

func TestTheTokenEndpointIsLeftAloneForLongerAndLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.answer(tokenPath, says(503, ""))
		for range 10 * 60 {
			expectFault(t, w.Next(t.Context(), host), playback.Unreachable)
			time.Sleep(time.Second)
		}
		if n := w.asked(tokenPath); n != 24 { // 1, 2, 4, 8, 16, 30, 30, … s apart
			t.Errorf("asked %d times in ten minutes", n)
		}
	})
}

func TestATokenThatCannotBeStored(t *testing.T) {
	w := newWorld(t)
	w.accounts.cannotSave = errors.New("disk full")
	_, err := w.State(t.Context(), host)
	expectFault(t, err, playback.Unreachable)
	if !errors.Is(err, w.accounts.cannotSave) || w.asked(playerPath) != 0 {
		t.Errorf("got %v", err)
	}
}

// grant answers an access token that is good for so many seconds, with or without a new refresh token.
func grant(access, refresh string, seconds int) http.HandlerFunc {
	body := fmt.Sprintf(`{"access_token":%q,"token_type":"Bearer","expires_in":%d}`, access, seconds)
	if refresh != "" {
		body = fmt.Sprintf(`{"refresh_token":%q,%s`, refresh, body[1:])
	}
	return says(http.StatusOK, body)
}

// TestRefreshTokens plays Spotify's two ways: a refresh brings no new refresh token, or one that replaces the old.
func TestRefreshTokens(t *testing.T) {
	w := newWorld(t)
	w.answer(playerPath, says(http.StatusNoContent, ""))
	w.connect(t, host, "first")
	var sent []string
	for _, rotated := range []string{"", "second", "", ""} {
		w.answer(tokenPath, func(rw http.ResponseWriter, r *http.Request) {
			sent = append(sent, r.PostFormValue("refresh_token"))
			grant("access", rotated, 20)(rw, r) // too old as soon as it comes
		})
		w.look(t)
		w.restart(nil)
	}
	if want := []string{"first", "first", "second", "second"}; !slices.Equal(sent, want) {
		t.Errorf("refresh tokens sent: %v, want %v", sent, want)
	}
}

// held is an endpoint that answers one request when it is told to.
func held(answer http.HandlerFunc) (handler http.HandlerFunc, arrived, goOn chan struct{}) {
	arrived, goOn = make(chan struct{}), make(chan struct{})
	return func(rw http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-goOn
		answer(rw, r)
	}, arrived, goOn
}

// ask asks for the state in the background.
func (w *world) ask(ctx context.Context) <-chan error {
	answered := make(chan error, 1)
	go func() {
		_, err := w.State(ctx, host)
		answered <- err
	}()
	return answered
}

func TestARefreshOutlivesItsCaller(t *testing.T) {
	w := newWorld(t)
	w.answer(playerPath, says(http.StatusNoContent, ""))
	handler, arrived, goOn := held(grant("access", "rotated", 3600))
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
	w.look(t)
	if n := w.asked(tokenPath); n != 1 {
		t.Errorf("refreshed %d times: the new token was lost", n)
	}
}

// TestWaitingTooLongAfterA401: nobody has said that the host has to reconnect.
func TestWaitingTooLongAfterA401(t *testing.T) {
	w := newWorld(t)
	w.look(t)
	w.expire()
	handler, arrived, goOn := held(says(http.StatusServiceUnavailable, ""))
	defer close(goOn)
	w.answer(tokenPath, handler)
	ctx, cancel := context.WithCancel(t.Context())
	answered := w.ask(ctx)
	<-arrived
	cancel()
	expectFault(t, <-answered, playback.Unreachable)
}

// TestConnectingAnewDuringARefresh: what Spotify says about the old authorization must not touch the new one.
func TestConnectingAnewDuringARefresh(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"the old one is good": grant("access", "", 3600),
		"the old one is gone": says(http.StatusBadRequest, `{"error":"invalid_grant","error_description":"Refresh token revoked"}`),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			handler, arrived, goOn := held(answer)
			w.answer(tokenPath, handler)
			answered := w.ask(t.Context())
			<-arrived
			w.connect(t, host, w.account(t).RefreshToken)
			anew := w.accounts.of(host)
			close(goOn)
			expectFault(t, <-answered, playback.Unreachable)
			if now := w.accounts.of(host); now.NeedsReconnect || string(now.Sealed) != string(anew.Sealed) {
				t.Error("the new authorization was overwritten")
			}
			w.answer(tokenPath, nil)
			w.look(t)
		})
	}
}

func TestAnAccessTokenIsUsedUntilShortlyBeforeItsEnd(t *testing.T) {
	for seconds, refreshes := range map[int]int{29: 2, 40: 1} {
		w := newWorld(t)
		w.answer(playerPath, says(http.StatusNoContent, ""))
		w.answer(tokenPath, grant("access", "", seconds))
		w.look(t)
		w.look(t)
		if n := w.asked(tokenPath); n != refreshes {
			t.Errorf("a token good for %v was refreshed %d times", time.Duration(seconds)*time.Second, n)
		}
	}
}

// another is a second server of the same party: a client of its own, with the same accounts.
func (w *world) another(t *testing.T) *spotify.Client {
	t.Helper()
	config := w.config
	config.Metrics = nil
	other := spotify.New(config)
	t.Cleanup(other.Close)
	return other
}

// TestServersRefreshOneAtATime: where refresh tokens rotate, the second would cost the host the authorization.
func TestServersRefreshOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		if err := w.simulated.TuneApp(func(app *sim.AppSwitches) { app.Rotate = true }); err != nil {
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
			if n := w.asked(tokenPath); n != round+1 || time.Since(start) > 1250*time.Millisecond {
				t.Errorf("refreshed %d times in %d rounds; the last took %v", n, round+1, time.Since(start))
			}
			if w.accounts.isRefreshing(host) {
				t.Error("the right to refresh was kept")
			}
			time.Sleep(time.Hour)
		}
	})
}

// TestAServerThatDiesWhileItRefreshes holds the others up until its right has run out. Who waits is told in time.
func TestAServerThatDiesWhileItRefreshes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		if mine, err := w.accounts.BeginSpotifyRefresh(t.Context(), host, 20*time.Second); !mine || err != nil {
			t.Fatal(mine, err)
		}
		start := time.Now()
		_, err := w.State(t.Context(), host)
		expectFault(t, err, playback.Unreachable)
		if took := time.Since(start); took != 8*time.Second || w.asked(tokenPath) != 0 {
			t.Errorf("after %v and %d refreshes", took, w.asked(tokenPath))
		}
		time.Sleep(12*time.Second + 250*time.Millisecond)
		w.look(t)
		w.Close()
	})
}

// TestTheRightToRefreshIsGivenBack after every failure, so that the next may try.
func TestTheRightToRefreshIsGivenBack(t *testing.T) {
	for name, spoil := range map[string]func(*world){
		"refused":     func(w *world) { w.answer(tokenPath, says(400, `{"error":"invalid_grant"}`)) },
		"broken":      func(w *world) { w.answer(tokenPath, says(503, "")) },
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
					t.Error("it did not fail")
				}
				w.Close() // waits for a refresh that nobody waits for any more
				if w.accounts.isRefreshing(host) {
					t.Error("the right to refresh was kept")
				}
			})
		})
	}
}
