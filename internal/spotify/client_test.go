package spotify_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/playback"
	"antwon.dj/backend/internal/spotify"
	"antwon.dj/backend/internal/spotify/sim"
)

var (
	_ jukebox.Catalog = (*spotify.Client)(nil)
	_ playback.Player = (*spotify.Client)(nil)
)

// accounts keeps the credentials in memory.
type accounts struct {
	mu   sync.Mutex
	kept map[string]jukebox.SpotifyCredentials
}

func (a *accounts) change(hostID string, fn func(*jukebox.SpotifyCredentials)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c := a.kept[hostID]
	fn(&c)
	a.kept[hostID] = c
}

func (a *accounts) SpotifyCredentials(_ context.Context, hostID string) (jukebox.SpotifyCredentials, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c, ok := a.kept[hostID]
	if !ok {
		return c, &jukebox.Error{Code: jukebox.NotFound, Message: "not connected"}
	}
	return c, nil
}

func (a *accounts) SaveSpotifyTokens(_ context.Context, hostID string, sealed []byte) error {
	a.change(hostID, func(c *jukebox.SpotifyCredentials) { c.Sealed = sealed })
	return nil
}

func (a *accounts) MarkSpotifyReconnect(_ context.Context, hostID string) error {
	a.change(hostID, func(c *jukebox.SpotifyCredentials) { c.NeedsReconnect = true })
	return nil
}

// world is a client, and a Spotify that it speaks to over HTTP.
type world struct {
	*spotify.Client
	simulated *sim.Spotify
	accounts  *accounts
	vault     *spotify.Vault
	songs     []sim.Track // that can be played, as they are

	mu       sync.Mutex
	requests map[string]int           // by path
	instead  http.HandlerFunc         // answers the token endpoint; may be nil
	refuse   func(*http.Request) bool // answers 401; may be nil
}

// newWorld has one host, "host", with an account of their own.
func newWorld(t *testing.T) *world {
	t.Helper()
	simulated, err := sim.Open(sim.Config{})
	if err != nil {
		t.Fatal(err)
	}
	vault, err := spotify.NewVault([]byte("a secret of at least 16 bytes"))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		simulated: simulated, vault: vault, requests: make(map[string]int),
		accounts: &accounts{kept: make(map[string]jukebox.SpotifyCredentials)},
	}
	for _, track := range simulated.Catalogue() {
		if track.Playable && track.PlaysAs == track.ID {
			w.songs = append(w.songs, track)
		}
	}
	server := httptest.NewServer(w.watched(simulated.Handler()))
	t.Cleanup(server.Close)
	w.Client = spotify.New(spotify.Config{
		APIURL: server.URL + "/v1", AccountsURL: server.URL, ClientID: "id", ClientSecret: "secret",
		Vault: vault, Accounts: w.accounts, HTTP: server.Client(),
	})
	account, err := simulated.AddAccount("Host")
	if err != nil {
		t.Fatal(err)
	}
	w.connect(t, "host", account.RefreshToken)
	return w
}

func (w *world) connect(t *testing.T, hostID, refreshToken string) {
	t.Helper()
	sealed, err := w.vault.SealRefreshToken(hostID, refreshToken)
	if err != nil {
		t.Fatal(err)
	}
	w.accounts.change(hostID, func(c *jukebox.SpotifyCredentials) { *c = jukebox.SpotifyCredentials{Sealed: sealed} })
}

func (w *world) watched(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		w.requests[r.URL.Path]++
		instead, refuse := w.instead, w.refuse
		w.mu.Unlock()
		switch {
		case r.URL.Path == "/api/token" && instead != nil:
			instead(rw, r)
		case r.URL.Path != "/api/token" && refuse != nil && refuse(r):
			http.Error(rw, `{"error":{"status":401,"message":"The access token expired"}}`, http.StatusUnauthorized)
		default:
			next.ServeHTTP(rw, r)
		}
	})
}

// set changes how requests are answered.
func (w *world) set(instead http.HandlerFunc, refuse func(*http.Request) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.instead, w.refuse = instead, refuse
}

func (w *world) asked(path string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.requests[path]
}

func expectCode(t *testing.T, err error, want jukebox.Code, wantRetry time.Duration) {
	t.Helper()
	e, ok := errors.AsType[*jukebox.Error](err)
	if !ok || e.Code != want || e.RetryAfter != wantRetry {
		t.Errorf("got %v, want %s, to be tried again after %v", err, want, wantRetry)
	}
}

func expectFault(t *testing.T, err error, want playback.FaultKind) {
	t.Helper()
	f, ok := errors.AsType[*playback.Fault](err)
	if !ok || f.Kind != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestSearch(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	title := w.songs[0].Name
	songs, _, err := w.Search(ctx, "host", title, 10, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(songs) == 0 || !strings.Contains(songs[0].Name, title) {
		t.Fatalf("searching %q found %+v", title, songs)
	}
	if s := songs[0]; s.URI == "" || len(s.Artists) == 0 || s.DurationMS == 0 || s.ISRC == "" || s.SpotifyURL == "" {
		t.Errorf("incomplete: %+v", s)
	}
	if _, _, err = w.Search(ctx, "host", "  "+strings.ToUpper(title), 10, 0); err != nil || w.asked("/v1/search") != 1 {
		t.Errorf("the same search was sent %d times, %v", w.asked("/v1/search"), err)
	}

	first, hasMore, err := w.Search(ctx, "host", "a", 2, 0)
	if err != nil || len(first) != 2 || !hasMore {
		t.Fatalf("first page: %d songs, more %v, %v", len(first), hasMore, err)
	}
	second, _, err := w.Search(ctx, "host", "a", 2, 2)
	if err != nil || len(second) != 2 || second[0].URI == first[0].URI {
		t.Errorf("second page: %+v, %v", second, err)
	}
}

func TestSong(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	want := w.songs[0]
	got, err := w.Song(ctx, "host", want.URI)
	if err != nil {
		t.Fatal(err)
	}
	if got.URI != want.URI || got.Name != want.Name || got.ISRC != want.ISRC || got.DurationMS != want.DurationMS || !got.Playable {
		t.Errorf("got %+v, want %+v", got, want)
	}
	_, err = w.Song(ctx, "host", "spotify:track:0000000000000000000000")
	expectCode(t, err, jukebox.NotFound, 0)
}

func TestCatalogueFailures(t *testing.T) {
	tests := []struct {
		name  string
		fault sim.Fault
		code  jukebox.Code
		retry time.Duration
	}{
		{"plain text 429", sim.Fault{Status: 429, RetryAfter: 37 * time.Second, PlainText: true}, jukebox.UpstreamUnavailable, 37 * time.Second},
		{"429 without a time", sim.Fault{Status: 429}, jukebox.UpstreamUnavailable, 5 * time.Second},
		{"quota", sim.Fault{Status: 429, Reason: "QUOTA_EXCEEDED"}, jukebox.UpstreamUnavailable, 10 * time.Minute},
		{"502", sim.Fault{Status: 502, PlainText: true}, jukebox.UpstreamUnavailable, 5 * time.Second},
		{"not on the list", sim.Fault{Status: 403, Message: "User not registered in the Developer Dashboard", PlainText: true}, jukebox.UpstreamUnavailable, 5 * time.Second},
		{"a query that is not understood", sim.Fault{Status: 400}, jukebox.BadUserInput, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			tt.fault.Path = "/v1/search"
			w.simulated.Fail(tt.fault)
			_, _, err := w.Search(t.Context(), "host", "anything", 10, 0)
			expectCode(t, err, tt.code, tt.retry)
			if _, _, err := w.Search(t.Context(), "host", "anything", 10, 0); err != nil {
				t.Errorf("the failure was kept: %v", err)
			}
		})
	}
}

func TestPlayer(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	look := func() playback.Snapshot {
		t.Helper()
		s, err := w.State(ctx, "host")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if s := look(); s.Device != nil || s.Song != nil || s.Playing || s.At.IsZero() {
		t.Errorf("before anything played: %+v", s)
	}
	if err := w.Play(ctx, "host", w.songs[0].URI, ""); err != nil {
		t.Fatal(err)
	}
	s := look()
	if s.Song == nil || s.Song.URI != w.songs[0].URI || !s.Playing || s.Device == nil || !s.Device.IsActive || s.Device.VolumePercent == nil {
		t.Fatalf("after play: %+v", s)
	}
	if err := w.Enqueue(ctx, "host", w.songs[1].URI); err != nil {
		t.Fatal(err)
	}
	queue, err := w.Queue(ctx, "host")
	if err != nil || len(queue) != 2 || queue[0].URI != w.songs[0].URI || queue[1].URI != w.songs[1].URI {
		t.Errorf("queue %+v, %v", queue, err)
	}
	if err := w.Next(ctx, "host"); err != nil {
		t.Fatal(err)
	}
	if s := look(); s.Song == nil || s.Song.URI != w.songs[1].URI {
		t.Errorf("after next: %+v", s)
	}
	if err := w.Play(ctx, "host", w.songs[2].URI, s.Device.ID); err != nil {
		t.Errorf("on a named device: %v", err)
	}
	expectFault(t, w.Play(ctx, "host", w.songs[2].URI, "elsewhere"), playback.NoDevice)
	expectFault(t, w.Enqueue(ctx, "host", "spotify:track:0000000000000000000000"), playback.Gone)
}

func TestPlayerFailures(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	if err := w.Play(ctx, "host", w.songs[0].URI, ""); err != nil {
		t.Fatal(err)
	}
	t.Run("carried out, but answered 502: sent once", func(t *testing.T) {
		w.simulated.Fail(sim.Fault{Path: "/v1/me/player/queue", Status: 502, AfterApplying: true})
		expectFault(t, w.Enqueue(ctx, "host", w.songs[1].URI), playback.Unreachable)
		if queue, err := w.Queue(ctx, "host"); err != nil || len(queue) != 2 {
			t.Errorf("queue %+v, %v", queue, err)
		}
	})
	t.Run("the connection is cut", func(t *testing.T) {
		w.simulated.Fail(sim.Fault{Method: "POST", Path: "/v1/me/player/next"})
		expectFault(t, w.Next(ctx, "host"), playback.Unreachable)
	})
	t.Run("no Premium", func(t *testing.T) {
		w.simulated.Fail(sim.Fault{Path: "/v1/me/player/play", Status: 403, Message: "Player command failed: Premium required", Reason: "PREMIUM_REQUIRED"})
		expectFault(t, w.Play(ctx, "host", w.songs[0].URI, ""), playback.NotAllowed)
	})
	t.Run("too many requests", func(t *testing.T) {
		w.simulated.Fail(sim.Fault{Path: "/v1/me/player", Status: 429, RetryAfter: 37 * time.Second, PlainText: true})
		_, err := w.State(ctx, "host")
		expectFault(t, err, playback.CoolingDown)
		if f, ok := errors.AsType[*playback.Fault](err); !ok || f.RetryAfter != 37*time.Second {
			t.Errorf("got %v, want to wait for 37 s", err)
		}
	})
	t.Run("not connected", func(t *testing.T) {
		_, err := w.State(ctx, "a stranger")
		expectFault(t, err, playback.ReconnectNeeded)
	})
}
