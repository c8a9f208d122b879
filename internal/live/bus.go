package live

import (
	"slices"
	"sync"

	"go.opentelemetry.io/otel/trace"
)

// Hint says that something changed: the topic now has this version, or a later one. Hints may be lost, doubled and
// reordered. Versions of a topic only grow and are never negative. A hint that was published is not altered any more, nor
// is what Users holds.
type Hint struct {
	Topic   string
	Since   int64 // the version before: the hint tells about every change in (Since, Version]
	Version int64
	Users   []string // whom those changes concern; nil: everybody, empty: nobody in particular

	Cause trace.SpanContext // what changed it; empty where no trace is recorded
}

// Claim is a hint that only says that a version exists, and tells about no change.
func VersionHint(topic string, version int64) Hint {
	return Hint{Topic: topic, Since: version, Version: version}
}

// tells says whether the hint tells about a change.
func (h Hint) describesChanges() bool { return h.Since < h.Version }

// Bus carries hints from those who change something to those who watch it.
type Bus interface {
	// Publish sends a hint, after the change is committed. It never blocks for long and cannot fail: a hint that cannot
	// be sent is lost, and that is all right.
	Publish(Hint)

	// Subscribe calls fn for the hints that arrive, from any goroutine and from several at once. The bus holds no lock
	// meanwhile; fn must not block. When cancel has returned, no call of fn is running and none will begin. Since cancel
	// waits for that, it must not be called from within fn. Calling it again does nothing.
	Subscribe(fn func(Hint)) (cancel func())
}

// LocalBus is a Bus within one process. It loses nothing: when Publish returns, every subscriber has been called.
type LocalBus struct {
	mu            sync.Mutex
	subscriptions []*subscription // replaced and never altered, so it can be walked without the lock
}

type subscription struct {
	fn    func(Hint)
	calls sync.WaitGroup // announced and not yet returned; only added to under LocalBus.mu, while in subs
}

// NewLocalBus returns a bus without subscribers.
func NewLocalBus() *LocalBus { return &LocalBus{} }

// Publish calls every subscriber, in the caller's goroutine.
func (b *LocalBus) Publish(hint Hint) {
	for _, sub := range b.beginCalls() {
		sub.fn(hint)
		sub.calls.Done()
	}
}

// announce returns the subscribers of this moment, each with one call announced that cancel will wait for.
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
