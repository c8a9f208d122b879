package live

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// Failed loads are tried again after a jittered time that doubles from the first to the most.
const (
	minRetryDelay = 100 * time.Millisecond
	maxRetryDelay = 5 * time.Second
)

var errNoState = errors.New("live: the source returned no state")

// feed is one watched topic: its newest state, and one goroutine that replaces it.
type feed[S State] struct {
	hub         *Hub[S]
	topic       string
	newest      atomic.Pointer[currentState[S]] // nil until the first load; stored by the goroutine alone, loaded by anybody
	failures    int                             // loads that failed in a row; the goroutine's own
	wake        chan struct{}                   // holds a token when there may be something to load
	lingerTimer *time.Timer                     // started anew whenever the last watcher leaves

	// Guarded by Hub.mu.
	watchers       int
	wantedVersion  int64        // the newest version hinted since the last load began; 0: none that is newer than what the feed has
	loadingVersion int64        // what wanted was when that load began
	newHints       []Hint       // that tell about changes, and came since the last load began; at most maxHeard
	loadingHints   []Hint       // what heard was when that load began, while it runs
	runningLoad    *pendingLoad // the load that runs, or nil
	nextLoad       *pendingLoad // the load that will run if one is wanted
}

// news is a state until a newer one replaces it.
type currentState[S State] struct {
	state    S
	version  int64
	replaced chan struct{} // closed then, which wakes every waiting watcher at once
}

// turn is one load and those who wait for it.
type pendingLoad struct {
	done chan struct{}
	err  error // set before done is closed
}

func newPendingLoad() *pendingLoad { return &pendingLoad{done: make(chan struct{})} }

func (t *pendingLoad) finish(err error) {
	t.err = err
	close(t.done)
}

// newFeed returns a feed that behaves as if its first version had been hinted, so that it loads.
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

// join counts a watcher in and returns the load it has to wait for: one that begins after every hint so far.
// The hub's mutex is held, as it is for leave, hint and poke.
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

func (f *feed[S]) receiveHint(hint Hint) {
	if n := f.newest.Load(); n != nil && hint.Version <= n.version {
		return
	}
	f.recordHint(hint)
	f.wantedVersion = max(f.wantedVersion, hint.Version)
	f.signal()
}

func (f *feed[S]) signal() {
	select {
	case f.wake <- struct{}{}:
	default: // a token waits already
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

// begin waits until somebody wants a load. It reports false when the feed is over: nobody came back, or the hub closed.
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

// take makes the next turn the running one. Without watchers it waits: whoever joins will poke.
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

// drop forgets the feed unless somebody watches it.
func (f *feed[S]) removeIfUnwatched() bool {
	f.hub.mu.Lock()
	defer f.hub.mu.Unlock()
	if f.watchers > 0 {
		return false
	}
	delete(f.hub.feeds, f.topic)
	return true
}

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

// show makes the state the newest and wakes the watchers, unless it is not newer: a feed never goes back.
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

// report logs the first failure in a row and its end, and counts.
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

// settle ends the turn and says what is wanted now. It reports false when the first load failed: the feed is not kept.
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
	case f.wantedVersion <= n.version: // hinted meanwhile and loaded already: whoever waits for the next turn is served
		f.wantedVersion = 0
		f.nextLoad.finish(nil)
		f.nextLoad = newPendingLoad()
	}
	return true
}

// pause is how long the feed rests after a load. It follows the load, so that a slow source is asked less often.
func (f *feed[S]) pauseAfterLoad() time.Duration {
	if f.failures == 0 {
		return f.hub.opts.Interval
	}
	d := min(minRetryDelay<<min(f.failures-1, 10), maxRetryDelay)
	return max(f.hub.opts.Interval, d/2+rand.N(d/2))
}

// Watcher is a cursor on a feed: it remembers the version it delivered last and asks for what is newer. Next may be
// called by one goroutine at a time; the others by anybody at any time.
type Watcher[S State] struct {
	feed      *feed[S]
	delivered int64
	ctx       context.Context // ends with Close, and with the hub
	cancel    context.CancelFunc
	closed    atomic.Bool
}

func newWatcher[S State](f *feed[S]) *Watcher[S] {
	w := &Watcher[S]{feed: f, delivered: -1}
	w.ctx, w.cancel = context.WithCancel(f.hub.ctx)
	return w
}

// Next returns the newest state if it is newer than the last one this watcher delivered, which the first call always
// finds; otherwise it waits for one. It returns ctx.Err() when the context ends, and ErrClosed when the watcher or the
// hub is closed.
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

// Latest returns the newest state, delivered or not, without moving the cursor. It works after Close too.
func (w *Watcher[S]) Latest() S { return w.feed.newest.Load().state }

// Newest is Latest for those who wait for several things at once: it also returns the channel that is closed when a newer
// state replaces this one. A closed hub closes it no more; see Done.
func (w *Watcher[S]) Newest() (state S, replaced <-chan struct{}) {
	n := w.feed.newest.Load()
	return n.state, n.replaced
}

// Done returns a channel that is closed when the watcher or its hub is closed.
func (w *Watcher[S]) Done() <-chan struct{} { return w.ctx.Done() }

// Close ends the watch and a Next that waits. Calling it again does nothing.
func (w *Watcher[S]) Close() {
	if w.closed.CompareAndSwap(false, true) {
		w.cancel()
		w.feed.hub.removeWatcher(w.feed)
	}
}
