package spotify_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"antwon.dj/backend/internal/playback"
)

const tokenPath = "/api/token"

func TestOneRefreshServesAll(t *testing.T) {
	w := newWorld(t)
	var callers sync.WaitGroup
	for range 20 {
		callers.Go(func() {
			if _, err := w.State(t.Context(), "host"); err != nil {
				t.Error(err)
			}
		})
	}
	callers.Wait()
	if _, err := w.State(t.Context(), "host"); err != nil {
		t.Error(err)
	}
	if n := w.asked(tokenPath); n != 1 {
		t.Errorf("refreshed %d times", n)
	}
}

func TestA401ForcesOneRefresh(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	if _, err := w.State(ctx, "host"); err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	w.set(nil, func(*http.Request) (refused bool) {
		once.Do(func() { refused = true })
		return refused
	})
	// A token that is equal to the refused one would do, so the simulator's clock has to move on to a new one.
	time.Sleep(1100 * time.Millisecond)
	if err := w.Play(ctx, "host", w.songs[0].URI, ""); err != nil {
		t.Fatalf("after a 401: %v", err)
	}
	if n := w.asked(tokenPath); n != 2 {
		t.Errorf("refreshed %d times in all", n)
	}
	if s, err := w.State(ctx, "host"); err != nil || s.Song == nil || s.Song.URI != w.songs[0].URI {
		t.Errorf("the repeated command got lost: %+v, %v", s, err)
	}

	w.set(nil, func(*http.Request) bool { return true })
	before := w.asked("/v1/me/player/next")
	expectFault(t, w.Next(ctx, "host"), playback.ReconnectNeeded)
	if n := w.asked("/v1/me/player/next") - before; n != 2 {
		t.Errorf("sent %d times", n)
	}
}

func TestARevokedAuthorization(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.connect(t, "revoked", "no such refresh token")
	for range 3 {
		_, err := w.State(ctx, "revoked")
		expectFault(t, err, playback.ReconnectNeeded)
	}
	if n := w.asked(tokenPath); n != 1 {
		t.Errorf("asked %d times for a token that was revoked", n)
	}
	if kept, err := w.accounts.SpotifyCredentials(ctx, "revoked"); err != nil || !kept.NeedsReconnect {
		t.Errorf("the host is not marked: %+v, %v", kept, err)
	}

	account, err := w.simulated.AddAccount("connected anew")
	if err != nil {
		t.Fatal(err)
	}
	w.connect(t, "revoked", account.RefreshToken)
	if _, err := w.State(ctx, "revoked"); err != nil {
		t.Errorf("after connecting anew: %v", err)
	}
}

func TestAFailedRefreshRevokesNothing(t *testing.T) {
	for _, status := range []int{429, 500, 503} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			w := newWorld(t)
			w.set(func(rw http.ResponseWriter, _ *http.Request) { http.Error(rw, "upstream connect error", status) }, nil)
			_, err := w.State(t.Context(), "host")
			want := playback.Unreachable
			if status == 429 {
				want = playback.CoolingDown
			}
			expectFault(t, err, want)
			w.set(nil, nil)
			if _, err := w.State(t.Context(), "host"); err != nil {
				t.Errorf("later: %v", err)
			}
		})
	}
}

// TestRefreshTokens plays Spotify's two ways: a refresh brings no new refresh token, or one that replaces the old.
func TestRefreshTokens(t *testing.T) {
	w := newWorld(t)
	var sent []string
	w.set(func(rw http.ResponseWriter, r *http.Request) {
		sent = append(sent, r.PostFormValue("refresh_token"))
		rw.Header().Set("Content-Type", "application/json")
		rotated := ""
		if len(sent) == 2 {
			rotated = `"refresh_token":"second",`
		}
		fmt.Fprintf(rw, `{%s"access_token":"access %d","token_type":"Bearer","expires_in":1}`, rotated, len(sent))
	}, nil)
	w.connect(t, "host", "first")
	for range 3 { // each token is too old as soon as it comes
		_, _ = w.State(t.Context(), "host")
	}
	// The simulator does not know these access tokens: each call asks for one, and again after the 401.
	if got, want := fmt.Sprint(sent), "[first first second second second second]"; got != want {
		t.Errorf("refresh tokens sent: %s, want %s", got, want)
	}
}

func TestARefreshOutlivesItsCaller(t *testing.T) {
	w := newWorld(t)
	arrived, goOn := make(chan struct{}), make(chan struct{})
	w.set(func(rw http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-goOn
		rw.Header().Set("Content-Type", "application/json")
		fmt.Fprint(rw, `{"access_token":"access","token_type":"Bearer","expires_in":3600,"refresh_token":"rotated"}`)
	}, nil)
	ctx, cancel := context.WithCancel(t.Context())
	before, _ := w.accounts.SpotifyCredentials(ctx, "host")
	failed := make(chan error)
	go func() {
		_, err := w.State(ctx, "host")
		failed <- err
	}()
	<-arrived
	cancel()
	expectFault(t, <-failed, playback.Unreachable)
	close(goOn)
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if kept, _ := w.accounts.SpotifyCredentials(t.Context(), "host"); string(kept.Sealed) != string(before.Sealed) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the new refresh token was lost")
		}
	}
}
