package server_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/server"
)

const plainPath = "/r/PARTY/screen/plain"

func plainState() *party.State {
	song := func(name string) party.Song {
		return party.Song{Name: name, Artists: []string{"A & B"}, SpotifyURL: "https://open.spotify.com/track/1"}
	}
	state := &party.State{
		Code: "PARTY", Name: "<script>alert(1)</script>",
		NowPlaying: &party.QueueItem{Song: song("Now"), AddedBy: &party.Participant{DisplayName: "<b>Gina</b>"}},
	}
	for n := range 12 {
		state.Queue = append(state.Queue, &party.QueueItem{Song: song(fmt.Sprintf("Song %d.", n)), LikeCount: n})
	}
	return state
}

func TestPlainScreenShowsTheRoomEscaped(t *testing.T) {
	s := start(t, func(cfg *server.Config) {
		cfg.PublicURL = "https://party.example"
		cfg.ScreenState = func(context.Context, string) (*party.State, error) { return plainState(), nil }
	})
	got := s.do("GET", plainPath)
	for _, want := range []string{
		"&lt;script&gt;alert(1)&lt;/script&gt;", "&lt;b&gt;Gina&lt;/b&gt;", "A &amp; B", "Song 9.", "+ 2 more songs",
		"https://party.example/r/PARTY<", `src="data:image/png;base64,`, `http-equiv="refresh" content="15"`,
	} {
		if !strings.Contains(got.body, want) {
			t.Errorf("no %s in %s", want, got.body)
		}
	}
	if got.StatusCode != 200 || strings.Contains(got.body, "<script>") || strings.Contains(got.body, "Song 10.") {
		t.Errorf("got %d %s", got.StatusCode, got.body)
	}
	if policy := got.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "style-src 'self'") {
		t.Errorf("the policy is %s", policy)
	}
	german := s.do("GET", plainPath, "Accept-Language", "de-CH,en;q=0.5")
	if !strings.Contains(german.body, "Jetzt läuft") {
		t.Errorf("in German: %s", german.body)
	}
}

func TestPlainScreenSaysWhyThereIsNothing(t *testing.T) {
	var err error
	s := start(t, func(cfg *server.Config) {
		cfg.ScreenState = func(context.Context, string) (*party.State, error) { return nil, err }
	})
	s.log.Expect("the plain screen failed")
	for n, test := range []struct {
		err  error
		want int
	}{
		{party.Errorf(party.NotFound, "No room."), http.StatusNotFound},
		{party.Errorf(party.Forbidden, "Banned."), http.StatusNotFound},
		{party.TooOften("Too many", time.Minute), http.StatusTooManyRequests},
		{errors.New("the database is down"), http.StatusServiceUnavailable},
	} {
		err = test.err
		got := s.do("GET", fmt.Sprintf("/r/ROOM%d/screen/plain", n))
		if got.StatusCode != test.want || got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%v: got %d %s", test.err, got.StatusCode, got.body)
		}
		if !strings.Contains(got.body, `http-equiv="refresh"`) {
			t.Errorf("%v: the page does not try again: %s", test.err, got.body)
		}
		if strings.Contains(got.body, "database") {
			t.Errorf("%v is shown: %s", test.err, got.body)
		}
	}
}

// A page of another site must not use its visitors' browsers to try codes. A link on such a page works.
func TestPlainScreenIsNoPartOfAnotherSite(t *testing.T) {
	s := start(t, func(cfg *server.Config) {
		cfg.ScreenState = func(context.Context, string) (*party.State, error) { return plainState(), nil }
	})
	for destination, want := range map[string]int{"iframe": 403, "image": 403, "empty": 403, "document": 200} {
		got := s.do("GET", plainPath, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", destination)
		if got.StatusCode != want {
			t.Errorf("as %s it answers %d, want %d", destination, got.StatusCode, want)
		}
	}
}

// A caller who asks again and again gets the same page, and the database one query.
func TestPlainScreenIsKeptForSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var loads atomic.Int32
		serve := server.PlainScreen(server.Config{ScreenState: func(context.Context, string) (*party.State, error) {
			loads.Add(1)
			return plainState(), nil
		}})
		for range 10 {
			serve("192.0.2.1:1", plainPath)
		}
		if n := loads.Load(); n != 1 {
			t.Errorf("%d loads for one caller", n)
		}
		serve("192.0.2.2:1", plainPath) // another caller: a try of a code has to count among the caller's own guesses
		time.Sleep(4 * time.Second)
		serve("192.0.2.1:1", plainPath)
		if n := loads.Load(); n != 3 {
			t.Errorf("%d loads after another caller and four seconds", n)
		}
	})
}
