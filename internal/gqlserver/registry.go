package gqlserver

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// registry knows the open connections, so that they can be ended together and waited for.
type registry struct {
	mu       sync.Mutex
	open     map[*connection]struct{}
	draining bool
	drained  chan struct{} // closed when draining and none is open
}

func newRegistry() *registry {
	return &registry{open: map[*connection]struct{}{}, drained: make(chan struct{})}
}

// add reports false, and does nothing, once draining has begun.
func (r *registry) add(c *connection) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.draining {
		return false
	}
	r.open[c] = struct{}{}
	return true
}

func (r *registry) remove(c *connection) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.open[c]; !ok {
		return
	}
	delete(r.open, c)
	if r.draining && len(r.open) == 0 {
		close(r.drained)
	}
}

// begin refuses connections from now on and returns those to end.
func (r *registry) begin() []*connection {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.draining && len(r.open) == 0 {
		close(r.drained)
	}
	r.draining = true
	return slices.Collect(maps.Keys(r.open))
}

// drain tells all clients at once, because each of them may take its time to read what was sent before.
func (r *registry) drain(ctx context.Context) error {
	open := r.begin()
	var shutting sync.WaitGroup
	for _, c := range open {
		shutting.Go(func() { c.shut(endRestart) })
	}
	defer shutting.Wait()
	select {
	case <-r.drained:
		return nil
	case <-ctx.Done():
		for _, c := range open {
			_ = c.ws.Close()
		}
		return fmt.Errorf("websocket connections were cut off: %w", context.Cause(ctx))
	}
}
