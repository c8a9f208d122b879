package spotify_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
	"antwon.dj/backend/internal/spotify"
	"antwon.dj/backend/internal/spotify/contract"
	"antwon.dj/backend/internal/spotify/sim"
)

var (
	_ jukebox.Catalog    = (*spotify.Client)(nil)
	_ jukebox.Library    = (*spotify.Client)(nil)
	_ account.Authorizer = (*spotify.Client)(nil)
	_ playback.Player    = (*spotify.Client)(nil)
	_ spotify.Accounts   = (*account.CredentialStore)(nil)
)

const (
	host   = "host"
	secret = "a secret of at least 16 bytes"

	tokenPath   = "/api/token"
	searchPath  = "/v1/search"
	playerPath  = "/v1/me/player"
	playPath    = "/v1/me/player/play"
	nextPath    = "/v1/me/player/next"
	enqueuePath = "/v1/me/player/queue"
)

// accounts keeps the credentials in memory, unless one of the failures is set.
type accounts struct {
	mu                           sync.Mutex
	kept                         map[string]account.SpotifyCredentials
	refreshing                   map[string]time.Time // until when one server may
	cannotRead, cannotSave, mute error
}

func (a *accounts) BeginSpotifyRefresh(_ context.Context, hostID string, most time.Duration) (bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if time.Now().Before(a.refreshing[hostID]) {
		return false, nil
	}
	a.refreshing[hostID] = time.Now().Add(most)
	return true, nil
}

func (a *accounts) EndSpotifyRefresh(ctx context.Context, hostID string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.refreshing, hostID)
	return ctx.Err()
}

func (a *accounts) isRefreshing(hostID string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return time.Now().Before(a.refreshing[hostID])
}

func (a *accounts) change(hostID string, fn func(*account.SpotifyCredentials)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c := a.kept[hostID]
	fn(&c)
	a.kept[hostID] = c
}

func (a *accounts) of(hostID string) account.SpotifyCredentials {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.kept[hostID]
}

func (a *accounts) SpotifyCredentials(_ context.Context, hostID string) (account.SpotifyCredentials, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c, ok := a.kept[hostID]
	if !ok {
		return c, &party.Error{Code: party.NotFound, Message: "not connected"}
	}
	return c, a.cannotRead
}

func (a *accounts) SaveSpotifyTokens(ctx context.Context, hostID string, sealed []byte) error {
	if err := errors.Join(ctx.Err(), a.cannotSave); err != nil {
		return err
	}
	a.change(hostID, func(c *account.SpotifyCredentials) { c.Sealed = sealed })
	return a.EndSpotifyRefresh(ctx, hostID)
}

func (a *accounts) MarkSpotifyReconnect(_ context.Context, hostID string) error {
	if a.mute != nil {
		return a.mute
	}
	a.change(hostID, func(c *account.SpotifyCredentials) { c.NeedsReconnect = true })
	return nil
}

// world is a client, and a Spotify that it speaks to over HTTP. It may live in a bubble of synctest: its connections are
// pipes.
type world struct {
	*spotify.Client
	simulated *sim.Spotify
	player    sim.Account  // the host's
	handler   http.Handler // the simulator's
	accounts  *accounts
	vault     *spotify.Vault
	config    spotify.Config
	songs     []sim.Track // that can be played, as they are
	metrics   *prometheus.Registry
	log       *logged

	mu       sync.Mutex
	ahead    time.Duration // of Spotify's clock
	requests []request
	answers  map[string]http.HandlerFunc // by path, instead of the simulator's
}

// request is what came to Spotify.
type request struct{ method, path, query, authorization, body string }

// logged is a log to read.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// newWorld has one host with an account of their own.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{
		accounts: &accounts{kept: make(map[string]account.SpotifyCredentials), refreshing: make(map[string]time.Time)}, vault: newVault(t, secret),
		metrics: prometheus.NewRegistry(), log: &logged{}, answers: make(map[string]http.HandlerFunc),
	}
	var err error
	if w.simulated, err = sim.Open(sim.Config{Now: w.now, CoverURL: "https://covers.example"}); err != nil {
		t.Fatal(err)
	}
	for _, track := range w.simulated.Catalogue() {
		if track.Playable && track.PlaysAs == track.ID {
			w.songs = append(w.songs, track)
		}
	}
	w.handler = w.simulated.Handler()
	pipes := newPipes(t, http.HandlerFunc(w.serve))
	w.config = spotify.Config{
		APIURL: "http://spotify.test/v1", AccountsURL: "http://spotify.test", RedirectURL: "https://antwon.test/spotify/callback",
		ClientID: "id", ClientSecret: "secret", Vault: w.vault, Accounts: w.accounts, HTTP: &http.Client{Transport: once{&described{t, w, pipes}}},
		Rand: func(n int64) int64 { return n / 2 }, Log: slog.New(slog.NewTextHandler(w.log, nil)), Metrics: w.metrics,
	}
	w.Client = spotify.New(w.config)
	t.Cleanup(func() { w.Close() })
	w.player = w.account(t)
	w.connect(t, host, w.player.RefreshToken)
	return w
}

// restart makes a client that knows only what the accounts keep.
func (w *world) restart(change func(*spotify.Config)) {
	w.Close()
	w.metrics = prometheus.NewRegistry()
	w.config.Metrics = w.metrics
	if change != nil {
		change(&w.config)
	}
	w.Client = spotify.New(w.config)
}

func newVault(t *testing.T, secret string) *spotify.Vault {
	t.Helper()
	vault, err := spotify.NewVault([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return vault
}

func (w *world) account(t *testing.T) sim.Account {
	t.Helper()
	account, err := w.simulated.AddAccount("Host")
	if err != nil {
		t.Fatal(err)
	}
	return account
}

// connect is what signing in at Spotify leaves behind.
func (w *world) connect(t *testing.T, hostID, refreshToken string) {
	t.Helper()
	sealed, err := w.vault.SealRefreshToken(hostID, refreshToken)
	if err != nil {
		t.Fatal(err)
	}
	w.accounts.change(hostID, func(c *account.SpotifyCredentials) { *c = account.SpotifyCredentials{Sealed: sealed} })
}

// newPipes serves over connections that are pipes in memory, which bubbles of synctest understand, and returns the way there.
func newPipes(t *testing.T, handler http.Handler) http.RoundTripper {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	_ = server.Listener.Close()
	listener := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	server.Listener = listener
	server.Start()
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		near, far := net.Pipe()
		select {
		case listener.conns <- far:
			return near, nil
		case <-listener.closed:
			return nil, net.ErrClosed
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}}
	t.Cleanup(server.Close)
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

// described checks what is asked against Spotify's description of its Web API, and what the simulator answers.
type described struct {
	t    *testing.T
	w    *world
	base http.RoundTripper
}

func (d *described) RoundTrip(r *http.Request) (response *http.Response, err error) {
	if !d.w.scripted(r.URL.Path) {
		return contract.Check(d.t, d.base).RoundTrip(r)
	}
	asking := roundTrip(func(r *http.Request) (*http.Response, error) { // nobody describes what 500 contains
		response, err = d.base.RoundTrip(r)
		return &http.Response{StatusCode: http.StatusInternalServerError, Body: http.NoBody}, err
	})
	_, _ = contract.Check(d.t, asking).RoundTrip(r)
	return response, err
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// once is a transport that reads a body once, as the interface allows. Go's own may help itself to another copy.
type once struct{ http.RoundTripper }

func (o once) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.GetBody = nil
	return o.RoundTripper.RoundTrip(r)
}

func (w *world) serve(rw http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	w.mu.Lock()
	w.requests = append(w.requests, request{r.Method, r.URL.Path, r.URL.RawQuery, r.Header.Get("Authorization"), string(body)})
	answer := w.answers[r.URL.Path]
	w.mu.Unlock()
	if answer == nil {
		answer = w.handler.ServeHTTP
	}
	answer(rw, r)
}

// answer replaces the simulator's answers at a path; nil: no more.
func (w *world) answer(path string, handler http.HandlerFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answers[path] = handler
}

func (w *world) scripted(path string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.answers[path] != nil
}

// sent returns the requests to a path.
func (w *world) sent(path string) (sent []request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range w.requests {
		if r.path == path {
			sent = append(sent, r)
		}
	}
	return sent
}

func (w *world) asked(path string) int { return len(w.sent(path)) }

// now is Spotify's clock.
func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.ahead)
}

// expire makes Spotify refuse the access tokens it gave out, although they look good to us.
func (w *world) expire() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ahead += 2 * time.Hour
}

func (w *world) look(t *testing.T) playback.Snapshot {
	t.Helper()
	s, err := w.State(t.Context(), host)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// says answers a body with a status, as JSON if it looks so.
func says(status int, body string) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) {
		if len(body) > 0 && body[0] == '{' {
			rw.Header().Set("Content-Type", "application/json; charset=utf-8")
		}
		rw.WriteHeader(status)
		_, _ = io.WriteString(rw, body)
	}
}

func expectCode(t *testing.T, err error, want party.Code, wantRetry time.Duration) {
	t.Helper()
	e, ok := errors.AsType[*party.Error](err)
	if !ok || e.Code != want || e.RetryAfter != wantRetry {
		t.Errorf("got %v, want %s, to be tried again after %v", err, want, wantRetry)
	}
}

// expectReason expects a fault of a kind with a reason.
func expectReason(t *testing.T, err error, want playback.FaultKind, reason party.HealthReason) {
	t.Helper()
	expectFault(t, err, want)
	if f, ok := errors.AsType[*playback.Fault](err); ok && f.Reason != reason {
		t.Errorf("got %v for %q, want %q", err, f.Reason, reason)
	}
}

func expectFault(t *testing.T, err error, want playback.FaultKind) {
	t.Helper()
	f, ok := errors.AsType[*playback.Fault](err)
	if !ok || f.Kind != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
