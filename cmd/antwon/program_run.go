package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/server"
	"antwon.dj/backend/internal/telemetry/emf"
)

// metricsInterval is how often metrics are written for CloudWatch, whose alarms look at whole minutes.
const metricsInterval = time.Minute

// noticesDrain is how long a server that stops still sends notices that wait.
const noticesDrain = 2 * time.Second

// run serves until ctx ends, and then stops in this order: readiness; after the stop delay, during which everything
// else continues, subscriptions, streams and requests; the players' supervisor; notices; the rooms' feeds. Every
// acknowledged change was committed before its acknowledgement.
//
// Metrics for CloudWatch, if they are configured, go to stdout.
func (p *program) run(ctx context.Context, listener net.Listener, stdout io.Writer) error {
	if err := p.accounts.LoadEnded(ctx); err != nil { // before the first request
		return err
	}
	if err := p.jukebox.Timeline().Check(ctx); err != nil {
		return err
	}
	listener = p.connections.Listen(listener) // before anything else wraps it
	if p.cfg.proxyHeader == server.ProxyProtocol {
		listener = server.ListenBehindProxy(listener, p.cfg.trustedProxies)
	}
	serving, stopServing := context.WithCancel(context.WithoutCancel(ctx))
	defer stopServing()
	group, serving := errgroup.WithContext(serving)
	if p.monitoring != nil {
		metrics, err := new(net.ListenConfig).Listen(serving, "tcp", p.cfg.metricsAddr)
		if err != nil {
			return fmt.Errorf("listen for monitoring: %w", err)
		}
		group.Go(func() error { return untilClosed(p.monitoring.Serve(metrics)) })
	}
	group.Go(func() error { return untilClosed(p.connections.Serve(p.http, listener)) })
	driving, stopDriving := context.WithCancel(context.WithoutCancel(ctx))
	defer stopDriving()
	notifying, stopNotifying := context.WithCancel(context.WithoutCancel(ctx))
	defer stopNotifying()
	group.Go(func() error {
		defer stopNotifying() // after the players' last steps, which may be announced
		return p.drive(driving)
	})
	group.Go(func() error { return p.jukebox.Push().Run(notifying, noticesDrain) })
	if p.cfg.metricsFormat == "emf" {
		writer := emf.New(stdout, p.metrics, p.cfg.tracing.Service)
		group.Go(func() error { return writer.Run(serving, metricsInterval) })
	}
	group.Go(func() error { return p.housekeep(serving) })
	group.Go(func() error { return p.jukebox.RunPresence(serving) })
	group.Go(func() error { return p.jukebox.Timeline().Run(serving) })
	group.Go(func() error { return p.accounts.WatchEnded(serving) })
	group.Go(func() error {
		defer stopDriving()
		p.awaitStop(ctx, serving)
		stopServing()
		return p.drain(context.WithoutCancel(ctx))
	})
	err := group.Wait()
	p.jukebox.Close()
	p.log.Info("stopped")
	return err
}

// drive drives the players of rooms until ctx ends, unless this server drives none.
func (p *program) drive(ctx context.Context) error {
	if p.supervisor == nil {
		<-ctx.Done()
		return nil
	}
	defer p.bus.Subscribe(func(h live.Hint) { p.supervisor.Wake(h.Topic) })()
	return p.supervisor.Run(ctx)
}

// untilClosed returns the error with which a server stopped serving, or nil if it was closed.
func untilClosed(err error) error {
	if !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// awaitStop waits until told ends, which is the signal to stop. Then it makes the server not ready, and waits for the
// stop delay. It returns early if serving ends, because the server has failed.
func (p *program) awaitStop(told, serving context.Context) {
	select {
	case <-told.Done():
	case <-serving.Done():
	}
	p.log.Info("stopping", "delay", p.cfg.stopDelay.String())
	close(p.draining)
	select {
	case <-time.After(p.cfg.stopDelay):
	case <-serving.Done():
	}
}

// drain waits until the server's clients have disconnected, or the time for stopping is over.
func (p *program) drain(ctx context.Context) error {
	err := drainBoth(ctx, p.cfg.stopTimeout-p.cfg.stopDelay, p.graphql.Drain, p.http.Shutdown)
	if p.monitoring != nil { // it is closed last, to answer until now that the server is not ready
		err = errors.Join(err, p.monitoring.Close())
	}
	return err
}

// requestsReserve is the part of the time for stopping that is left to requests after the subscriptions and streams.
const requestsReserve = 2 * time.Second

// drainBoth drains subscriptions and streams first, because requests may still come meanwhile, and then requests. The
// parameter within is the time limit of both together; the last requestsReserve of it is left for the requests.
func drainBoth(ctx context.Context, within time.Duration, sockets, requests func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	first, cancelFirst := context.WithTimeout(ctx, within-requestsReserve)
	defer cancelFirst()
	return errors.Join(sockets(first), requests(ctx))
}
