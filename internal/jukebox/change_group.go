package jukebox

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"entgo.io/ent/dialect"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"

	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
)

const (
	maxWaiting  = 2_000       // changes that wait in one queue; more could not be served in time
	maxWait     = time.Minute // how long a change waits for its turn; after that its client no longer waits for the answer
	maxTimeouts = 3           // after so many transactions that timed out, each half as large, a change of them fails
)

var errTooManyChanges = &party.Error{
	Code: party.RateLimited, Message: "Too many changes at once. Try again in a second.", RetryAfter: time.Second,
}

// changer runs all changes of rooms. Changes that wait at the same time share a transaction: those of one room, and on
// SQLite, which has one writer, those of all rooms. It has no goroutine of its own: of the callers that wait in a
// queue, the first runs the next group of changes on its goroutine, and then wakes the next caller to do the same.
//
// A group is as large as the database is fast: see groupLimit. Changes for which a transaction has no time stay at the
// front of the queue, and so do those of a transaction that timed out, which has made none of them.
type changer struct {
	db         *database.DB
	bus        live.Bus
	groupSizes prometheus.Observer
	mu         sync.Mutex
	limit      groupLimit                  // guarded by mu
	queues     map[string][]*pendingChange // the changes that wait, by queueOf; guarded by mu
	running    map[string]bool             // the queues for which a caller runs a group; guarded by mu
}

// pendingChange is a change that waits for its group, or belongs to the group that runs.
type pendingChange struct {
	ctx   context.Context
	room  string
	fn    func(context.Context, *roomTx) error
	since time.Time // when it began to wait
	// timeouts is how many transactions with this change have timed out.
	timeouts int
	err      error // its outcome once it is done
	done     bool  // it will not run again; set before its caller is woken
	// wake receives true if the caller has to run the next group, which begins with its own change, and false if the
	// change is done. There is at most one value for the caller to receive, so the sender never blocks.
	wake chan bool
}

func newChanger(db *database.DB, bus live.Bus, groupSizes prometheus.Observer) *changer {
	return &changer{
		db: db, bus: bus, groupSizes: groupSizes,
		queues: map[string][]*pendingChange{}, running: map[string]bool{},
	}
}

// change runs fn as one change of an open room, and publishes a hint after the commit. fn must follow the rules of a
// transaction in the package comment. change returns nil after the commit, and the refusal if fn refuses. Conflict if
// the room is not open, RateLimited if too many changes wait already or this one has waited for maxWait. A ctx that
// ends keeps a waiting change from running, but does not interrupt one that runs.
func (c *changer) change(ctx context.Context, roomID string, fn func(context.Context, *roomTx) error) error {
	p := &pendingChange{ctx: ctx, room: roomID, fn: fn, since: time.Now(), wake: make(chan bool, 1)}
	queue := c.queueOf(roomID)
	if !c.enqueue(queue, p) {
		return errTooManyChanges
	}
	for {
		if !c.await(queue, p) {
			return p.err
		}
		c.runNextGroup(queue)
		if p.done {
			return p.err
		}
	}
}

// enqueue adds a change to a queue, and wakes its caller if no other one runs groups. It returns false if too many
// changes wait already.
func (c *changer) enqueue(queue string, p *pendingChange) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queues[queue]) >= maxWaiting {
		return false
	}
	c.queues[queue] = append(c.queues[queue], p)
	if !c.running[queue] {
		c.running[queue] = true
		p.wake <- true
	}
	return true
}

// await waits until a change is done, or its context has ended before it ran, and then returns false. It returns true
// if the caller has to run the next group.
func (c *changer) await(queue string, p *pendingChange) (leads bool) {
	select {
	case leads = <-p.wake:
		return leads
	case <-p.ctx.Done():
	}
	c.mu.Lock()
	i := slices.Index(c.queues[queue], p)
	leaves := i >= 0 && len(p.wake) == 0
	if leaves {
		c.queues[queue] = slices.Delete(c.queues[queue], i, i+1)
		p.err, p.done = p.ctx.Err(), true
	}
	c.mu.Unlock()
	return !leaves && <-p.wake
}

// queueOf returns the key of the queue in which changes of a room wait.
func (c *changer) queueOf(roomID string) string {
	if c.db.Dialect == dialect.SQLite {
		return ""
	}
	return roomID
}

// runNextGroup runs the next changes of a queue, of which the first is the caller's own, and wakes the callers of those
// that are done, and the one who runs the group after this one.
func (c *changer) runNextGroup(queue string) {
	c.mu.Lock()
	n := min(c.limit.size(), len(c.queues[queue]))
	group := slices.Clone(c.queues[queue][:n])
	c.queues[queue] = slices.Delete(c.queues[queue], 0, n)
	c.mu.Unlock()

	for _, p := range group {
		p.done = true
	}
	finished := false
	defer func() { // also if run panics, or the other callers would wait forever
		c.finish(queue, group, finished)
	}()
	c.run(group)
	finished = true
}

// finish wakes the callers whose changes are done, puts the others back, and wakes the next one who waits in the queue.
func (c *changer) finish(queue string, group []*pendingChange, finished bool) {
	var again []*pendingChange
	for i, p := range group {
		switch {
		case !finished:
			p.err, p.done = errors.New("the transaction was not finished"), true
			fallthrough
		case p.done:
			if i > 0 { // the first is the caller's own
				p.wake <- false
			}
		default:
			again = append(again, p)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	waiting := append(again, c.queues[queue]...)
	if len(waiting) > 0 {
		c.queues[queue] = waiting
		waiting[0].wake <- true
		return
	}
	delete(c.queues, queue)
	delete(c.running, queue)
}

// run sets the err of every change of the group, or takes back that it is done. Changes whose context has ended, or
// which have waited too long, do not run.
func (c *changer) run(group []*pendingChange) {
	alive := group[:0:0]
	for _, p := range group {
		switch {
		case p.ctx.Err() != nil:
			p.err = p.ctx.Err()
		case time.Since(p.since) > maxWait:
			p.err = errTooManyChanges
		default:
			alive = append(alive, p)
		}
	}
	made, err := c.attempts(alive)
	switch {
	case err == nil:
		c.groupSizes.Observe(float64(made))
		c.adapt(func(l *groupLimit) { l.committed(made, made < len(alive)) })
		for _, p := range alive[made:] {
			p.done = false
		}
	case len(alive) > 1 && timedOut(err):
		c.adapt((*groupLimit).timedOut)
		for _, p := range alive {
			p.timeouts++
			p.err, p.done = err, p.timeouts == maxTimeouts
		}
	case len(alive) > 1 && mayBeOnesFault(err):
		c.runAlone(alive)
	default:
		for _, p := range alive {
			p.err = err
		}
	}
}

// runAlone runs each change in a transaction of its own, so that only the one at fault fails.
func (c *changer) runAlone(changes []*pendingChange) {
	for i, p := range changes {
		if _, err := c.attempts(changes[i : i+1]); err != nil {
			p.err = err
		}
	}
}

func (c *changer) adapt(change func(*groupLimit)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.limit)
}

// attempts runs the group's transaction, repeats it after a deadlock or a lock timeout, and publishes the hints after
// the commit. It returns how many changes were made, beginning with the first, and sets their errs to their outcomes.
// If it returns an error, none was made.
func (c *changer) attempts(group []*pendingChange) (made int, err error) {
	for attempt := range database.MaxAttempts {
		var hints []live.Hint
		if made, hints, err = c.transact(group); err == nil {
			for _, hint := range hints {
				hint.Cause = trace.SpanContextFromContext(group[0].ctx)
				c.bus.Publish(hint)
			}
			return made, nil
		}
		if !database.Retryable(err) {
			return 0, err
		}
		database.Backoff(attempt)
	}
	return 0, err
}

// timedOut reports whether a transaction took too long and was not made. After a commit it would be unknown.
func timedOut(err error) bool {
	failed, ok := errors.AsType[*database.TxError](err)
	return errors.Is(err, context.DeadlineExceeded) && (!ok || !failed.Commit)
}

// mayBeOnesFault reports whether one change of a group may have caused err, so that the others may succeed without it.
// A transaction that could not begin or commit, or took too long, is no single change's fault.
func mayBeOnesFault(err error) bool {
	return !errors.As(err, new(*database.TxError)) && !errors.Is(err, context.DeadlineExceeded)
}
