package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"golang.org/x/sync/errgroup"

	"antwon.dj/backend/graph"
	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/playback"
	"antwon.dj/backend/internal/server"
)

// shutdownTimeout bounds how long the program waits for its clients when it is told to stop.
const shutdownTimeout = 10 * time.Second

// program is a running server: its parts, in the order in which they depend on each other.
type program struct {
	cfg        config
	log        *slog.Logger
	metrics    *prometheus.Registry
	bus        live.Bus
	jukebox    *jukebox.Jukebox
	resolver   *graph.Resolver
	graphql    *gqlserver.Handler
	supervisor *playback.Supervisor // nil: this server drives no player
	http       *http.Server
	draining   chan struct{} // closed when the server is about to stop
}

func newMetrics() *prometheus.Registry {
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return reg
}

// assemble puts the wire around a jukebox. covers may be nil.
func assemble(cfg config, log *slog.Logger, metrics *prometheus.Registry, store *jukebox.Store, bus live.Bus, j *jukebox.Jukebox,
	tokens jukebox.Tokens, player playback.Player, covers http.Handler,
) *program {
	p := &program{cfg: cfg, log: log, metrics: metrics, bus: bus, jukebox: j, draining: make(chan struct{})}
	p.resolver = graph.New(j, log)
	p.graphql = gqlserver.New(gqlserver.Config{
		Schema:          graph.NewExecutableSchema(graph.Config{Resolvers: p.resolver}),
		Authenticate:    authenticate(tokens),
		ExpiresAt:       expiresAt,
		Present:         p.resolver.PresentError,
		Recover:         p.resolver.Recover,
		AroundResponses: graph.RememberLikes,
		AllowedOrigins:  cfg.allowedOrigins,
		Introspection:   true,
		Metrics:         metrics,
		Log:             log,
	})
	p.http = server.HTTPServer(server.New(server.Config{
		GraphQL: p.graphql, Covers: covers, Ready: p.ready(store), Metrics: metrics, AllowedOrigins: cfg.allowedOrigins, Log: log,
	}))
	p.http.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelWarn)
	if cfg.playback {
		p.supervisor = playback.New(j.Driver(), player, playback.Options{Log: log, Metrics: metrics})
	}
	return p
}

// ready says no as soon as the server is told to stop, so that a load balancer sends clients elsewhere.
func (p *program) ready(store *jukebox.Store) func(context.Context) error {
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

// serve runs until ctx ends, and then stops in this order: not ready any more; WebSockets and requests; the players'
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
	group.Go(func() error {
		<-ctx.Done()
		p.log.Info("stopping")
		close(p.draining)
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		defer cancel()
		err := errors.Join(p.graphql.Drain(stopping), p.http.Shutdown(stopping))
		stopDriving()
		return err
	})
	err := group.Wait()
	p.jukebox.Close()
	p.resolver.Wait()
	p.log.Info("stopped")
	return err
}

// housekeep deletes what nobody needs any more, now and then.
func (p *program) housekeep(ctx context.Context) error {
	ticker := time.NewTicker(time.Hour)
	defer ticker.Stop()
	for {
		if err := p.jukebox.ForgetOldKeys(ctx); err != nil && ctx.Err() == nil {
			p.log.Error("could not delete old idempotency keys", "error", err)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}
