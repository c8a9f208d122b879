package jukebox

import (
	"context"
	"errors"
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
	maxGroup   = 32    // changes that share a transaction
	maxWaiting = 2_000 // changes that wait in one queue; more could not be served in time
)

// changer runs all changes of rooms. Changes that wait at the same time share a transaction: those of one room, and on
// SQLite, which has one writer, those of all rooms. It has no goroutine of its own: of the callers that wait in a
// queue, the first runs the next group of changes on its goroutine, and then wakes the next caller to do the same.
type changer struct {
	db         *database.DB
	bus        live.Bus
	groupSizes prometheus.Observer
	mu         sync.Mutex
	queues     map[string][]*pendingChange // the changes that wait, by queueOf; guarded by mu
	running    map[string]bool             // the queues for which a caller runs a group; guarded by mu
}

// pendingChange is a change that waits for its group, or belongs to the group that runs.
type pendingChange struct {
	ctx  context.Context
	room string
	fn   func(context.Context, *roomTx) error
	err  error // its outcome, set before the change is reported as done
	// wake receives one value: true if the caller has to run the next group, which begins with its own change; false if
	// the change is done. Its buffer holds that value, so the sender never blocks.
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
// the room is not open, RateLimited if too many changes wait already. A ctx that ends keeps a waiting change from
// running, but does not interrupt one that runs.
func (c *changer) change(ctx context.Context, roomID string, fn func(context.Context, *roomTx) error) error {
	p := &pendingChange{ctx: ctx, room: roomID, fn: fn, wake: make(chan bool, 1)}
	queue := c.queueOf(roomID)
	c.mu.Lock()
	if len(c.queues[queue]) >= maxWaiting {
		c.mu.Unlock()
		return &party.Error{
			Code: party.RateLimited, Message: "Too many changes at once. Try again in a second.", RetryAfter: time.Second,
		}
	}
	c.queues[queue] = append(c.queues[queue], p)
	runsGroup := !c.running[queue]
	c.running[queue] = true
	c.mu.Unlock()
	if !runsGroup {
		runsGroup = <-p.wake
	}
	if runsGroup {
		c.runNextGroup(queue)
	}
	return p.err
}

// queueOf returns the key of the queue in which changes of a room wait.
func (c *changer) queueOf(roomID string) string {
	if c.db.Dialect == dialect.SQLite {
		return ""
	}
	return roomID
}

// runNextGroup runs the next changes of a queue, of which the first is the caller's own, reports the others as done,
// and wakes the caller who runs the group after this one.
func (c *changer) runNextGroup(queue string) {
	c.mu.Lock()
	n := min(maxGroup, len(c.queues[queue]))
	group := c.queues[queue][:n:n]
	c.queues[queue] = c.queues[queue][n:]
	c.mu.Unlock()

	finished := false
	defer func() { // also if run panics, or the other callers would wait forever
		c.finish(queue, group, finished)
	}()
	c.run(group)
	finished = true
}

// finish wakes the callers of a group, and the next one who waits in the queue.
func (c *changer) finish(queue string, group []*pendingChange, finished bool) {
	for i, p := range group {
		if !finished {
			p.err = errors.New("the transaction was not finished")
		}
		if i > 0 { // the first is the caller's own
			p.wake <- false
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if waiting := c.queues[queue]; len(waiting) > 0 {
		waiting[0].wake <- true
		return
	}
	delete(c.queues, queue)
	delete(c.running, queue)
}

// run sets the err of every change of the group. Changes whose context has ended do not run.
func (c *changer) run(group []*pendingChange) {
	c.groupSizes.Observe(float64(len(group)))
	alive := group[:0:0]
	for _, p := range group {
		if p.err = p.ctx.Err(); p.err == nil {
			alive = append(alive, p)
		}
	}
	err := c.attempts(alive)
	switch {
	case err == nil:
	case len(alive) > 1 && mayBeOnesFault(err):
		for _, p := range alive { // alone, only the change at fault fails
			if err := c.attempts([]*pendingChange{p}); err != nil {
				p.err = err
			}
		}
	default:
		for _, p := range alive {
			p.err = err
		}
	}
}

// attempts runs the group's transaction, repeats it after a deadlock or a lock timeout, and publishes the hints after
// the commit. If it returns nil, the err of each change is its outcome.
func (c *changer) attempts(group []*pendingChange) (err error) {
	for attempt := range database.MaxAttempts {
		var hints []live.Hint
		if hints, err = c.transact(group); err == nil {
			for _, hint := range hints {
				hint.Cause = trace.SpanContextFromContext(group[0].ctx)
				c.bus.Publish(hint)
			}
			return nil
		}
		if !database.Retryable(err) {
			return err
		}
		database.Backoff(attempt)
	}
	return err
}

// mayBeOnesFault reports whether one change of a group may have caused err, so that the others may succeed without it.
// A transaction that could not begin or commit, or took too long, is no single change's fault.
func mayBeOnesFault(err error) bool {
	return !errors.As(err, new(*database.TxError)) && !errors.Is(err, context.DeadlineExceeded)
}
