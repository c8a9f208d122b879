package live

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// A failed load is retried after a jittered delay that doubles from the minimum to the maximum.
const (
	minRetryDelay = 100 * time.Millisecond
	maxRetryDelay = 5 * time.Second
)

var errNoState = errors.New("live: the source returned no state")

// feed is one topic that is watched: its newest state, and the goroutine that replaces it.
type feed[S State] struct {
	hub         *Hub[S]
	topic       string
	newest      atomic.Pointer[currentState[S]] // nil until the first load; only the feed's goroutine stores it
	failures    int                             // consecutive failed loads; used by the feed's goroutine only
	wake        chan struct{}                   // holds a token when there may be something to load
	lingerTimer *time.Timer                     // restarted whenever the last watcher is removed

	// Guarded by Hub.mu.
	watchers       int
	wantedVersion  int64        // the newest version hinted since the last load began; 0: none newer than the feed's
	loadingVersion int64        // the value of wantedVersion when that load began
	newHints       []Hint       // the hints that describe changes and came since that load began; at most maxHints
	loadingHints   []Hint       // while that load runs: the value of newHints when it began
	runningLoad    *pendingLoad // nil while no load runs
	nextLoad       *pendingLoad // the load that will begin when one is wanted
}

// currentState is a state and what is needed to wait for its replacement.
type currentState[S State] struct {
	state    S
	version  int64
	replaced chan struct{} // closed when a newer state replaces this one, which wakes every waiting watcher
}

// pendingLoad lets callers wait for the result of one load.
type pendingLoad struct {
	done chan struct{}
	err  error // set before done is closed
}

func newPendingLoad() *pendingLoad { return &pendingLoad{done: make(chan struct{})} }

func (l *pendingLoad) finish(err error) {
	l.err = err
	close(l.done)
}

// newFeed returns a feed that wants a load, as if its first version had been hinted.
func newFeed[S State](h *Hub[S], topic string) *feed[S] {
	return &feed[S]{
		hub:           h,
		topic:         topic,
		wake:          make(chan struct{}, 1),
		lingerTimer:   time.NewTimer(h.opts.Linger),
		wantedVersion: 1,
		nextLoad:      newPendingLoad(),
	}
}

// addWatcher counts a watcher and returns the load that it has to wait for, which is one that answers every hint so
// far, or nil if there is nothing to wait for. The caller of addWatcher, removeWatcher, receiveHint or signal holds the
// hub's mutex.
func (f *feed[S]) addWatcher() *pendingLoad {
	f.watchers++
	if f.wantedVersion > 0 {
		f.signal()
		return f.nextLoad
	}
	return f.runningLoad
}

func (f *feed[S]) removeWatcher() {
	f.watchers--
	if f.watchers == 0 {
		f.lingerTimer.Reset(f.hub.opts.Linger)
	}
}

// receiveHint asks for a load if the hint is newer than the feed's state.
func (f *feed[S]) receiveHint(hint Hint) {
	if n := f.newest.Load(); n != nil && hint.Version <= n.version {
		return
	}
	f.recordHint(hint)
	f.wantedVersion = max(f.wantedVersion, hint.Version)
	f.signal()
}

// signal makes the feed's goroutine check whether a load is wanted.
func (f *feed[S]) signal() {
	select {
	case f.wake <- struct{}{}:
	default: // a token is waiting already
	}
}

// run is the feed's goroutine.
func (f *feed[S]) run() {
	for f.awaitLoadRequest() {
		err := f.load()
		f.logOutcome(err)
		if !f.finishLoad(err) || !sleep(f.hub.ctx, f.pauseAfterLoad()) {
			return
		}
	}
}

// awaitLoadRequest waits until a load is wanted and begins it. It returns false when the feed has ended: its linger
// time is over, or the hub was closed.
func (f *feed[S]) awaitLoadRequest() bool {
	for {
		select {
		case <-f.wake:
			if f.beginLoad() {
				return true
			}
		case <-f.lingerTimer.C:
			if f.removeIfUnwatched() {
				return false
			}
		case <-f.hub.ctx.Done():
			return false
		}
	}
}

// beginLoad makes the next load the running one, if a load is wanted. Without watchers it begins none: the next watcher
// signals again.
func (f *feed[S]) beginLoad() bool {
	f.hub.mu.Lock()
	defer f.hub.mu.Unlock()
	if f.wantedVersion == 0 || f.watchers == 0 {
		return false
	}
	f.loadingVersion, f.wantedVersion = f.wantedVersion, 0
	f.loadingHints, f.newHints = f.newHints, nil
	f.runningLoad, f.nextLoad = f.nextLoad, newPendingLoad()
	return true
}

// removeIfUnwatched removes the feed from the hub and returns true, unless the feed has watchers.
func (f *feed[S]) removeIfUnwatched() bool {
	f.hub.mu.Lock()
	defer f.hub.mu.Unlock()
	if f.watchers > 0 {
		return false
	}
	delete(f.hub.feeds, f.topic)
	return true
}

// load asks the source for the newest state and keeps it.
func (f *feed[S]) load() error {
	var none, have S
	if n := f.newest.Load(); n != nil {
		have = n.state
	}
	start := time.Now()
	ctx, span := f.startSpan(f.hub.ctx)
	state, err := f.hub.src.Load(ctx, f.topic, have, f.affectedUsers)
	endSpan(span, err)
	if err == nil && state == none {
		err = errNoState
	}
	if f.hub.opts.OnLoad != nil {
		f.hub.opts.OnLoad(time.Since(start), err)
	}
	if err == nil {
		f.replaceState(state)
	}
	return err
}

// replaceState makes state the newest and wakes the watchers. It ignores a state that is not newer: a feed never goes
// back.
func (f *feed[S]) replaceState(state S) {
	old := f.newest.Load()
	version := state.StateVersion()
	if old != nil && version <= old.version {
		return
	}
	f.newest.Store(&currentState[S]{state: state, version: version, replaced: make(chan struct{})})
	if old != nil {
		close(old.replaced)
	}
}

// logOutcome counts consecutive failures, and logs the first one and the success that ends them.
func (f *feed[S]) logOutcome(err error) {
	log := f.hub.opts.Log
	switch {
	case err == nil && f.failures > 0:
		log.Info("loading works again", "topic", f.topic, "failures", f.failures)
		f.failures = 0
	case err != nil:
		if f.failures == 0 && f.hub.ctx.Err() == nil {
			log.Warn("loading failed", "topic", f.topic, "err", err)
		}
		f.failures++
	}
}

// finishLoad wakes the callers that wait for the running load and decides whether another one is wanted. It returns
// false if the feed's first load has failed: then it removes the feed.
func (f *feed[S]) finishLoad(err error) bool {
	f.hub.mu.Lock()
	defer f.hub.mu.Unlock()
	f.runningLoad.finish(err)
	f.runningLoad = nil
	f.discardAnsweredHints(err)
	switch n := f.newest.Load(); {
	case n == nil:
		f.nextLoad.finish(err)
		delete(f.hub.feeds, f.topic)
		return false
	case err != nil:
		f.wantedVersion = max(f.wantedVersion, f.loadingVersion)
		f.signal()
	case f.wantedVersion <= n.version: // this load also returned the version hinted meanwhile, so none follows
		f.wantedVersion = 0
		f.nextLoad.finish(nil)
		f.nextLoad = newPendingLoad()
	}
	return true
}

// pauseAfterLoad returns how long the feed waits before its next load may begin. The pause begins when a load ends, so
// that a slow source is asked less often.
func (f *feed[S]) pauseAfterLoad() time.Duration {
	if f.failures == 0 {
		return f.hub.opts.Interval
	}
	d := min(minRetryDelay<<min(f.failures-1, 10), maxRetryDelay)
	return max(f.hub.opts.Interval, d/2+rand.N(d/2))
}

// Watcher is a cursor on a feed: it remembers the version that it delivered last. Only one goroutine at a time may call
// Next; any goroutine may call the other methods at any time.
type Watcher[S State] struct {
	feed      *feed[S]
	delivered int64           // the version that Next returned last
	ctx       context.Context // ends when the watcher or the hub is closed
	cancel    context.CancelFunc
	closed    atomic.Bool
}

func newWatcher[S State](f *feed[S]) *Watcher[S] {
	w := &Watcher[S]{feed: f, delivered: -1}
	w.ctx, w.cancel = context.WithCancel(f.hub.ctx)
	return w
}

// Next returns the newest state if it is newer than the one that Next returned last, and otherwise waits for a newer
// one. The first call never waits. Next returns ctx.Err() when ctx ends, and ErrClosed when the watcher or the hub is
// closed.
func (w *Watcher[S]) Next(ctx context.Context) (S, error) {
	var none S
	for {
		n := w.feed.newest.Load()
		switch {
		case w.ctx.Err() != nil:
			return none, ErrClosed
		case ctx.Err() != nil:
			return none, ctx.Err()
		case n.version > w.delivered:
			w.delivered = n.version
			return n.state, nil
		}
		select {
		case <-n.replaced:
		case <-ctx.Done():
		case <-w.ctx.Done():
		}
	}
}

// Latest returns the newest state without moving the cursor. It also works after Close.
func (w *Watcher[S]) Latest() S { return w.feed.newest.Load().state }

// Newest returns the newest state without moving the cursor, and a channel that is closed when a newer state replaces
// it. It is for callers that wait for several things at once. A closed hub loads nothing, so they should also wait for
// Done.
func (w *Watcher[S]) Newest() (state S, replaced <-chan struct{}) {
	n := w.feed.newest.Load()
	return n.state, n.replaced
}

// Done returns a channel that is closed when the watcher or its hub is closed.
func (w *Watcher[S]) Done() <-chan struct{} { return w.ctx.Done() }

// Close ends the watcher and a call of Next that waits. Further calls do nothing.
func (w *Watcher[S]) Close() {
	if w.closed.CompareAndSwap(false, true) {
		w.cancel()
		w.feed.hub.removeWatcher(w.feed)
	}
}
