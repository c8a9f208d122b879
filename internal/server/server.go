// Package server is the program's HTTP shell: the routes, what every request gets on its way (a request id, an access log
// line, headers that keep browsers strict, an answer even if a handler panics), health, metrics, and the web pages.
//
// It leaves alone what it wraps: handlers may hijack the connection, flush, set deadlines, and replace any header that was
// set for them, the Content-Security-Policy above all.
package server

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"antwon.dj/backend/internal/account"
)

// Config is what the shell is made of. What may be nil says so, and so may Covers.
type Config struct {
	GraphQL http.Handler
	Covers  http.Handler // gets requests below /covers/, with their whole path
	Pages   fs.FS        // what the build made of web/; without pages in it browsers are told how to build them

	// CoverOrigins are where songs' covers are kept besides this server, as a Content-Security-Policy has them.
	CoverOrigins []string

	// FinishSpotify takes what a browser brings back from Spotify, and says where to send it. Nil: none is expected.
	FinishSpotify func(context.Context, account.SpotifyAnswer) (returnTo string, err error)
	Login         *Login // nil: nobody signs in by a provider
	DemoLogin     bool   // hosts sign in by demoLogin
	// DemoHost signs in the demo's own host who has the key. Nil: there is none.
	DemoHost func(ctx context.Context, key string) (*account.Session, error)

	// PublicURL is where browsers reach the server. If it is https, cookies are sent over TLS only.
	PublicURL string
	// WithCookies returns a context for GraphQL operations whose browser has these cookies. Nil: operations have neither
	// cookies nor a caller.
	WithCookies func(context.Context, *BrowserCookies) context.Context

	// Ready says what keeps this server from doing its work, in words that anybody may read.
	Ready func(context.Context) error

	Build          Build                // shown at /healthz
	Metrics        *prometheus.Registry // shown at /metrics; the shell adds its own to it
	AllowedOrigins []string             // pages of other origins that may use /graphql, with cookies
	TrustedProxies []netip.Prefix       // whose word is taken for where a request comes from
	Log            *slog.Logger

	Tracing    trace.TracerProvider          // nil: requests are no spans
	Propagator propagation.TextMapPropagator // says which trace a request belongs to; nil: W3C's
}

// signIn tells the pages how hosts sign in.
func (cfg Config) signIn() string {
	if cfg.DemoLogin {
		return "demo"
	}
	return "provider"
}

func (cfg Config) cookies() cookies { return cookies{cfg.PublicURL, cfg.AllowedOrigins} }

// operations returns the GraphQL handler, whose requests know their caller.
func (cfg Config) operations() http.Handler {
	if cfg.WithCookies == nil {
		return cfg.GraphQL
	}
	return withCaller(cfg.cookies(), cfg.WithCookies, cfg.GraphQL)
}

// New returns the handler for everything. What it logs carries the request's id; for the same in other packages' lines,
// build the program's logger with LogHandler.
func New(cfg Config) http.Handler {
	cfg.Log = slog.New(LogHandler(cfg.Log.Handler()))
	handler := routes(cfg)
	handler = secure(handler)
	handler = recoverPanics(cfg.Log, handler)
	handler = observe(cfg.Log, newMetrics(cfg.Metrics), newTracing(cfg.Tracing, cfg.Propagator), handler)
	return identify(locate(cfg.TrustedProxies, handler))
}

// HTTPServer returns a server for handler that no client can hold up: time and size of a request are bounded, and the time
// to take the response. A handler that streams lifts the deadlines of its own request with http.ResponseController; one
// that hijacks the connection, as WebSockets do, has none.
func HTTPServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
	}
}
