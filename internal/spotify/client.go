package spotify

import (
	"cmp"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	zmb3 "github.com/zmb3/spotify/v2"

	"antwon.dj/backend/internal/party"
)

const (
	// callTimeout bounds one call, including its wait for the limiter and the refresh of a token. It is short because a
	// person waits for the result of most calls.
	callTimeout = 8 * time.Second
	// requestsPer30s is the default budget, a cautious guess: Spotify does not publish its limit.
	requestsPer30s = 60
)

// Config configures a Client.
type Config struct {
	APIURL         string // base URL of the Web API, with its version: https://api.spotify.com/v1/
	AccountsURL    string // base URL of the accounts service: https://accounts.spotify.com
	RedirectURL    string // where Spotify sends hosts back to, exactly as it is registered for the app
	ClientID       string // of the app
	ClientSecret   string // empty: the app authenticates by PKCE alone
	RequestsPer30s int    // budget of the Web API for all servers together in any 30 s; 0: 60
	Cipher         *TokenCipher
	Accounts       Accounts
	HTTP           *http.Client          // only its Transport is used; nil: the Client makes its own
	Rand           func(n int64) int64   // returns a number from 0 to n-1, safe for concurrent use; nil: math/rand/v2
	Log            *slog.Logger          // nil: no logging
	Metrics        prometheus.Registerer // nil: no metrics
}

// Client makes requests to Spotify on behalf of all hosts. It is safe for concurrent use.
type Client struct {
	api            string // base URL of the Web API, with a trailing slash
	transport      http.RoundTripper
	ownTransport   *http.Transport // the transport if the Client made it, else nil
	tokens         *tokenSource
	limiter        *limiter
	capabilities   capabilities
	random         random
	sharedCalls    callGroup
	requestCount   *prometheus.CounterVec
	requestSeconds *prometheus.HistogramVec

	searches *cache[searchKey, searchResults]
	tracks   *cache[trackKey, party.Song]
	artists  *cache[trackKey, string]
	devices  *cache[string, []party.Device]
	pages    *cache[pageKey, songPage]
	fallback *cache[fallbackKey, []party.Song]
}

// New returns a Client. The caller has to call Close, which releases its connections.
func New(cfg Config) *Client {
	cfg.RequestsPer30s = cmp.Or(cfg.RequestsPer30s, requestsPer30s)
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Int64N
	}
	c := &Client{
		api: strings.TrimSuffix(cfg.APIURL, "/") + "/", random: cfg.Rand,
		limiter: newLimiter(cfg.RequestsPer30s, cfg.Rand), capabilities: newCapabilities(),
		requestCount: newRequestCounter(cfg.Metrics), requestSeconds: newRequestHistogram(cfg.Metrics),
	}
	c.setTransport(cfg.HTTP)
	c.initCaches()
	c.tokens = &tokenSource{
		oauth: oauthConfig(cfg), cipher: cfg.Cipher, accounts: cfg.Accounts, log: cfg.Log, newRecorder: c.newRecorder,
		sharedCalls: &c.sharedCalls, backoff: &backoff{}, rejections: newRejections(), random: cfg.Rand,
	}
	c.limiter.registerMetrics(cfg.Metrics)
	return c
}

// setTransport makes a transport, or uses that of the given client.
func (c *Client) setTransport(given *http.Client) {
	switch {
	case given == nil:
		c.ownTransport = http.DefaultTransport.(*http.Transport).Clone()
		c.ownTransport.MaxIdleConnsPerHost = 8 // enough for the concurrent calls of a busy moment
		c.ownTransport.IdleConnTimeout = time.Minute
		c.transport = c.ownTransport
	case given.Transport == nil:
		c.transport = http.DefaultTransport
	default:
		c.transport = given.Transport
	}
}

func (c *Client) initCaches() {
	c.searches = newCache[searchKey, searchResults]("search", 1_000, 30*time.Second, &c.sharedCalls)
	c.tracks = newCache[trackKey, party.Song]("track", 10_000, 10*time.Minute, &c.sharedCalls)
	c.artists = newCache[trackKey, string]("artist", 1_000, 10*time.Minute, &c.sharedCalls)
	c.devices = newCache[string, []party.Device]("devices", 1_000, 5*time.Second, &c.sharedCalls)
	c.pages = newCache[pageKey, songPage]("playlist", 200, time.Minute, &c.sharedCalls)
	c.fallback = newCache[fallbackKey, []party.Song]("fallback", 1_000, 10*time.Minute, &c.sharedCalls)
}

// SetShare divides the budget of requests by the number of servers that use the app at the same time.
func (c *Client) SetShare(servers int) { c.limiter.divideBudget(servers) }

// Forget discards everything cached about a host's account and app. Call it when the host reconnects, as the account
// may then be a different one.
func (c *Client) Forget(hostID string) {
	c.tokens.rejections.forget(hostID)
	c.capabilities.removeIf(func(key capabilityKey) bool { return key.hostID == hostID })
	c.searches.removeIf(func(key searchKey) bool { return key.hostID == hostID })
	c.tracks.removeIf(func(key trackKey) bool { return key.hostID == hostID })
	c.artists.removeIf(func(key trackKey) bool { return key.hostID == hostID })
	c.devices.removeIf(func(key string) bool { return key == hostID })
	c.pages.removeIf(func(key pageKey) bool { return key.hostID == hostID })
	c.fallback.removeIf(func(key fallbackKey) bool { return key.hostID == hostID })
}

// Close waits for requests and refreshes that continue without a caller, for at most about half a minute, and then
// closes the Client's own connections. The Client must not be used afterwards.
func (c *Client) Close() {
	c.sharedCalls.running.Wait()
	if c.ownTransport != nil {
		c.ownTransport.CloseIdleConnections()
	}
}

// libraryCall makes one call through the zmb3 library with the host's access token. The name identifies the call in
// metrics and traces.
func (c *Client) libraryCall(hostID, name string, p priority, ask func(*zmb3.Client) error) *failure {
	return c.authorizedCall(hostID, name, p, func(web *http.Client) error {
		return ask(zmb3.New(web, zmb3.WithBaseURL(c.api), zmb3.WithRetry(false)))
	})
}

// authorizedCall makes one call that the zmb3 library does not support. The client passed to ask adds the host's access
// token to each request.
func (c *Client) authorizedCall(hostID, name string, p priority, ask func(*http.Client) error) *failure {
	transport := &authTransport{
		hostID: hostID, tokens: c.tokens, recorder: c.newRecorder(name), limiter: c.limiter, priority: p,
	}
	return c.runCall(transport, ask)
}

// runCall runs ask with a client that sends through the given transport, classifies the failure, and pauses the limiter
// after a response of 429. It fails at once while the limiter is paused.
func (c *Client) runCall(s *authTransport, ask func(*http.Client) error) *failure {
	if refused := c.limiter.checkPause(); refused != nil {
		return refused
	}
	err := ask(webClient(s, callTimeout))
	failed := classify(s.recorder.last, err)
	if failed != nil && s.recorder.last.status == http.StatusTooManyRequests {
		c.limiter.startPause(failed)
	}
	return failed
}

// newRecorder returns the recorder through which the requests of one call are sent. The name identifies the call in
// metrics and traces.
func (c *Client) newRecorder(name string) *responseRecorder {
	return &responseRecorder{callName: name, transport: c.transport, count: func(status int, took time.Duration) {
		c.requestCount.WithLabelValues(name, strconv.Itoa(status)).Inc()
		c.requestSeconds.WithLabelValues(name).Observe(took.Seconds())
	}}
}

// webClient returns a client that does not follow redirects: Spotify sends none, and another server must not receive
// tokens.
func webClient(transport http.RoundTripper, timeout time.Duration) *http.Client {
	return &http.Client{Transport: transport, Timeout: timeout, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
}
