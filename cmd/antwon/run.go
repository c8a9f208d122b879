package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"golang.org/x/sync/errgroup"

	"antwon.dj/backend/graph"
	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/playback"
	"antwon.dj/backend/internal/server"
	"antwon.dj/backend/web"
)

// shutdownTimeout bounds how long the program waits for its clients when it is told to stop, besides the time over which
// it sends them away.
const shutdownTimeout = 10 * time.Second

// program is a running server: its parts, in the order in which they depend on each other.
type program struct {
	cfg        config
	log        *slog.Logger
	metrics    *prometheus.Registry
	bus        live.Bus
	accounts   *account.Accounts
	jukebox    *jukebox.Jukebox
	graphql    *gqlserver.Handler
	supervisor *playback.Supervisor // nil: this server drives no player
	http       *http.Server
	draining   chan struct{} // closed when the server is about to stop
}

func newMetrics() *prometheus.Registry {
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewBuildInfoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return reg
}

// assemble puts the wire around a site's jukebox. In a demo clients may see the schema, and hosts do as much as they like.
func assemble(s *site, demo freedoms) *program {
	p := &program{cfg: s.cfg, log: s.log, metrics: s.metrics, bus: s.bus, accounts: s.accounts, jukebox: s.jukebox, draining: make(chan struct{})}
	resolver := graph.New(s.jukebox, s.accounts, s.log)
	p.graphql = gqlserver.New(gqlserver.Config{
		Schema:          graph.NewExecutableSchema(graph.Config{Resolvers: resolver}),
		Sources:         resolver.Sources(),
		Authenticate:    authenticate(s.tokens),
		Identify:        identify(s.cfg),
		WithoutViewer:   s.accounts.WithoutViewer,
		Present:         resolver.PresentError,
		Recover:         resolver.Recover,
		AroundResponses: graph.RememberLikes,
		AllowedOrigins:  s.cfg.allowedOrigins,
		Introspection:   s.cfg.isDemo() || s.cfg.introspection,
		Suggestions:     s.cfg.isDemo(),
		Compress:        s.cfg.compress,
		Limits:          s.cfg.limits,
		Metrics:         s.metrics,
		Log:             s.log,
		Tracing:         s.tracing.Provider(),
	})
	cookies := server.Cookies{PublicURL: s.cfg.publicURL, AllowedOrigins: s.cfg.allowedOrigins}
	p.http = server.HTTPServer(server.New(server.Config{
		GraphQL: keepSecrets(cookies, p.graphql), Covers: demo.covers, Pages: web.Pages(), CoverOrigins: coverOrigins(s.cfg),
		FinishSpotify: s.jukebox.FinishSpotify, Cookies: cookies, DemoLogin: s.cfg.isDemo(), DemoHost: demo.host,
		Login: &server.Login{Begin: s.accounts.BeginLogin, Finish: s.jukebox.FinishLogin, Logout: s.accounts.Logout},
		Ready: p.ready(s.store), Metrics: s.metrics,
		AllowedOrigins: s.cfg.allowedOrigins, TrustedProxies: s.cfg.trustedProxies, Log: s.log,
		Tracing: s.tracing.Provider(), Propagator: s.tracing.Propagator(),
	}))
	p.http.ErrorLog = slog.NewLogLogger(s.log.Handler(), slog.LevelWarn)
	if s.cfg.playback {
		p.supervisor = playback.New(s.jukebox.Driver(), s.spotify, playback.Options{
			OnNodes: s.spotify.SetShare, Log: s.log, Metrics: s.metrics, Tracing: s.tracing.Provider(),
		})
	}
	return p
}

// coverOrigins are Spotify's servers of pictures, or another Spotify's own; and this server by the name that guests know, which
// need not be the one in their address bar.
func coverOrigins(cfg config) []string {
	if cfg.spotify.apiURL == spotifyAPI {
		return []string{cfg.publicURL, "https://*.scdn.co", "https://*.spotifycdn.com"}
	}
	other, err := url.Parse(cfg.spotify.apiURL)
	if err != nil { // it was parsed before
		return []string{cfg.publicURL}
	}
	return []string{cfg.publicURL, other.Scheme + "://" + other.Host}
}

// ready says no as soon as the server is told to stop, so that a load balancer sends clients elsewhere.
func (p *program) ready(store *database.DB) func(context.Context) error {
	return func(ctx context.Context) error {
		select {
		case <-p.draining:
			return errors.New("the server is shutting down")
		default:
		}
		if err := store.Ready(ctx); err != nil {
			p.log.WarnContext(ctx, "not ready", "error", err)
			return errors.New("the database does not answer, or is not up to date") // anybody may read this
		}
		return nil
	}
}

// serve runs until ctx ends, and then stops in this order: not ready any more; what lasts, and requests; the players'
// driver; the rooms' watchers. Whatever was acknowledged has been committed long before.
func (p *program) serve(ctx context.Context, listener net.Listener) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := p.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	driving, stopDriving := context.WithCancel(context.WithoutCancel(ctx))
	defer stopDriving()
	if p.supervisor != nil {
		defer p.bus.Subscribe(func(h live.Hint) { p.supervisor.Wake(h.Topic) })()
		group.Go(func() error { return p.supervisor.Run(driving) })
	}
	group.Go(func() error { return p.housekeep(ctx) })
	group.Go(func() error { return p.jukebox.RunPresence(ctx) })
	group.Go(func() error {
		<-ctx.Done()
		p.log.Info("stopping")
		close(p.draining)
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout+p.cfg.limits.DrainWindow)
		defer cancel()
		err := errors.Join(p.graphql.Drain(stopping), p.http.Shutdown(stopping))
		stopDriving()
		return err
	})
	err := group.Wait()
	p.jukebox.Close()
	p.log.Info("stopped")
	return err
}

// housekeep deletes what nobody needs any more, now and then.
func (p *program) housekeep(ctx context.Context) error {
	ticker := time.NewTicker(time.Hour)
	defer ticker.Stop()
	for {
		err := errors.Join(p.jukebox.DeleteOldKeys(ctx), p.jukebox.DeleteOldCommands(ctx), p.accounts.DeleteOldAuthorizations(ctx),
			p.accounts.DeleteOldSessions(ctx), p.jukebox.Driver().DeleteOldNodes(ctx))
		if err = errors.Join(err, p.purge(ctx)); err != nil && ctx.Err() == nil {
			p.log.Warn("could not delete what nobody needs any more, and tries again in an hour", "error", err)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// purge deletes old parties, unless they are kept for ever.
func (p *program) purge(ctx context.Context) error {
	if p.cfg.keepRooms == 0 {
		return nil
	}
	done, err := p.jukebox.Purge(ctx, p.cfg.keepRooms)
	if done != (jukebox.Purged{}) {
		p.log.Info("deleted old parties", "rooms", done.Rooms, "guests", done.Guests, "songs", done.Songs)
	}
	return err
}
