package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"antwon.dj/backend/graph"
	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/server"
	"antwon.dj/backend/web"
)

// databaseReadyKept is how long an answer of the database about its readiness is used again: each one costs a write.
const databaseReadyKept = 2 * time.Second

// newHTTP returns the server for the public address and, if monitoring has an address of its own, the server for that.
func (p *program) newHTTP() (public, monitoring *http.Server) {
	cfg := p.serverConfig()
	public = p.listening(server.New(cfg))
	if cfg.MonitoredElsewhere {
		monitoring = p.listening(server.NewMonitoring(cfg))
	}
	return public, monitoring
}

func (p *program) listening(handler http.Handler) *http.Server {
	s := server.HTTPServer(handler)
	s.ErrorLog = slog.NewLogLogger(p.log.Handler(), slog.LevelWarn)
	return s
}

func (p *program) serverConfig() server.Config {
	cfg := server.Config{
		GraphQL:       p.graphql,
		Pages:         web.Pages(),
		CoverOrigins:  coverOrigins(p.cfg),
		ScreenState:   p.jukebox.ScreenState,
		RoomByCode:    p.jukebox.RoomByCode,
		FinishSpotify: p.jukebox.FinishSpotify,
		Login:         &server.Login{Begin: p.accounts.BeginLogin, Finish: p.jukebox.FinishLogin, Logout: p.accounts.Logout},
		DemoLogin:     p.cfg.isDemo(),
		PublicURL:     p.cfg.publicURL,
		WithCookies:   withCookies,
		Ready:         p.ready,
		Build:         server.Build(buildOf()),
		Metrics:       p.metrics,

		MonitoredElsewhere: p.cfg.metricsAddr != "",

		AllowedOrigins: p.cfg.allowedOrigins,
		TrustedProxies: p.cfg.trustedProxies,
		ProxyHeader:    p.cfg.proxyHeader,
		Log:            p.log,
		Tracing:        p.tracing.Provider(),
		Propagator:     p.tracing.Propagator(),
	}
	if p.cfg.schemaIsPublic() {
		cfg.Schema = graph.SDL()
	}
	if p.demo != nil {
		cfg.Covers = p.demo.Covers()
		cfg.DemoHost = func(ctx context.Context, key string) (*account.Session, error) {
			return p.demo.SignIn(ctx, p.accounts, key)
		}
	}
	return cfg
}

// withCookies gives the operations of a request access to its cookies.
func withCookies(ctx context.Context, cookies *server.BrowserCookies) context.Context {
	return graph.WithCookies(ctx, cookies)
}

// coverOrigins returns the origins from which pages load covers: Spotify's image servers, or the origin of a simulated
// Spotify; and this server's public URL, because pages may be open at another address of this server.
func coverOrigins(cfg config) []string {
	if cfg.spotify.apiURL == spotifyAPI {
		return []string{cfg.publicURL, "https://*.scdn.co", "https://*.spotifycdn.com"}
	}
	other, err := url.Parse(cfg.spotify.apiURL)
	if err != nil { // the parser of the configuration has accepted it
		return []string{cfg.publicURL}
	}
	return []string{cfg.publicURL, other.Scheme + "://" + other.Host}
}

// ready returns an error if the server cannot serve requests, with a message that may be public. It returns one as soon
// as the server gets the signal to stop, so that a load balancer sends clients elsewhere.
func (p *program) ready(ctx context.Context) error {
	select {
	case <-p.draining:
		return errors.New("the server is shutting down")
	default:
	}
	if err := p.databaseReady(ctx); err != nil {
		p.log.WarnContext(ctx, "not ready", "error", err)
		return errors.New("the database does not answer, refuses writes, or lacks migrations")
	}
	if p.supervisor != nil && p.supervisor.IsOverdue() {
		return errors.New("the database has not renewed this server's leases in time")
	}
	return nil
}
