package spotify_test

import (
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/playback"
	"antwon.dj/backend/internal/spotify"
	"antwon.dj/backend/internal/spotify/sim"
)

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
