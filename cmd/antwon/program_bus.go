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

// hintBus carries hints within this server and, if NATS is configured, between servers. It is opened before the jukebox that it
// serves, and closed after it.
type hintBus struct {
	live.Bus
	jukebox atomic.Pointer[jukebox.Jukebox] // nil until serves: no hint can have been missed yet
	close   func()
}

func openBus(cfg config, log *slog.Logger, metrics prometheus.Registerer, tracing trace.TracerProvider) (*hintBus, error) {
	b := &hintBus{close: func() {}}
	if cfg.natsURL == "" {
		b.Bus = live.NewLocalBus()
		return b, nil
	}
	bus, err := natsbus.Connect(cfg.natsURL, natsbus.Options{OnReconnect: b.reconcile, Log: log, Metrics: metrics, Tracing: tracing})
	if err != nil {
		return nil, err
	}
	b.Bus, b.close = bus, bus.Close
	return b, nil
}

// serves sets the jukebox that is told when hints of other servers may have been lost.
func (b *hintBus) serves(j *jukebox.Jukebox) { b.jukebox.Store(j) }

func (b *hintBus) reconcile() {
	if j := b.jukebox.Load(); j != nil {
		j.Reconcile()
	}
}
