package spotify

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/prometheus/client_golang/prometheus"
	zmb3 "github.com/zmb3/spotify/v2"
	"golang.org/x/oauth2"
)

const (
	callTimeout    = 8 * time.Second // for one request, whoever waits for it
	searchesCached = 1_000
	searchFresh    = 30 * time.Second
)

// Config is what a Client is made of.
type Config struct {
	APIURL       string // the Web API with its version: https://api.spotify.com/v1/
	AccountsURL  string // where tokens are refreshed: https://accounts.spotify.com
	ClientID     string // of the app
	ClientSecret string
	Vault        *Vault
	Accounts     Accounts
	Metrics      prometheus.Registerer
}

// Client speaks to Spotify for all hosts. It is safe for concurrent use.
type Client struct {
	api      string
	base     http.RoundTripper
	tokens   *tokens
	searches *lru.Cache[string, searched]
	calls    *prometheus.CounterVec
}

// New returns a Client.
func New(cfg Config) *Client {
	base := observer{http.DefaultTransport}
	searches, _ := lru.New[string, searched](searchesCached) // fails only for a size of 0
	calls := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "antwon_spotify_calls_total", Help: "Calls of Spotify's Web API, by what was asked and the status (0: no answer).",
	}, []string{"call", "status"})
	cfg.Metrics.MustRegister(calls)
	return &Client{
		api: strings.TrimSuffix(cfg.APIURL, "/") + "/", base: base, searches: searches, calls: calls,
		tokens: &tokens{
			oauth: oauth2.Config{
				ClientID: cfg.ClientID, ClientSecret: cfg.ClientSecret,
				// Said outright: where it has to be found out, a failed refresh is sent twice.
				Endpoint: oauth2.Endpoint{TokenURL: strings.TrimSuffix(cfg.AccountsURL, "/") + "/api/token", AuthStyle: oauth2.AuthStyleInHeader},
			},
			http:  &http.Client{Transport: base, Timeout: callTimeout},
			vault: cfg.Vault, accounts: cfg.Accounts, hosts: map[string]*hostToken{},
		},
	}
}

// call asks Spotify something in a host's name. The failure, if any, is classified; name stands in the metrics.
func (c *Client) call(ctx context.Context, hostID, name string, ask func(context.Context, *zmb3.Client) error) *failure {
	ctx, seen := observed(ctx)
	transport := authorized{tokens: c.tokens, hostID: hostID, next: c.base}
	err := ask(ctx, zmb3.New(&http.Client{Transport: transport, Timeout: callTimeout}, zmb3.WithBaseURL(c.api)))
	c.calls.WithLabelValues(name, strconv.Itoa(seen.status)).Inc()
	return classify(seen, err)
}
