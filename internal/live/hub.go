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

// ErrClosed is returned by Watch once the hub is closed, and by Next once the watcher or the hub is closed.
var ErrClosed = errors.New("live: closed")

// State is what watchers get. It is immutable and shared by all of them, and is typically a pointer to a struct. The
// zero value means that there is no state; StateVersion is never called on it.
type State interface {
	comparable
	StateVersion() int64
}

// Source loads states. It is the authority that hints only refer to. Its methods are called from several goroutines,
// but Load never twice at once for one topic. Their contexts end when the hub is closed. The source has to bound the
// duration of its calls: a call that hangs keeps its topic waiting.
type Source[S State] interface {
	// Load returns the newest state of a topic. Have is the feed's present state, or the zero value: the source may load
	// only what is newer than have and share the rest with it. Load returns have itself if nothing is newer, and never the
	// zero value. Until Load returns, affected can be asked which users the loaded changes affect. It is best asked after
	// the rows were read, because it also uses hints that arrived meanwhile. A caller other than a feed may pass nil.
	Load(ctx context.Context, topic string, have S, affected AffectedUsers) (S, error)

	// Versions returns the present versions of the topics. A topic that is missing from the result no longer exists: its
	// watchers keep their last state.
	Versions(ctx context.Context, topics []string) (map[string]int64, error)
}

// Options are the intervals of a hub and the functions that it reports to.
type Options struct {
	Interval  time.Duration // the pause of a feed after each load; 0: none
	Reconcile time.Duration // how often the hub asks for the versions of all feeds; 0: every 5 s
	Linger    time.Duration // how long a feed without watchers is kept; 0: 5 s

	Log    *slog.Logger                        // nil: nothing is logged
	OnLoad func(took time.Duration, err error) // called after every load, for metrics; may be nil, must not block

	// OnRollback is called with a topic whose version in the source is below its feed's, as after a backup was restored,
	// and with the feed's version. A feed never goes back, so its watchers see nothing until the version is above the
	// feed's. May be nil, must not block.
	OnRollback func(topic string, version int64)

	Tracing trace.TracerProvider // nil: loads have no spans
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

// Hub keeps one feed for every topic that is watched. All its methods may be called by any goroutine at any time.
type Hub[S State] struct {
	src         Source[S]
	opts        Options
	tracer      trace.Tracer // nil: loads have no spans
	unsubscribe func()

	ctx          context.Context // ends with the hub; parent of the contexts of all loads and watchers
	cancel       context.CancelFunc
	running      sync.WaitGroup // every goroutine of the hub; none is added once ctx has ended
	reconcileNow chan struct{}  // holds a token when the hub should reconcile at once

	mu    sync.Mutex // see "The mutex" in the package comment
	feeds map[string]*feed[S]
}

// NewHub returns a hub that receives hints from bus and loads states from src. The caller has to close it.
func NewHub[S State](bus Bus, src Source[S], opts Options) *Hub[S] {
	h := &Hub[S]{
		src: src, opts: opts.withDefaults(), reconcileNow: make(chan struct{}, 1), feeds: make(map[string]*feed[S]),
	}
	if opts.Tracing != nil {
		h.tracer = opts.Tracing.Tracer("antwon.dj/backend/internal/live")
	}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	h.unsubscribe = bus.Subscribe(h.Hint)
	h.running.Go(h.reconcile)
	return h
}

// Watch returns a watcher of a topic, once the topic's feed answers every hint that reached the hub before Watch was
// called. It starts the feed if there is none. If the load that Watch waits for fails, it returns that error. The
// context bounds only this waiting; the watcher lives until it or the hub is closed.
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

// addWatcher counts a watcher of the topic's feed and returns the feed and the load to wait for, which may be nil.
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

// awaitLoad waits for the load and returns its error. A nil load needs no waiting.
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
	if h.ctx.Err() != nil { // also if the load failed because the hub was closed
		return ErrClosed
	}
	return load.err
}

func (h *Hub[S]) removeWatcher(f *feed[S]) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f.removeWatcher()
}

// Hint gives this hub a hint, as if it had come from the bus: the topic's feed, if there is one, loads when the version
// is newer than its own. A client that has seen a version at another server uses it with a VersionHint before Watch.
func (h *Hub[S]) Hint(hint Hint) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f := h.feeds[hint.Topic]; f != nil {
		f.receiveHint(hint)
	}
}

// Reconcile makes the hub ask for the versions of all feeds at once instead of after Options.Reconcile. It is for
// callers that know that hints may have been lost. Reconcile returns without waiting for the answer. The hub asks at
// least once after each call; calls made before it does so are answered together.
func (h *Hub[S]) Reconcile() {
	select {
	case h.reconcileNow <- struct{}{}:
	default: // a token is waiting already
	}
}

// reconcile is the goroutine that finds changes whose hints were lost. It logs the first of consecutive failures.
func (h *Hub[S]) reconcile() {
	for failing := false; h.awaitReconcile(); {
		err := h.hintCurrentVersions()
		if err != nil && !failing && h.ctx.Err() == nil {
			h.opts.Log.Warn("asking for versions failed", "err", err)
		}
		failing = err != nil
	}
}

// hintCurrentVersions asks the source for the versions of all feeds and gives each feed a hint.
func (h *Hub[S]) hintCurrentVersions() error {
	had := h.versions() // before the source is asked, which then knows at least these
	if len(had) == 0 {
		return nil
	}
	versions, err := h.src.Versions(h.ctx, slices.Collect(maps.Keys(had)))
	if err != nil {
		return err
	}
	for topic, version := range versions {
		if version < had[topic] && h.opts.OnRollback != nil {
			h.opts.OnRollback(topic, had[topic])
		}
		h.Hint(VersionHint(topic, version))
	}
	return nil
}

// awaitReconcile waits until it is time to reconcile. It returns false when the hub is closed.
func (h *Hub[S]) awaitReconcile() bool {
	select {
	case <-time.After(h.opts.Reconcile):
	case <-h.reconcileNow:
	case <-h.ctx.Done():
	}
	return h.ctx.Err() == nil
}

// versions returns the newest version of each feed, or 0 before its first load.
func (h *Hub[S]) versions() map[string]int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	versions := make(map[string]int64, len(h.feeds))
	for topic, f := range h.feeds {
		versions[topic] = 0
		if n := f.newest.Load(); n != nil {
			versions[topic] = n.version
		}
	}
	return versions
}

// FeedCount returns the number of feeds, including those that linger without a watcher.
func (h *Hub[S]) FeedCount() int { return len(h.versions()) }

// WatcherCount returns the number of watchers of all topics, including those whose Watch still waits.
func (h *Hub[S]) WatcherCount() (watchers int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range h.feeds {
		watchers += f.watchers
	}
	return watchers
}

// TopicWatcherCount returns the number of watchers of one topic, including those whose Watch still waits.
func (h *Hub[S]) TopicWatcherCount(topic string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f := h.feeds[topic]; f != nil {
		return f.watchers
	}
	return 0
}

// Close ends every feed and every watcher. When it returns, all goroutines of the hub have ended, and neither the
// source nor the functions of Options are called again.
func (h *Hub[S]) Close() {
	h.mu.Lock()
	h.cancel() // under the mutex, so that addWatcher starts no goroutine afterwards
	h.mu.Unlock()
	h.unsubscribe()
	h.running.Wait()
}

// sleep waits for d and returns true, or returns false as soon as the context has ended.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
