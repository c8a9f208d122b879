package reactions

import (
	"maps"
	"sync"
	"time"

	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
)

// feeds are the rooms that have watchers at this server.
type feeds struct {
	mu     sync.Mutex
	byRoom map[string]*feed
}

// feed is a room that has watchers. The mutex of feeds guards it.
type feed struct {
	totals   counts        // what has arrived since the feed began
	arrived  chan struct{} // closed when something arrives
	watchers int
}

// receive adds the reactions that a server has announced. It is called by the bus.
func (f *feeds) receive(moment live.Moment) {
	sent := decode(moment.Data)
	f.mu.Lock()
	defer f.mu.Unlock()
	watched := f.byRoom[moment.Topic]
	if watched == nil || len(sent) == 0 {
		return
	}
	for kind, n := range sent {
		watched.totals[kind] += n
	}
	close(watched.arrived)
	watched.arrived = make(chan struct{})
}

// Watcher shows the reactions of one room, window by window. Only one goroutine may use it.
type Watcher struct {
	feeds    *feeds
	roomID   string
	feed     *feed
	consumed counts // the feed's totals, as far as they were shown
	shown    []party.ReactionCount
	shownAt  time.Time
}

// Watch returns a watcher of a room. It does not check permissions. The caller must close it.
func (r *Reactions) Watch(roomID string) *Watcher {
	r.feeds.mu.Lock()
	defer r.feeds.mu.Unlock()
	watched := r.feeds.byRoom[roomID]
	if watched == nil {
		watched = &feed{totals: counts{}, arrived: make(chan struct{})}
		r.feeds.byRoom[roomID] = watched
	}
	watched.watchers++
	return &Watcher{feeds: &r.feeds, roomID: roomID, feed: watched, consumed: maps.Clone(watched.totals)}
}

// Close ends the watcher.
func (w *Watcher) Close() {
	w.feeds.mu.Lock()
	defer w.feeds.mu.Unlock()
	if w.feed.watchers--; w.feed.watchers == 0 {
		delete(w.feeds.byRoom, w.roomID)
	}
}

// Shown is what a watcher shows at one time.
type Shown struct {
	Counts []party.ReactionCount // empty: nobody has reacted just now
	IsNew  bool                  // it was not shown before
	// One of these two says when to look again: after the time After if it is positive, and otherwise when the channel
	// When is closed.
	After time.Duration
	When  <-chan struct{}
}

// Look returns what is to be shown now. What was shown stays for a Window.
func (w *Watcher) Look(now time.Time) Shown {
	totals, arrived := w.read()
	left := Window - now.Sub(w.shownAt)
	fresh := totals.since(w.consumed)
	switch {
	case len(w.shown) > 0 && left > 0:
		return Shown{Counts: w.shown, After: left}
	case len(fresh) > 0:
		w.consumed, w.shown, w.shownAt = totals, fresh, now
		return Shown{Counts: fresh, IsNew: true, After: Window}
	case len(w.shown) > 0:
		w.shown = nil
		return Shown{IsNew: true, When: arrived}
	}
	return Shown{When: arrived}
}

func (w *Watcher) read() (totals counts, arrived <-chan struct{}) {
	w.feeds.mu.Lock()
	defer w.feeds.mu.Unlock()
	return maps.Clone(w.feed.totals), w.feed.arrived
}
