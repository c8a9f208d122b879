package gqlserver

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// lasting is what lasts until its client leaves: a WebSocket, or a stream of events.
type longLived interface {
	close(closeStatus) // ends it, without waiting for that
	abort()            // ends it without a word
}

// registry knows what lasts, so that it can be ended and waited for.
type registry struct {
	mu       sync.Mutex
	open     map[longLived]struct{}
	draining bool
	drained  chan struct{} // closed when draining and none is open
}

func newRegistry() *registry {
	return &registry{open: map[longLived]struct{}{}, drained: make(chan struct{})}
}

// add makes it known, also while draining; then it reports false, and the caller has to end it.
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

// finish says once that all have ended; one that came while draining may end later.
func (r *registry) signalDrained() {
	select {
	case <-r.drained:
	default:
		close(r.drained)
	}
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

// begin refuses newcomers from now on and returns those to end.
func (r *registry) beginDrain() []longLived {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.draining = true
	if len(r.open) == 0 {
		r.signalDrained()
	}
	return slices.Collect(maps.Keys(r.open))
}

// cut cuts off all that are still open. What is known is not over: nothing is cut that has been removed.
func (r *registry) abortAll() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for l := range r.open {
		l.abort()
	}
}

// mostApart is how long draining waits from one client to the next at most: a few clients do not need the whole window.
const maxDrainStep = 20 * time.Millisecond

// drain ends everything, one after the other over the window, so that the clients do not all come to another server at
// once. When ctx ends first, it cuts the rest off.
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
