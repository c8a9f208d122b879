package main

import (
	"sync/atomic"

	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/live/natsbus"
)

// hintBus carries hints and moments within this server and, if NATS is configured, between servers. It is opened before
// the parts that it serves, and closed after them.
type hintBus struct {
	live.Bus
	live.MomentBus
	reconcilers atomic.Pointer[[]func()] // nil until serves: no hint can have been missed yet
	close       func()
}

// openBus opens the bus of one server, or connects to NATS if it is configured.
func (p *program) openBus() (*hintBus, error) {
	b := &hintBus{close: func() {}}
	if p.cfg.natsURL == "" {
		local := live.NewLocalBus()
		b.Bus, b.MomentBus = local, local
		return b, nil
	}
	bus, err := natsbus.Connect(p.cfg.natsURL, natsbus.Options{
		OnConnect: b.reconcile, Log: p.log, Metrics: p.metrics, Tracing: p.tracing.Provider(),
	})
	if err != nil {
		return nil, err
	}
	b.Bus, b.MomentBus, b.close = bus, bus, bus.Close
	return b, nil
}

// serves sets the functions that are called when hints of other servers may have been lost.
func (b *hintBus) serves(reconcilers ...func()) { b.reconcilers.Store(&reconcilers) }

func (b *hintBus) reconcile() {
	if reconcilers := b.reconcilers.Load(); reconcilers != nil {
		for _, reconcile := range *reconcilers {
			reconcile()
		}
	}
}
