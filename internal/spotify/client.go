package spotify

import (
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	zmb3 "github.com/zmb3/spotify/v2"
	"golang.org/x/oauth2"

	"antwon.dj/backend/internal/playback"
)

// callTimeout is for one call, with the refresh of a token if that is needed. Somebody waits for most of them.
const callTimeout = 8 * time.Second

// Config is what a Client is made of.
type Config struct {
	APIURL       string // the Web API with its version: https://api.spotify.com/v1/
	AccountsURL  string // where tokens are refreshed: https://accounts.spotify.com
	ClientID     string // of the app
	ClientSecret string // empty: an app that proves itself by PKCE
	Vault        *Vault
	Accounts     Accounts
	HTTP         *http.Client          // its Transport is used; nil: http.DefaultTransport
	Log          *slog.Logger          // nil: silent
	Metrics      prometheus.Registerer // nil: none
}

// Client speaks to Spotify for all hosts. It is safe for concurrent use.
type Client struct {
	api      string
	base     http.RoundTripper
	tokens   *tokens
	searches *searches
	pause    pause
	calls    *prometheus.CounterVec
}

// New returns a Client.
func New(cfg Config) *Client {
	base := http.DefaultTransport
	if cfg.HTTP != nil && cfg.HTTP.Transport != nil {
		base = cfg.HTTP.Transport
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	calls := promauto.With(cfg.Metrics).NewCounterVec(prometheus.CounterOpts{
		Name: "antwon_spotify_calls_total", Help: "Requests to Spotify, by what was asked and the status (0: no answer).",
	}, []string{"call", "status"})
	c := &Client{api: strings.TrimSuffix(cfg.APIURL, "/") + "/", base: base, searches: newSearches(), calls: calls}
	c.tokens = &tokens{
		oauth: oauth2.Config{ClientID: cfg.ClientID, ClientSecret: cfg.ClientSecret, Endpoint: endpoint(cfg)},
		vault: cfg.Vault, accounts: cfg.Accounts, log: cfg.Log, observe: c.observe,
	}
	return c
}

// endpoint says outright how the app identifies itself: where that has to be found out, a refused refresh is sent twice.
func endpoint(cfg Config) oauth2.Endpoint {
	e := oauth2.Endpoint{TokenURL: strings.TrimSuffix(cfg.AccountsURL, "/") + "/api/token", AuthStyle: oauth2.AuthStyleInHeader}
	if cfg.ClientSecret == "" {
		e.AuthStyle = oauth2.AuthStyleInParams
	}
	return e
}

// call asks Spotify something in a host's name; name stands in the metrics.
func (c *Client) call(hostID, name string, ask func(*zmb3.Client) error) *failure {
	return c.send(hostID, name, func(web *http.Client) error {
		return ask(zmb3.New(web, zmb3.WithBaseURL(c.api), zmb3.WithRetry(false)))
	})
}

// send is call for what the library cannot ask.
func (c *Client) send(hostID, name string, ask func(*http.Client) error) *failure {
	observed := c.observe(name)
	err := ask(webClient(&signer{observer: observed, tokens: c.tokens, hostID: hostID}, callTimeout))
	failed := classify(observed.answer, err)
	if failed != nil && failed.kind == playback.CoolingDown {
		c.pause.extend(time.Now().Add(failed.retryAfter))
	}
	return failed
}

// observe returns what the requests of one call go through; name stands in the metrics.
func (c *Client) observe(name string) *observer {
	return &observer{base: c.base, count: func(status int) {
		c.calls.WithLabelValues(name, strconv.Itoa(status)).Inc()
	}}
}

// webClient follows no redirects: Spotify sends none, and whoever does must not get tokens.
func webClient(transport http.RoundTripper, timeout time.Duration) *http.Client {
	return &http.Client{Transport: transport, Timeout: timeout, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
}
