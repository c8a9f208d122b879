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
	Minor   bool     // all of those changes are minor; what that means is between the publisher and the source

	Cause trace.SpanContext // the trace of the change; invalid if no trace is recorded
}

// VersionHint returns a hint that only says that a version exists and describes no change.
func VersionHint(topic string, version int64) Hint {
	return Hint{Topic: topic, Since: version, Version: version}
}

// describesChanges reports whether the hint describes at least one change.
func (h Hint) describesChanges() bool { return h.Since < h.Version }

// Bus carries hints from those who change something to the hubs.
type Bus interface {
	// Publish sends a hint; it is called after the change is committed. It does not wait for other processes and cannot
	// fail: a hint that cannot be sent is lost, which the hubs tolerate.
	Publish(Hint)

	// Subscribe arranges for fn to be called with every hint that arrives. Calls come from any goroutine and may overlap.
	// The bus holds no lock during a call; fn must not block. Once cancel has returned, no call of fn is running and none
	// will begin. Because cancel waits for running calls, fn itself must not call it. Further calls of cancel do nothing.
	Subscribe(fn func(Hint)) (cancel func())
}

// LocalBus is a Bus within one process. It loses no hint: when Publish returns, every subscriber has been called.
type LocalBus struct {
	mu            sync.Mutex
	subscriptions []*subscription // replaced and never modified, so that it can be read without the lock
}

type subscription struct {
	fn    func(Hint)
	calls sync.WaitGroup // calls that were begun and have not returned; increased only under LocalBus.mu, while subscribed
}

// NewLocalBus returns a bus without subscribers.
func NewLocalBus() *LocalBus { return &LocalBus{} }

// Publish calls every subscriber in the caller's goroutine.
func (b *LocalBus) Publish(hint Hint) {
	for _, sub := range b.beginCalls() {
		sub.fn(hint)
		sub.calls.Done()
	}
}

// beginCalls returns the present subscriptions. It counts one call for each of them, which cancel waits for.
func (b *LocalBus) beginCalls() []*subscription {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, sub := range b.subscriptions {
		sub.calls.Add(1)
	}
	return b.subscriptions
}

// Subscribe implements Bus.
func (b *LocalBus) Subscribe(fn func(Hint)) (cancel func()) {
	sub := &subscription{fn: fn}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subscriptions = append(slices.Clone(b.subscriptions), sub)
	return func() { b.unsubscribe(sub) }
}

func (b *LocalBus) unsubscribe(sub *subscription) {
	b.mu.Lock()
	others := slices.Clone(b.subscriptions)
	b.subscriptions = slices.DeleteFunc(others, func(s *subscription) bool { return s == sub })
	b.mu.Unlock()
	sub.calls.Wait()
}
