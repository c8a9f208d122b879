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
	"antwon.dj/backend/internal/catalog"
	"antwon.dj/backend/internal/library"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
	"antwon.dj/backend/internal/spotify"
	"antwon.dj/backend/internal/spotify/contract"
	"antwon.dj/backend/internal/spotify/sim"
)

var (
	_ catalog.Spotify    = (*spotify.Client)(nil)
	_ library.Spotify    = (*spotify.Client)(nil)
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

// world is a client, and the simulated Spotify that it uses over HTTP. Its connections are in-memory pipes, so it works
// in a synctest bubble.
type world struct {
	*spotify.Client
	simulated *sim.Spotify
	player    sim.Account  // the host's
	handler   http.Handler // the simulator's
	accounts  *accounts
	cipher    *spotify.TokenCipher
	config    spotify.Config
	songs     []sim.Track // those that are playable and not relinked
	metrics   *prometheus.Registry
	log       *logged

	mu       sync.Mutex
	ahead    time.Duration // how far Spotify's clock is ahead
	requests []request
	answers  map[string]http.HandlerFunc // by path, in place of the simulator
}

// request is a request that Spotify received.
type request struct{ method, path, query, authorization, body string }

// logged is a log that can be read while it is written.
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

// newWorld returns a world with one host, who has an account.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{
		accounts: &accounts{kept: make(map[string]account.SpotifyCredentials), refreshing: make(map[string]time.Time)},
		cipher:   newTokenCipher(t, secret),
		metrics:  prometheus.NewRegistry(), log: &logged{}, answers: make(map[string]http.HandlerFunc),
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
		APIURL: "http://spotify.test/v1", AccountsURL: "http://spotify.test",
		RedirectURL: "https://antwon.test/spotify/callback",
		ClientID:    "id", ClientSecret: "secret", Cipher: w.cipher, Accounts: w.accounts,
		HTTP: &http.Client{Transport: once{&contractTransport{t, w, pipes}}},
		Rand: func(n int64) int64 { return n / 2 }, Log: slog.New(slog.NewTextHandler(w.log, nil)), Metrics: w.metrics,
	}
	w.Client = spotify.New(w.config)
	t.Cleanup(func() { w.Close() })
	w.player = w.account(t)
	w.connect(t, host, w.player.RefreshToken)
	return w
}

// restart replaces the client by a new one that shares only the accounts, like a server after a restart.
func (w *world) restart(change func(*spotify.Config)) {
	w.Close()
	w.metrics = prometheus.NewRegistry()
	w.config.Metrics = w.metrics
	if change != nil {
		change(&w.config)
	}
	w.Client = spotify.New(w.config)
}

func newTokenCipher(t *testing.T, secret string) *spotify.TokenCipher {
	t.Helper()
	tokenCipher, err := spotify.NewTokenCipher([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return tokenCipher
}

func (w *world) account(t *testing.T) sim.Account {
	t.Helper()
	account, err := w.simulated.AddAccount("Host")
	if err != nil {
		t.Fatal(err)
	}
	return account
}

// connect stores the credentials that a host has after connecting Spotify.
func (w *world) connect(t *testing.T, hostID, refreshToken string) {
	t.Helper()
	encrypted, err := w.cipher.EncryptRefreshToken(hostID, refreshToken)
	if err != nil {
		t.Fatal(err)
	}
	w.accounts.change(hostID, func(c *account.SpotifyCredentials) {
		*c = account.SpotifyCredentials{EncryptedTokens: encrypted}
	})
}

// newPipes serves a handler over in-memory pipes, which work in a synctest bubble, and returns a transport that uses
// them.
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

// contractTransport checks requests and the simulator's responses against Spotify's description of its Web API.
type contractTransport struct {
	t    *testing.T
	w    *world
	base http.RoundTripper
}

func (d *contractTransport) RoundTrip(r *http.Request) (response *http.Response, err error) {
	if !d.w.scripted(r.URL.Path) {
		return contract.Check(d.t, d.base).RoundTrip(r)
	}
	asking := roundTrip(func(r *http.Request) (*http.Response, error) { // the description does not cover 500
		response, err = d.base.RoundTrip(r)
		return &http.Response{StatusCode: http.StatusInternalServerError, Body: http.NoBody}, err
	})
	_, _ = contract.Check(d.t, asking).RoundTrip(r)
	return response, err
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// once hides GetBody from the transport below, so that a request body can be read only once.
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
	w.requests = append(w.requests,
		request{r.Method, r.URL.Path, r.URL.RawQuery, r.Header.Get("Authorization"), string(body)})
	answer := w.answers[r.URL.Path]
	w.mu.Unlock()
	if answer == nil {
		answer = w.handler.ServeHTTP
	}
	answer(rw, r)
}

// answer makes handler respond to requests to a path. Nil restores the simulator.
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

func (w *world) requestCount(path string) int { return len(w.sent(path)) }

// now returns the time of Spotify's clock.
func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.ahead)
}

// expire makes Spotify refuse the access tokens it has issued, although they have not expired by our clock.
func (w *world) expire() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ahead += 2 * time.Hour
}

func (w *world) state(t *testing.T) playback.Observation {
	t.Helper()
	s, err := w.State(t.Context(), host)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// respond returns a handler that sends a body with a status, as JSON if the body looks like an object.
func respond(status int, body string) http.HandlerFunc {
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
		t.Errorf("got %v, want %s with RetryAfter %v", err, want, wantRetry)
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
