package scenarios_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"antwon.dj/backend/internal/spotify/sim"
)

// sound is a song that was heard without interruption.
type sound struct {
	uri      string
	from, to time.Time // to is zero while it goes on
	resumed  bool      // it is the same playing of the song as the sound before
}

// ear listens to one account's player: whenever somebody asked something of Spotify, and whenever a song ends. Between these
// moments nothing can change.
type ear struct {
	t       *testing.T
	spotify *outside
	account sim.Account
	token   string
	stirred chan struct{} // holds a token when there may be something new
	done    chan struct{}

	mu    sync.Mutex
	heard []sound
}

// listen begins to listen, until the test ends.
func listen(t *testing.T, spotify *outside, account sim.Account) *ear {
	e := &ear{t: t, spotify: spotify, account: account, stirred: make(chan struct{}, 1), done: make(chan struct{})}
	spotify.mu.Lock()
	spotify.ears = append(spotify.ears, e)
	spotify.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		e.run()
	}()
	t.Cleanup(func() { close(e.done); <-ended })
	return e
}

func (e *ear) wake() {
	select {
	case e.stirred <- struct{}{}:
	default:
	}
}

func (e *ear) run() {
	for {
		select {
		case <-time.After(e.hear()):
		case <-e.stirred:
		case <-e.done:
			return
		}
	}
}

// nowPlaying is what the player says.
type nowPlaying struct {
	Progress int64 `json:"progress_ms"`
	Playing  bool  `json:"is_playing"`
	Item     struct {
		URI      string
		Duration int64 `json:"duration_ms"`
	}
}

// hear notes what plays and returns when to listen again. A song that is found at its beginning begins.
func (e *ear) hear() time.Duration {
	n, now := e.ask(), time.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	last := &sound{to: now}
	if len(e.heard) > 0 {
		last = &e.heard[len(e.heard)-1]
	}
	same := n.Item.URI == last.uri && (n.Progress > 0 || last.from.Equal(now))
	if last.to.IsZero() && !(n.Playing && same) {
		last.to = now
	}
	if n.Playing && !last.to.IsZero() {
		e.heard = append(e.heard, sound{uri: n.Item.URI, from: now, resumed: same})
	}
	if !n.Playing {
		return time.Hour
	}
	return time.Duration(max(n.Item.Duration-n.Progress, 1)) * time.Millisecond
}

// ask reads the player's state with a token of its own.
func (e *ear) ask() (n nowPlaying) {
	for range 2 {
		r := httptest.NewRequest(http.MethodGet, "/v1/me/player", nil)
		r.Header.Set("Authorization", "Bearer "+e.token)
		answer := e.spotify.direct(r)
		switch answer.Code {
		case http.StatusNoContent:
			return n
		case http.StatusOK:
			must(e.t, json.Unmarshal(answer.Body.Bytes(), &n))
			return n
		}
		e.token = e.spotify.tokenOf(e.t, e.account)
	}
	e.t.Error("the ear hears nothing")
	return n
}

// tokenOf is an access token for the account, as its owner's app has.
func (o *outside) tokenOf(t *testing.T, account sim.Account) string {
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {account.RefreshToken}}
	r := httptest.NewRequest(http.MethodPost, "/api/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var token struct {
		Access string `json:"access_token"`
	}
	must(t, json.Unmarshal(o.direct(r).Body.Bytes(), &token))
	return token.Access
}

// sounds is what was heard so far, in order.
func (e *ear) sounds() []sound {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.heard)
}
