/*
Package groups collects changes that wait at the same time, and makes each group of them in one transaction: changes of
the same room; changes of several rooms, if they may share; and, if the database has one writer, changes of all rooms.
It knows neither what the changes do nor their statements. Package jukebox says what a change is.

It has no goroutine of its own: of the callers that wait in a queue, the first runs the next group of changes on its
goroutine, and then wakes the next caller to do the same.

The faster the database, the larger the groups: see groupLimit. Changes for which a transaction has no time go back to
the front of the queue, as do all changes of a transaction that timed out.
*/
package groups

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/internal/party"
)

const (
	maxWaiting  = 2_000       // changes that wait in one queue; more could not be served in time
	maxWait     = time.Minute // how long a change waits for its turn; after that its client no longer waits for the answer
	maxTimeouts = 3           // a change fails when this many transactions with it timed out, each half the one before
)

var errTooManyChanges = &party.Error{
	Code: party.RateLimited, Message: "Too many changes at once. Try again in a second.", RetryAfter: time.Second,
}

// Config holds what Groups need. All fields are required.
type Config[J any] struct {
	// Attempt makes the first changes of a group in one transaction, as many as there is time for. It returns how many
	// these are, and sets the Err of each to its outcome, or Left if it has not made the change. If it returns an error,
	// it has made none; only after a failed commit is that unknown.
	Attempt  func(group []*Work[J]) (made int, err error)
	OneQueue bool                // there is one writer, so the changes of all rooms wait in one queue
	Sizes    prometheus.Observer // of the groups that were made
}

// Groups are the changes that wait and run. It is safe for concurrent use.
type Groups[J any] struct {
	cfg    Config[J]
	mu     sync.Mutex
	limit  groupLimit           // guarded by mu
	queues map[string]*queue[J] // by queueOf; those in which changes wait or run; guarded by mu
	ready  []*queue[J]          // those that wait for a turn, the longest first; guarded by mu
	turns  int                  // how many are taken; guarded by mu
}

// New returns Groups without changes.
func New[J any](cfg Config[J]) *Groups[J] {
	return &Groups[J]{cfg: cfg, queues: map[string]*queue[J]{}}
}

// Work is a change that waits for its group, or belongs to the group that runs.
type Work[J any] struct {
	Ctx    context.Context
	Key    string // of the room
	Shares bool   // it may share a transaction with others of other rooms, and takes less time than other changes
	Job    J      // what to do
	Left   bool   // Attempt has not made it, because somebody else had locked its room
	Err    error  // its outcome

	since    time.Time // when it began to wait
	timeouts int       // how many transactions with this change have timed out
	alone    bool      // it runs without changes of other rooms, because it was left once
	done     bool      // it will not run again; set before its caller is woken
	// wake receives true if the caller has to run the next group, which begins with its own change, and false if the
	// change is done. There is at most one value for the caller to receive, so the sender never blocks.
	wake chan bool
}

// Do makes a change as part of a group, and returns its outcome. The error is RateLimited if too many changes wait
// already or this one has waited for maxWait. If its context ends, a waiting change does not run, but a running one is
// not interrupted.
func (g *Groups[J]) Do(p *Work[J]) error {
	p.since, p.wake = time.Now(), make(chan bool, 1)
	if !g.enqueue(p) {
		return errTooManyChanges
	}
	for {
		if !g.await(p) {
			return p.Err
		}
		g.runNextGroup(p)
		if p.done {
			return p.Err
		}
	}
}

// Waiting returns how many changes wait in the queue of a room, and whether a group of it runs.
func (g *Groups[J]) Waiting(key string) (waiting int, busy bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	q := g.queues[g.queueOf(key)]
	if q == nil {
		return 0, false
	}
	return len(q.waiting), q.state == queueRunning
}
