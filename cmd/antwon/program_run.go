package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"antwon.dj/backend/internal/live"
)

// shutdownTimeout bounds how long the program waits for its clients when it is told to stop, besides the drain window.
const shutdownTimeout = 10 * time.Second

// run serves until ctx ends, and then stops in this order: readiness; subscriptions, streams and requests; the players'
// supervisor; the rooms' feeds. Every acknowledged change was committed before its
// acknowledgement.
func (p *program) run(ctx context.Context, listener net.Listener) error {
	if err := p.accounts.LoadEnded(ctx); err != nil { // before the first request
		return err
	}
	listener = p.connections.Listen(listener) // before anything else wraps it
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := p.connections.Serve(p.http, listener); !errors.Is(err, http.ErrServerClosed) {
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
	group.Go(func() error { return p.accounts.WatchEnded(ctx) })
	group.Go(func() error {
		<-ctx.Done()
		defer stopDriving()
		return p.drain(context.WithoutCancel(ctx))
	})
	err := group.Wait()
	p.jukebox.Close()
	p.log.Info("stopped")
	return err
}

// drain makes the server not ready, and waits until its clients have disconnected or shutdownTimeout and the drain
// window are over.
func (p *program) drain(ctx context.Context) error {
	p.log.Info("stopping")
	close(p.draining)
	ctx, cancel := context.WithTimeout(ctx, shutdownTimeout+p.cfg.limits.DrainWindow)
	defer cancel()
	return errors.Join(p.graphql.Drain(ctx), p.http.Shutdown(ctx))
}
