package sim_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/zmb3/spotify/v2"
	"golang.org/x/oauth2"

	"antwon.dj/backend/internal/spotify/sim"
)

// clock is a clock that tests advance.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Now()} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// start opens a simulator and serves it until the test ends.
func start(t *testing.T, cfg sim.Config) (*sim.Spotify, *httptest.Server) {
	t.Helper()
	s, err := sim.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	return s, server
}

func addAccount(t *testing.T, s *sim.Spotify) sim.Account {
	t.Helper()
	account, err := s.AddAccount("Rosa")
	if err != nil {
		t.Fatal(err)
	}
	return account
}

func tokens(server *httptest.Server, style oauth2.AuthStyle, refreshToken string) oauth2.TokenSource {
	config := oauth2.Config{
		ClientID: "client", ClientSecret: "secret",
		Endpoint: oauth2.Endpoint{TokenURL: server.URL + "/api/token", AuthStyle: style},
	}
	return config.TokenSource(context.Background(), &oauth2.Token{RefreshToken: refreshToken})
}

// login returns a client for an account, of the library that real programs use.
func login(server *httptest.Server, account sim.Account) *spotify.Client {
	source := tokens(server, oauth2.AuthStyleInHeader, account.RefreshToken)
	return spotify.New(oauth2.NewClient(context.Background(), source), spotify.WithBaseURL(server.URL+"/v1/"))
}

func uris(tracks ...sim.Track) []spotify.URI {
	var list []spotify.URI
	for _, track := range tracks {
		list = append(list, spotify.URI(track.URI))
	}
	return list
}

// plain returns n playable tracks whose recordings have a single release.
func plain(s *sim.Spotify, n int) []sim.Track {
	releases := map[string]int{}
	for _, track := range s.Catalogue() {
		releases[track.ISRC]++
	}
	var tracks []sim.Track
	for _, track := range s.Catalogue() {
		if track.Playable && releases[track.ISRC] == 1 && len(tracks) < n {
			tracks = append(tracks, track)
		}
	}
	return tracks
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func state(t *testing.T, client *spotify.Client) *spotify.PlayerState {
	t.Helper()
	state, err := client.PlayerState(t.Context())
	must(t, err)
	return state
}

func wantPlaying(t *testing.T, client *spotify.Client, track sim.Track, progress time.Duration) {
	t.Helper()
	got := state(t, client)
	if got.Item == nil {
		t.Fatalf("nothing plays, want %q", track.Name)
	}
	if got.Item.Name != track.Name || !got.Playing || time.Duration(got.Progress)*time.Millisecond != progress {
		t.Fatalf("%q plays at %d ms, playing %t; want %q at %v",
			got.Item.Name, got.Progress, got.Playing, track.Name, progress)
	}
}

func ms(track sim.Track) time.Duration { return time.Duration(track.DurationMS) * time.Millisecond }

func stat(t *testing.T, file string) os.FileInfo {
	t.Helper()
	info, err := os.Stat(file)
	must(t, err)
	return info
}

func wantError(t *testing.T, err error, status int, message string) {
	t.Helper()
	if got, ok := errors.AsType[spotify.Error](err); !ok || got.Status != status || got.Message != message {
		t.Errorf("%v is not %d %q", err, status, message)
	}
}

func readAll(t *testing.T, response *http.Response) string {
	t.Helper()
	data, err := io.ReadAll(response.Body)
	must(t, err)
	return string(data)
}

func open(t *testing.T) *sim.Spotify {
	t.Helper()
	s, err := sim.Open(sim.Config{})
	must(t, err)
	return s
}

func write(t *testing.T, file, content string) {
	t.Helper()
	must(t, os.WriteFile(file, []byte(content), 0o600))
}
