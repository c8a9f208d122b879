package live

import (
	"slices"
	"sync"

	"go.opentelemetry.io/otel/trace"
)

// Hint says that a topic has changed and now has this version, or a later one. Hints may be lost, duplicated and
// reordered. The versions of a topic only grow and are never negative. Once a hint is published, neither it nor the
// slice in Users may be modified.
type Hint struct {
	Topic   string
	Since   int64 // the version before: the hint describes every change in (Since, Version]
	Version int64
	Users   []string // the users affected by those changes; nil: everybody, empty: nobody in particular
	Minor   bool     // all of those changes are minor; the publisher and the source agree on what that means

	Cause trace.SpanContext // the trace of the change; invalid if no trace is recorded
}

// VersionHint returns a hint that only says that a version exists and describes no change.
func VersionHint(topic string, version int64) Hint {
	return Hint{Topic: topic, Since: version, Version: version}
}

// describesChanges reports whether the hint describes at least one change.
func (h Hint) describesChanges() bool { return h.Since < h.Version }

// Bus carries hints from the writers of changes to the hubs.
type Bus interface {
	// Publish sends a hint; it is called after the change is committed. It does not wait for other processes and cannot
	// fail: a hint that cannot be sent is lost, which the hubs tolerate.
	Publish(Hint)

	// Subscribe arranges for fn to be called with every hint that arrives. Calls come from any goroutine and may overlap.
	// The bus holds no lock during a call; fn must not block. Once cancel has returned, no call of fn is running and none
	// will begin. Because cancel waits for running calls, fn itself must not call it. Further calls of cancel do nothing.
	Subscribe(fn func(Hint)) (cancel func())
}

// LocalBus is a Bus and a MomentBus within one process. It loses nothing: when Publish or Announce returns, every
// subscriber has been called.
type LocalBus struct {
	hints   subscriptions[Hint]
	moments subscriptions[Moment]
}

// NewLocalBus returns a bus without subscribers.
func NewLocalBus() *LocalBus { return &LocalBus{} }

// Publish calls every subscriber in the caller's goroutine.
func (b *LocalBus) Publish(hint Hint) { b.hints.call(hint) }

// Subscribe implements Bus.
func (b *LocalBus) Subscribe(fn func(Hint)) (cancel func()) { return b.hints.add(fn) }

// Announce calls every subscriber in the caller's goroutine.
func (b *LocalBus) Announce(moment Moment) { b.moments.call(moment) }

// OnMoment implements MomentBus.
func (b *LocalBus) OnMoment(fn func(Moment)) (cancel func()) { return b.moments.add(fn) }

// subscriptions are functions that are called with every hint, or every moment, that arrives.
type subscriptions[T any] struct {
	mu      sync.Mutex
	present []*subscription[T] // replaced and never modified, so that it can be read without the lock
}

type subscription[T any] struct {
	fn    func(T)
	calls sync.WaitGroup // calls that were begun and have not returned; increased only under the mutex, while subscribed
}

// call calls every subscription in the caller's goroutine.
func (s *subscriptions[T]) call(what T) {
	for _, sub := range s.beginCalls() {
		sub.fn(what)
		sub.calls.Done()
	}
}

// beginCalls returns the present subscriptions. It counts one call for each of them, which cancel waits for.
func (s *subscriptions[T]) beginCalls() []*subscription[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sub := range s.present {
		sub.calls.Add(1)
	}
	return s.present
}

func (s *subscriptions[T]) add(fn func(T)) (cancel func()) {
	sub := &subscription[T]{fn: fn}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.present = append(slices.Clone(s.present), sub)
	return func() { s.remove(sub) }
}

func (s *subscriptions[T]) remove(sub *subscription[T]) {
	s.mu.Lock()
	others := slices.Clone(s.present)
	s.present = slices.DeleteFunc(others, func(other *subscription[T]) bool { return other == sub })
	s.mu.Unlock()
	sub.calls.Wait()
}
