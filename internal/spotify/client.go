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
		Name: "antwon_spotify_calls_total", Help: "Calls of Spotify, by what was asked and the status (0: no answer).",
	}, []string{"call", "status"})
	c := &Client{api: strings.TrimSuffix(cfg.APIURL, "/") + "/", base: base, searches: newSearches(), calls: calls}
	c.tokens = &tokens{
		oauth: oauth2.Config{ClientID: cfg.ClientID, ClientSecret: cfg.ClientSecret, Endpoint: endpoint(cfg)},
		base:  base, vault: cfg.Vault, accounts: cfg.Accounts, log: cfg.Log, count: c.count,
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
	observed := &observer{base: c.base}
	transport := &signer{observer: observed, tokens: c.tokens, hostID: hostID}
	err := ask(zmb3.New(&http.Client{Transport: transport, Timeout: callTimeout}, zmb3.WithBaseURL(c.api), zmb3.WithRetry(false)))
	c.count(name, observed.answer)
	return classify(observed.answer, err)
}

func (c *Client) count(name string, a answer) {
	c.calls.WithLabelValues(name, strconv.Itoa(a.status)).Inc()
}
