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
	maxWaiting = 2_000 // changes that wait for one group's turn; more could not be served in time

)

// changer is the one door through which rooms change. Changes that wait at the same time share a transaction: those of
// one room, and on SQLite, where there is one writer, those of all rooms. Whoever comes first runs the group, on its own
// goroutine, and hands over to the first of those who came meanwhile.
type changer struct {
	db      *database.DB
	bus     live.Bus
	sizes   prometheus.Observer
	mu      sync.Mutex
	queues  map[string][]*pendingChange // by group; guarded by mu
	running map[string]bool             // groups that somebody runs; guarded by mu
}

// pendingChange is somebody's change that waits for its turn.
type pendingChange struct {
	ctx  context.Context
	room string
	fn   func(context.Context, *roomTx) error
	err  error
	wake chan bool // true: run the group; false: it is done. One message is ever sent, so the sender never waits.
}

func newChanger(store *database.DB, bus live.Bus, sizes prometheus.Observer) *changer {
	return &changer{db: store, bus: bus, sizes: sizes, queues: map[string][]*pendingChange{}, running: map[string]bool{}}
}

// change runs fn as one change of an open room and publishes a hint after the commit. fn reads, decides and then writes: a
// refusal (an *Error) comes before its first write, and it may run again after a deadlock. Nothing written means no new
// version. A room that is not open gives a Conflict, a database that cannot keep up RateLimited.
func (c *changer) change(ctx context.Context, roomID string, fn func(context.Context, *roomTx) error) error {
	p := &pendingChange{ctx: ctx, room: roomID, fn: fn, wake: make(chan bool, 1)}
	group := c.groupOf(roomID)
	c.mu.Lock()
	if len(c.queues[group]) >= maxWaiting {
		c.mu.Unlock()
		return &party.Error{Code: party.RateLimited, Message: "too many changes at once: try again in a second", RetryAfter: time.Second}
	}
	c.queues[group] = append(c.queues[group], p)
	lead := !c.running[group]
	c.running[group] = true
	c.mu.Unlock()
	if !lead {
		lead = <-p.wake
	}
	if lead {
		c.lead(group)
	}
	return p.err
}

func (c *changer) groupOf(roomID string) string {
	if c.db.Dialect == dialect.SQLite {
		return ""
	}
	return roomID
}

// lead runs the next changes of a group and appoints who runs those after them. The caller's own change is the first.
func (c *changer) lead(group string) {
	c.mu.Lock()
	n := min(maxGroup, len(c.queues[group]))
	mine := c.queues[group][:n:n]
	c.queues[group] = c.queues[group][n:]
	c.mu.Unlock()

	finished := false
	defer func() { // also if run panics: the others must not wait for ever
		c.handOver(group, mine, finished)
	}()
	c.run(mine)
	finished = true
}

func (c *changer) handOver(group string, mine []*pendingChange, finished bool) {
	for i, p := range mine {
		if !finished {
			p.err = errors.New("the transaction was not finished")
		}
		if i > 0 {
			p.wake <- false
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if next := c.queues[group]; len(next) > 0 {
		next[0].wake <- true
		return
	}
	delete(c.queues, group)
	delete(c.running, group)
}

// run gives every change of the group its outcome.
func (c *changer) run(group []*pendingChange) {
	c.sizes.Observe(float64(len(group)))
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
		for _, p := range alive { // one of them failed: who it was shows when each runs alone
			p.err = c.attempts([]*pendingChange{p})
		}
	default:
		for _, p := range alive {
			p.err = err
		}
	}
}

// attempts runs the group's transaction, again after a deadlock or a lock timeout.
func (c *changer) attempts(group []*pendingChange) (err error) {
	for attempt := range database.MaxAttempts {
		var hints []live.Hint
		if hints, err = c.transact(group); err == nil {
			for _, hint := range hints {
				hint.Cause = trace.SpanContextFromContext(group[0].ctx)
				c.bus.Publish(hint)
			}
			if len(group) == 1 {
				return group[0].err
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

// blamesOne says that one change of a group may have failed by itself, and the others may succeed without it.
func mayBeOnesFault(err error) bool {
	return !errors.As(err, new(*database.TxError)) && !errors.Is(err, context.DeadlineExceeded)
}
