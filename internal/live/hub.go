package live

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// ErrClosed is returned by Watch once the hub is closed, and by Next once the watcher or the hub is.
var ErrClosed = errors.New("live: closed")

// State is what watchers get: immutable, shared by all of them, typically a pointer to a struct. Its zero value means
// "no state" and StateVersion is never called on it.
type State interface {
	comparable
	StateVersion() int64
}

// Source is where states come from: the truth that hints only point to. Its methods are called from several goroutines,
// never twice at once for one topic, with a context that ends when the hub is closed. They have to bound their own time:
// a call that hangs keeps its topic waiting.
type Source[S State] interface {
	// Load returns the newest state. Have is the one the feed has, or the zero value: the source may load only what is
	// newer and share the rest with it. It returns have itself when nothing is newer, and never the zero value. Touched
	// tells until Load returns whom the changes concern that are loaded; it is best asked after the rows were read, so
	// that hints which arrived meanwhile count. Who calls Load outside a feed may pass nil.
	Load(ctx context.Context, topic string, have S, touched AffectedUsers) (S, error)

	// Versions returns the present versions of the topics. One that is absent is gone: its watchers keep the last state.
	Versions(ctx context.Context, topics []string) (map[string]int64, error)
}

// Options are the times a hub keeps, and who is told about its loads.
type Options struct {
	Interval  time.Duration // the pause of a feed after each load; 0: none
	Reconcile time.Duration // how often the versions of all feeds are asked for; 0: every 5 s
	Linger    time.Duration // how long a feed that nobody watches is kept; 0: 5 s

	Log    *slog.Logger                        // nil: silent
	OnLoad func(took time.Duration, err error) // called after every load, for metrics; may be nil, must not block

	Tracing trace.TracerProvider // nil: loads are no spans
}

func (o Options) withDefaults() Options {
	if o.Reconcile <= 0 {
		o.Reconcile = 5 * time.Second
	}
	if o.Linger <= 0 {
		o.Linger = 5 * time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Hub keeps one feed for every topic that is watched. All its methods may be called at any time, by anybody.
type Hub[S State] struct {
	src         Source[S]
	opts        Options
	tracer      trace.Tracer // nil: loads are no spans
	unsubscribe func()

	ctx          context.Context // the hub's life: every load runs in it and every watcher ends with it
	cancel       context.CancelFunc
	running      sync.WaitGroup // every goroutine of the hub; none is added once ctx has ended
	reconcileNow chan struct{}  // holds a token when the versions shall be asked for at once

	mu    sync.Mutex // see "The mutex" in the package comment
	feeds map[string]*feed[S]
}

// NewHub returns a hub that listens to bus and loads from src. Close it to end its goroutines.
func NewHub[S State](bus Bus, src Source[S], opts Options) *Hub[S] {
	h := &Hub[S]{src: src, opts: opts.withDefaults(), reconcileNow: make(chan struct{}, 1), feeds: make(map[string]*feed[S])}
	if opts.Tracing != nil {
		h.tracer = opts.Tracing.Tracer("antwon.dj/backend/internal/live")
	}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	h.unsubscribe = bus.Subscribe(h.Hint)
	h.running.Go(h.reconcile)
	return h
}

// Watch joins the topic's feed, or starts it with a first load, and returns when the feed has a state that is new enough:
// every hint that reached the hub before Watch was called is answered by it. If the load that takes fails, Watch returns
// its error. The context bounds only this waiting; the watcher lives until it is closed.
func (h *Hub[S]) Watch(ctx context.Context, topic string) (*Watcher[S], error) {
	f, load, err := h.addWatcher(topic)
	if err != nil {
		return nil, err
	}
	if err := h.awaitLoad(ctx, load); err != nil {
		h.removeWatcher(f)
		return nil, err
	}
	return newWatcher(f), nil
}

func (h *Hub[S]) addWatcher(topic string) (*feed[S], *pendingLoad, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ctx.Err() != nil {
		return nil, nil, ErrClosed
	}
	f := h.feeds[topic]
	if f == nil {
		f = newFeed(h, topic)
		h.feeds[topic] = f
		h.running.Go(f.run)
	}
	return f, f.addWatcher(), nil
}

// await returns the load's result; a nil load is one that nobody has to wait for.
func (h *Hub[S]) awaitLoad(ctx context.Context, load *pendingLoad) error {
	if load == nil {
		return nil
	}
	select {
	case <-load.done:
	case <-ctx.Done():
		return ctx.Err()
	case <-h.ctx.Done():
	}
	if h.ctx.Err() != nil { // also the reason why a load failed that was cut off
		return ErrClosed
	}
	return load.err
}

func (h *Hub[S]) removeWatcher(f *feed[S]) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f.removeWatcher()
}

// Hint tells this hub alone what a hint on the bus tells all: load the topic, if it is watched and the version is newer
// than the feed's. Somebody who knows of a version, say a client that saw it elsewhere, hints before it watches, with a
// Claim.
func (h *Hub[S]) Hint(hint Hint) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f := h.feeds[hint.Topic]; f != nil {
		f.receiveHint(hint)
	}
}

// Reconcile asks for the versions of all feeds now instead of when Options.Reconcile is over: for somebody who knows that
// hints may have been lost. It does not wait for the answer; calls that come together are one.
func (h *Hub[S]) Reconcile() {
	select {
	case h.reconcileNow <- struct{}{}:
	default: // a token waits already
	}
}

// reconcile heals, again and again, what lost hints left behind.
func (h *Hub[S]) reconcile() {
	for failing := false; h.awaitReconcile(); {
		err := h.hintCurrentVersions()
		if err != nil && !failing && h.ctx.Err() == nil {
			h.opts.Log.Warn("asking for versions failed", "err", err)
		}
		failing = err != nil
	}
}

// heal hints at the present version of every feed.
func (h *Hub[S]) hintCurrentVersions() error {
	topics := h.topics()
	if len(topics) == 0 {
		return nil
	}
	versions, err := h.src.Versions(h.ctx, topics)
	if err != nil {
		return err
	}
	for topic, version := range versions {
		h.Hint(VersionHint(topic, version))
	}
	return nil
}

// rest waits until the versions have to be asked for. It reports false when the hub is closed.
func (h *Hub[S]) awaitReconcile() bool {
	select {
	case <-time.After(h.opts.Reconcile):
	case <-h.reconcileNow:
	case <-h.ctx.Done():
	}
	return h.ctx.Err() == nil
}

func (h *Hub[S]) topics() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Collect(maps.Keys(h.feeds))
}

// Feeds returns the number of feeds, those included that linger without a watcher.
func (h *Hub[S]) FeedCount() int { return len(h.topics()) }

// Watching returns the number of watchers, those included whose Watch still waits.
func (h *Hub[S]) WatcherCount() (watchers int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range h.feeds {
		watchers += f.watchers
	}
	return watchers
}

// Watchers returns the number of a topic's watchers, those included whose Watch still waits.
func (h *Hub[S]) TopicWatcherCount(topic string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f := h.feeds[topic]; f != nil {
		return f.watchers
	}
	return 0
}

// Close ends every feed and every watcher. When it returns, all goroutines of the hub have ended and neither the source
// nor the options' functions are called any more.
func (h *Hub[S]) Close() {
	h.mu.Lock()
	h.cancel() // under the mutex, so that join cannot add a goroutine afterwards
	h.mu.Unlock()
	h.unsubscribe()
	h.running.Wait()
}

// sleep waits and reports true, or false as soon as the context has ended.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
