package spotify_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
	"antwon.dj/backend/internal/spotify"
	"antwon.dj/backend/internal/spotify/sim"
)

func TestAllHostsPauseAfter429(t *testing.T) {
	for name, tt := range map[string]struct {
		fault  sim.Fault
		pause  time.Duration
		reason party.HealthReason
	}{
		"plain text":     {sim.Fault{RetryAfter: 37 * time.Second, PlainText: true}, 37 * time.Second, ""},
		"JSON":           {sim.Fault{RetryAfter: 2 * time.Second, Message: "API rate limit exceeded"}, 2 * time.Second, ""},
		"without a time": {sim.Fault{}, 5 * time.Second, ""},
		"for long":       {sim.Fault{RetryAfter: 5 * time.Hour, PlainText: true}, 5 * time.Hour, party.ReasonQuota},
		"beyond 64 bits": {sim.Fault{RetryAfterText: "99999999999999999999"}, 24 * time.Hour, party.ReasonQuota},
		"a fraction":     {sim.Fault{RetryAfterText: "7.2"}, 8 * time.Second, ""},
		"garbage":        {sim.Fault{RetryAfterText: "soon"}, 5 * time.Second, ""},
		"quota":          {sim.Fault{Reason: "QUOTA_EXCEEDED"}, 10 * time.Minute, party.ReasonQuota},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, ctx := newWorld(t), t.Context()
				w.connect(t, "another", w.account(t).RefreshToken)
				tt.fault.Path, tt.fault.Status = searchPath, http.StatusTooManyRequests
				w.simulated.InjectFault(tt.fault)
				_, _, err := w.Search(ctx, host, "anything", 10, 0)
				expectCode(t, err, party.UpstreamUnavailable, tt.pause)
				if until := w.measured(t, "antwon_spotify_paused_until")[""]; until != float64(time.Now().Add(tt.pause).Unix()) {
					t.Errorf("the metric says %v", until)
				}
				time.Sleep(time.Second)

				requests := len(w.requests)
				_, _, err = w.Search(ctx, "another", "anything", 10, 0)
				expectCode(t, err, party.UpstreamUnavailable, tt.pause-time.Second)
				_, err = w.State(ctx, "another")
				for _, err := range []error{err, w.Next(ctx, host), w.Enqueue(ctx, host, w.songs[0].URI)} {
					expectReason(t, err, playback.CoolingDown, tt.reason)
					if f, ok := errors.AsType[*playback.Fault](err); ok && f.RetryAfter != tt.pause-time.Second {
						t.Errorf("RetryAfter is %v, want %v", f.RetryAfter, tt.pause-time.Second)
					}
				}
				if n := len(w.requests); n != requests {
					t.Errorf("%d requests were sent", n-requests)
				}
				time.Sleep(tt.pause - time.Second)
				w.state(t)
			})
		})
	}
}

// TestSearchesLeaveBudgetForPlayers: the guests of many rooms use up all searches, and the player of another room is
// not affected.
func TestSearchesLeaveBudgetForPlayers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, ctx := newWorld(t), t.Context()
		w.connect(t, "another", w.account(t).RefreshToken)
		if err := w.simulated.ChangeAppSwitches(func(app *sim.AppSwitches) { app.Limit = 60 }); err != nil {
			t.Fatal(err)
		}
		found, refused := 0, 0
		for i := range 100 {
			room := fmt.Sprint("room", i)
			w.connect(t, room, w.player.RefreshToken)
			switch _, _, err := w.Search(ctx, room, "a", 10, 0); {
			case err == nil:
				found++
			default:
				refused++
				expectCode(t, err, party.UpstreamUnavailable, 30*time.Second)
			}
		}
		if found != 40 || refused != 60 {
			t.Errorf("%d searches were made and %d refused", found, refused)
		}
		if left := w.measured(t, "antwon_spotify_requests_left")[""]; left != 20 {
			t.Errorf("%v requests are left", left)
		}
		for range 7 {
			if err := w.Play(ctx, "another", w.songs[0].URI, "", 0); err != nil {
				t.Fatal(err)
			}
			if _, err := w.State(ctx, "another"); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(30 * time.Second)
		if _, _, err := w.Search(ctx, host, "a", 10, 99); err != nil {
			t.Errorf("half a minute later: %v", err)
		}
	})
}

// TestSearchWaitsForBudget that becomes available within two seconds.
func TestSearchWaitsForBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, ctx := newWorld(t), t.Context()
		w.restart(func(c *spotify.Config) { c.RequestsPer30s = 1 })
		w.state(t)
		time.Sleep(29 * time.Second)
		done := make(chan error)
		go func() {
			_, _, err := w.Search(ctx, host, "anything", 10, 0)
			done <- err
		}()
		synctest.Wait()
		if n := w.measured(t, "antwon_spotify_waiting")["search"]; n != 1 || w.requestCount(searchPath) != 0 {
			t.Errorf("%v wait, %d were sent", n, w.requestCount(searchPath))
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
