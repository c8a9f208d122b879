package gqlserver

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// longLived is a connection that is open until its client ends it: a WebSocket or an event stream.
type longLived interface {
	close(closeStatus) // begins to close it in an orderly way, without waiting
	abort()            // cuts it off
	sessionID() string // of its client; "" if there is none, or if it is not known yet
}

// registry holds the open connections, so that they can be closed and waited for.
type registry struct {
	mu       sync.Mutex
	open     map[longLived]struct{}
	draining bool
	drained  chan struct{} // closed when the registry is draining and no connection is open
}

func newRegistry() *registry {
	return &registry{open: map[longLived]struct{}{}, drained: make(chan struct{})}
}

// add registers a connection. It returns false if the registry is draining: then the caller has to close the
// connection, which is registered all the same.
func (r *registry) add(l longLived) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open[l] = struct{}{}
	return !r.draining
}

func (r *registry) remove(l longLived) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.open, l)
	if r.draining && len(r.open) == 0 {
		r.signalDrained()
	}
}

// signalDrained closes drained, once: a connection that came while draining may be removed later.
func (r *registry) signalDrained() {
	select {
	case <-r.drained:
	default:
		close(r.drained)
	}
}

func (r *registry) all() []longLived {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Collect(maps.Keys(r.open))
}

func (r *registry) isDraining() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.draining
}

func (r *registry) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.open)
}

// beginDrain makes add return false from now on, and returns the open connections.
func (r *registry) beginDrain() []longLived {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.draining = true
	if len(r.open) == 0 {
		r.signalDrained()
	}
	return slices.Collect(maps.Keys(r.open))
}

// abortAll aborts all connections that are still open. It holds the mutex, so that none of them is removed meanwhile.
func (r *registry) abortAll() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for l := range r.open {
		l.abort()
	}
}

// maxDrainStep bounds the time between the closing of two connections: a few connections do not need the whole window.
const maxDrainStep = 20 * time.Millisecond

// drain closes all connections, spread over the window so that their clients do not all reconnect to another server at
// the same moment, and waits for them. If ctx ends first, it aborts those that remain and returns an error.
func (r *registry) drain(ctx context.Context, window time.Duration) error {
	open := r.beginDrain()
	ticker := time.NewTicker(max(time.Microsecond, min(maxDrainStep, window/time.Duration(len(open)+1))))
	defer ticker.Stop()
	for _, l := range open {
		l.close(closedByRestart)
		select {
		case <-ticker.C:
		case <-ctx.Done():
		}
	}
	select {
	case <-r.drained:
		return nil
	case <-ctx.Done():
		r.abortAll()
		return fmt.Errorf("connections were cut off: %w", context.Cause(ctx))
	}
}
