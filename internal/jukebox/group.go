package jukebox

import (
	"context"
	"database/sql/driver"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"entgo.io/ent/dialect"
	"github.com/go-sql-driver/mysql"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"antwon.dj/backend/internal/live"
)

const (
	maxGroup      = 32              // changes that share a transaction
	maxWaiting    = 2_000           // changes that wait for one group's turn; more could not be served in time
	changeTimeout = 5 * time.Second // for one transaction, from its beginning
	maxAttempts   = 5               // after deadlocks and lock timeouts
)

// changer is the one door through which rooms change. Changes that wait at the same time share a transaction: those of
// one room, and on SQLite, where there is one writer, those of all rooms. Whoever comes first runs the group, on its own
// goroutine, and hands over to the first of those who came meanwhile.
type changer struct {
	store   *Store
	bus     live.Bus
	sizes   prometheus.Observer
	mu      sync.Mutex
	waiting map[string][]*pendingChange // by group; guarded by mu
	led     map[string]bool             // groups that somebody runs; guarded by mu
}

// pendingChange is somebody's change that waits for its turn.
type pendingChange struct {
	ctx  context.Context
	room string
	fn   func(context.Context, *roomTx) error
	err  error
	wake chan bool // true: run the group; false: it is done. One message is ever sent, so the sender never waits.
}

func newChanger(store *Store, bus live.Bus, sizes prometheus.Observer) *changer {
	return &changer{store: store, bus: bus, sizes: sizes, waiting: map[string][]*pendingChange{}, led: map[string]bool{}}
}

// change runs fn as one change of an open room and publishes a hint after the commit. fn reads, decides and then writes: a
// refusal (an *Error) comes before its first write, and it may run again after a deadlock. Nothing written means no new
// version. A room that is not open gives a Conflict, a database that cannot keep up RateLimited.
func (c *changer) change(ctx context.Context, roomID string, fn func(context.Context, *roomTx) error) error {
	p := &pendingChange{ctx: ctx, room: roomID, fn: fn, wake: make(chan bool, 1)}
	group := c.groupOf(roomID)
	c.mu.Lock()
	if len(c.waiting[group]) >= maxWaiting {
		c.mu.Unlock()
		return &Error{Code: RateLimited, Message: "too many changes at once: try again in a second", RetryAfter: time.Second}
	}
	c.waiting[group] = append(c.waiting[group], p)
	lead := !c.led[group]
	c.led[group] = true
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
	if c.store.dialect == dialect.SQLite {
		return ""
	}
	return roomID
}

// lead runs the next changes of a group and appoints who runs those after them. The caller's own change is the first.
func (c *changer) lead(group string) {
	c.mu.Lock()
	n := min(maxGroup, len(c.waiting[group]))
	mine := c.waiting[group][:n:n]
	c.waiting[group] = c.waiting[group][n:]
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
	if next := c.waiting[group]; len(next) > 0 {
		next[0].wake <- true
		return
	}
	delete(c.waiting, group)
	delete(c.led, group)
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
	case len(alive) > 1 && blamesOne(err):
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
	for attempt := range maxAttempts {
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
		if !retryable(err) {
			return err
		}
		backOff(attempt)
	}
	return err
}

// backOff waits for a random time that grows with each attempt: 10 ms at most, then 20, 40, …
func backOff(attempt int) {
	time.Sleep(time.Duration(rand.Int64N(int64(10*time.Millisecond) << attempt)))
}

// txError is a transaction that did not begin, or whose commit failed: no single change is to blame. Whether a failed
// commit took place is not known, so it is not repeated.
type txError struct {
	commit bool
	err    error
}

func (e *txError) Error() string {
	if e.commit {
		return "commit: " + e.err.Error()
	}
	return "begin: " + e.err.Error()
}

func (e *txError) Unwrap() error { return e.err }

// blamesOne says that one change of a group may have failed by itself, and the others may succeed without it.
func blamesOne(err error) bool {
	return !errors.As(err, new(*txError)) && !errors.Is(err, context.DeadlineExceeded)
}

// retryable tells a transaction that lost against another one, and was rolled back, from one that fails again.
func retryable(err error) bool {
	if failed, ok := errors.AsType[*txError](err); ok && failed.commit {
		return false
	}
	if e, ok := errors.AsType[*mysql.MySQLError](err); ok {
		return e.Number == 1213 || e.Number == 1205 // deadlock, lock wait timeout
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()&0xff == sqlite3.SQLITE_BUSY
	}
	return errors.Is(err, driver.ErrBadConn)
}
