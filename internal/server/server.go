// Package server is the program's HTTP server around the GraphQL handler. It has the routes, the web pages, health and
// metrics, and the pages on which browsers sign in or come back from Spotify. Every request gets an id, a line in the
// access log (up to a bound for each network), strict security headers, and an answer even if its handler panics.
//
// Cookies and callers are made here and nowhere else: cookies.go knows the browser's cookies, and caller.go gives
// GraphQL operations their account.Caller and access to the cookies.
//
// Handlers that are wrapped keep all abilities of the connection: they may hijack it, flush, set deadlines, and replace
// any header that was set for them, such as Content-Security-Policy. All handlers are safe for concurrent use.
//
//	server.go          Config, New, and the http.Server with its time limits
//	connections.go     how many connections are open; with connection_shares.go and descriptors_*.go
//	routes.go          the routes and their handlers
//	middleware.go      what is done with every request; with requestid.go, metrics.go, trace.go and recorder.go
//	accesslog.go       a line for each request, with a bound for each network
//	headers.go         headers that keep browsers from doing more with an answer than they should
//	locate.go          where clients come from behind proxies; with forwarded.go, proxy_listener.go and proxy_advice.go
//	cookies.go         the cookies
//	caller.go          the caller and the cookies of GraphQL operations
//	cors.go            GraphQL for pages of other origins
//	login.go           signing in and out; with demo_host.go, spotify_connect.go and outcome.go
//	monitoring.go      who may see the metrics, and an address of their own; with health.go
//	pages.go           the web pages; with asset.go
//	preview.go         the names of rooms in previews of links, and with preview_picture.go their pictures
//	invitation.go      QR codes of a room's address, and with invitation_poster.go a poster to print
//	plain.go           the room's screen for browsers that cannot run the pages; with plain_page.go
package server

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
)

// Config configures a server. Fields are required unless they say what nil means.
type Config struct {
	GraphQL http.Handler
	Covers  http.Handler // gets requests below /covers/, with their whole path; nil: there are no covers here
	Schema  string       // the text shown at /schema.graphql; "": clients may not read the schema
	Pages   fs.FS        // the built web pages; if there are none, browsers get instructions to build them

	// CoverOrigins are the origins of songs' covers besides this server, as in a Content-Security-Policy.
	CoverOrigins []string

	// FinishSpotify gets the parameters with which a browser comes back from Spotify, and returns the address to send the
	// browser to. Nil: there is no Spotify.
	FinishSpotify func(context.Context, account.SpotifyAnswer) (returnTo string, err error)
	Login         *Login // nil: nobody signs in with an identity provider
	DemoLogin     bool   // hosts sign in with the mutation demoLogin
	// DemoHost signs in the demo's own host, if the key is right. Nil: there is no such host.
	DemoHost func(ctx context.Context, key string) (*account.Session, error)

	// ScreenState returns the state of the open room with a code, for its plain screen. The errors NotFound, Forbidden and
	// RateLimited are shown as such. Nil: there is no plain screen.
	ScreenState func(ctx context.Context, code string) (*party.State, error)

	// RoomByCode returns the open room with a code, or nil, for previews of links. Nil: previews have no name and
	// no picture of the room.
	RoomByCode func(ctx context.Context, code string) (*party.Room, error)

	// PublicURL is where browsers reach the server. If it is https, browsers are told to use nothing else, and send
	// cookies over TLS only.
	PublicURL string
	// WithCookies returns a context for GraphQL operations whose browser has these cookies. Nil: operations have neither
	// cookies nor a caller.
	WithCookies func(context.Context, *BrowserCookies) context.Context

	// Ready returns an error that says what keeps this server from doing its work, in words that anybody may read; nil if
	// nothing does.
	Ready func(context.Context) error

	Build   Build                // shown at /healthz
	Metrics *prometheus.Registry // shown at /metrics; New registers its own
	// MonitoredElsewhere leaves /metrics, /healthz and /readyz to the handler that NewMonitoring returns.
	MonitoredElsewhere bool

	AllowedOrigins []string       // pages of other origins that may use /graphql, with cookies
	TrustedProxies []netip.Prefix // proxies whose client addresses the server believes
	ProxyHeader    ProxyHeader    // where they write them; "": XForwardedFor
	Log            *slog.Logger

	Tracing    trace.TracerProvider          // nil: requests have no spans
	Propagator propagation.TextMapPropagator // reads which trace a request belongs to; nil: W3C's
}

// signIn returns how hosts sign in, for the pages: "demo" or "provider".
func (cfg Config) signIn() string {
	if cfg.DemoLogin {
		return "demo"
	}
	return "provider"
}

func (cfg Config) isTLS() bool { return strings.HasPrefix(cfg.PublicURL, "https://") }

func (cfg Config) cookies() cookies { return cookies{cfg.PublicURL, cfg.AllowedOrigins} }

// operations returns the GraphQL handler, whose requests know their caller.
func (cfg Config) operations() http.Handler {
	if cfg.WithCookies == nil {
		return detachWebSockets(cfg.GraphQL)
	}
	return detachWebSockets(withCaller(cfg.cookies(), cfg.WithCookies, cfg.GraphQL))
}

// New returns the handler for all requests. Its log lines have the request's id; so do those of other packages if their
// logger is built with LogHandler.
func New(cfg Config) http.Handler {
	cfg.Log = slog.New(LogHandler(cfg.Log.Handler()))
	handler := secure(cfg.isTLS(), newMux(routes(cfg)))
	handler = recoverPanics(cfg.Log, handler)
	handler = observe(newAccessLog(cfg.Log), newMetrics(cfg.Metrics), newTracing(cfg.Tracing, cfg.Propagator), handler)
	return identify(locate(cfg.TrustedProxies, cfg.ProxyHeader, cfg.Log, handler))
}

// HTTPServer returns a server for handler that slow clients cannot exhaust: the size of a request's header is bounded,
// and so are the times to send the request and to read the response. A handler that streams lifts the deadlines of its
// own request with http.ResponseController; a hijacked connection, such as a WebSocket, has none.
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
