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
	// callTimeout is for one call, with its turn and the refresh of a token if that is needed. Somebody waits for most of
	// them.
	callTimeout = 8 * time.Second
	// requestsPer30s is a cautious guess: Spotify does not publish its limit.
	requestsPer30s = 60
)

// Config is what a Client is made of.
type Config struct {
	APIURL         string // the Web API with its version: https://api.spotify.com/v1/
	AccountsURL    string // where hosts are asked for permission and tokens are issued: https://accounts.spotify.com
	RedirectURL    string // where hosts come back from there, exactly as it is registered for the app
	ClientID       string // of the app
	ClientSecret   string // empty: an app that proves itself by PKCE
	RequestsPer30s int    // to the Web API, of all servers together, in any 30 s; 0: 60
	Vault          *Vault
	Accounts       Accounts
	HTTP           *http.Client          // its Transport is used; nil: one of the Client's own
	Rand           func(n int64) int64   // a number from 0 to n-1, safe for concurrent use; nil: math/rand/v2
	Log            *slog.Logger          // nil: silent
	Metrics        prometheus.Registerer // nil: none
}

// Client speaks to Spotify for all hosts. It is safe for concurrent use.
type Client struct {
	api          string
	base         http.RoundTripper
	own          *http.Transport // base, where it is the client's own
	tokens       *tokens
	limiter      *limiter
	capabilities capabilities
	random       random
	flights      flights
	calls        *prometheus.CounterVec
	took         *prometheus.HistogramVec

	searches *memory[searchKey, found]
	tracks   *memory[trackKey, party.Song]
	artists  *memory[trackKey, string]
	devices  *memory[string, []party.Device]
	fallback *memory[fallbackKey, []party.Song]
}

// New returns a Client. It holds connections until Close.
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
		limiter: newLimiter(cfg.RequestsPer30s, cfg.Rand), capabilities: newCapabilities(), calls: callsCounter(cfg.Metrics), took: callsHistogram(cfg.Metrics),
	}
	c.connect(cfg.HTTP)
	c.remember()
	c.tokens = &tokens{
		oauth: oauthConfig(cfg), vault: cfg.Vault, accounts: cfg.Accounts, log: cfg.Log, observe: c.observe, flights: &c.flights,
		backoff: &backoff{}, random: cfg.Rand,
	}
	c.limiter.measure(cfg.Metrics)
	return c
}

func (c *Client) connect(given *http.Client) {
	switch {
	case given == nil:
		c.own = http.DefaultTransport.(*http.Transport).Clone()
		c.own.MaxIdleConnsPerHost = 8 // the calls of a busy moment
		c.own.IdleConnTimeout = time.Minute
		c.base = c.own
	case given.Transport == nil:
		c.base = http.DefaultTransport
	default:
		c.base = given.Transport
	}
}

func (c *Client) remember() {
	c.searches = newMemory[searchKey, found]("search", 1_000, 30*time.Second, &c.flights)
	c.tracks = newMemory[trackKey, party.Song]("track", 10_000, 10*time.Minute, &c.flights)
	c.artists = newMemory[trackKey, string]("artist", 1_000, 10*time.Minute, &c.flights)
	c.devices = newMemory[string, []party.Device]("devices", 1_000, 5*time.Second, &c.flights)
	c.fallback = newMemory[fallbackKey, []party.Song]("fallback", 1_000, 10*time.Minute, &c.flights)
}

// SetShare divides the budget of requests among so many servers: those that use the app at the same time.
func (c *Client) SetShare(servers int) { c.limiter.share(servers) }

// Forget drops what was learned of a host's account and app, which may be others after they connect anew.
func (c *Client) Forget(hostID string) {
	c.capabilities.forget(func(key capabilityKey) bool { return key.hostID == hostID })
	c.searches.forget(func(key searchKey) bool { return key.hostID == hostID })
	c.tracks.forget(func(key trackKey) bool { return key.hostID == hostID })
	c.artists.forget(func(key trackKey) bool { return key.hostID == hostID })
	c.devices.forget(func(key string) bool { return key == hostID })
	c.fallback.forget(func(key fallbackKey) bool { return key.hostID == hostID })
}

// Close waits for what goes on although nobody waits for it any more, such as the refresh of a token: half a minute at the
// very worst. Then it closes the connections of the Client's own. Nothing may be asked of it afterwards.
func (c *Client) Close() {
	c.flights.running.Wait()
	if c.own != nil {
		c.own.CloseIdleConnections()
	}
}

// call asks Spotify something in a host's name; name stands in the metrics.
func (c *Client) call(hostID, name string, p priority, ask func(*zmb3.Client) error) *failure {
	return c.send(hostID, name, p, func(web *http.Client) error {
		return ask(zmb3.New(web, zmb3.WithBaseURL(c.api), zmb3.WithRetry(false)))
	})
}

// send is call for what the library cannot ask.
func (c *Client) send(hostID, name string, p priority, ask func(*http.Client) error) *failure {
	return c.through(&signer{hostID: hostID, tokens: c.tokens, observer: c.observe(name), limiter: c.limiter, priority: p}, ask)
}

func (c *Client) through(s *signer, ask func(*http.Client) error) *failure {
	if refused := c.limiter.paused(); refused != nil {
		return refused
	}
	err := ask(webClient(s, callTimeout))
	failed := classify(s.observer.answer, err)
	if failed != nil && s.observer.answer.status == http.StatusTooManyRequests {
		c.limiter.cool(failed)
	}
	return failed
}

// observe returns what the requests of one call go through; name stands in the metrics and in traces.
func (c *Client) observe(name string) *observer {
	return &observer{call: name, base: c.base, count: func(status int, took time.Duration) {
		c.calls.WithLabelValues(name, strconv.Itoa(status)).Inc()
		c.took.WithLabelValues(name).Observe(took.Seconds())
	}}
}

// webClient follows no redirects: Spotify sends none, and whoever does must not get tokens.
func webClient(transport http.RoundTripper, timeout time.Duration) *http.Client {
	return &http.Client{Transport: transport, Timeout: timeout, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
}
