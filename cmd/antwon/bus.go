package main

import (
	"log/slog"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/live/natsbus"
)

// hintBus carries hints within this server, and if NATS is configured among several. It is opened before the jukebox that
// it serves, and closed after it.
type hintBus struct {
	live.Bus
	jukebox atomic.Pointer[jukebox.Jukebox] // nil at first: nobody can have missed anything yet
	close   func()
}

func openBus(cfg config, log *slog.Logger, metrics prometheus.Registerer, tracing trace.TracerProvider) (*hintBus, error) {
	b := &hintBus{close: func() {}}
	if cfg.natsURL == "" {
		b.Bus = live.NewLocalBus()
		return b, nil
	}
	bus, err := natsbus.Connect(cfg.natsURL, natsbus.Options{OnConnect: b.reconcile, Log: log, Metrics: metrics, Tracing: tracing})
	if err != nil {
		return nil, err
	}
	b.Bus, b.close = bus, bus.Close
	return b, nil
}

// serves says whom to tell when hints of other servers may have been lost.
func (b *hintBus) serves(j *jukebox.Jukebox) { b.jukebox.Store(j) }

func (b *hintBus) reconcile() {
	if j := b.jukebox.Load(); j != nil {
		j.Reconcile()
	}
}
