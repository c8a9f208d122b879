package jukebox

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"entgo.io/ent/dialect"
	"github.com/go-sql-driver/mysql"
	"github.com/prometheus/client_golang/prometheus"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/internal/live"
)

const (
	maxGroup      = 32              // changes that share a transaction
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

// within is the context for this change in the transaction of ctx: what the caller put into its own, without the caller's
// leaving, which must not end the others' transaction.
func (p *pendingChange) within(ctx context.Context) context.Context {
	return txContext{ctx, p.ctx}
}

// txContext ends with the transaction and holds the values of one of its changes.
type txContext struct {
	context.Context
	values context.Context
}

func (c txContext) Value(key any) any { return c.values.Value(key) }

// roomTx is one change of one room, inside a transaction that it may share with others.
type roomTx struct {
	tx      *ent.Tx
	roomID  string
	version int64     // of the room after this change; rows that it touches carry it
	now     time.Time // UTC, in microseconds
	altered bool
	noted   bool
}

// alter is for writing what watchers of the room see: the room gets a new version.
func (t *roomTx) alter() *ent.Tx {
	t.altered = true
	return t.tx
}

// note is for writing what is no part of the room's state: its version stays.
func (t *roomTx) note() *ent.Tx {
	t.noted = true
	return t.tx
}

func newChanger(store *Store, bus live.Bus, sizes prometheus.Observer) *changer {
	return &changer{store: store, bus: bus, sizes: sizes, waiting: map[string][]*pendingChange{}, led: map[string]bool{}}
}

// change runs fn as one change of an open room and publishes a hint after the commit. fn reads, decides and then writes: a
// refusal (an *Error) comes before its first write, and it may run again after a deadlock. Nothing written means no new
// version. A room that is not open gives a Conflict.
func (c *changer) change(ctx context.Context, roomID string, fn func(context.Context, *roomTx) error) error {
	p := &pendingChange{ctx: ctx, room: roomID, fn: fn, wake: make(chan bool, 1)}
	group := c.groupOf(roomID)
	c.mu.Lock()
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

	c.run(mine)
	for _, p := range mine[1:] {
		p.wake <- false
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
	case len(alive) > 1 && !errors.As(err, new(*commitError)):
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
		time.Sleep(time.Duration(rand.Int64N(int64(10*time.Millisecond) << attempt)))
	}
	return err
}

// transact runs a group in one transaction. Refusals stand in each change's err; any other failure is returned, and nothing
// of the group was kept.
func (c *changer) transact(group []*pendingChange) (hints []live.Hint, err error) {
	if len(group) == 0 {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(group[0].ctx), changeTimeout)
	defer cancel()
	tx, err := c.store.write.Tx(ctx)
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	defer func() {
		if err != nil {
			_ = tx.Rollback() // the first error is the one that tells
		}
	}()
	rooms := lockedRooms{}
	for _, p := range group {
		if p.err, err = rooms.apply(ctx, tx, p); err != nil {
			return nil, err
		}
	}
	if !rooms.anyWritten() {
		return nil, tx.Rollback()
	}
	if hints, err = rooms.settle(ctx, tx); err != nil {
		return nil, err
	}
	if err = tx.Commit(); err != nil {
		return nil, &commitError{err}
	}
	return hints, nil
}

// lockedRooms are the rooms of one transaction, by id.
type lockedRooms map[string]*lockedRoom

type lockedRoom struct {
	open    bool
	base    int64 // the version before the transaction
	version int64 // the version after the changes so far
	written bool
}

// apply runs one change. A refusal left everything as it was; a failure spoils the transaction.
func (r lockedRooms) apply(ctx context.Context, tx *ent.Tx, p *pendingChange) (refusal, failure error) {
	locked, err := r.lock(ctx, tx, p.room)
	if err != nil {
		return nil, err
	}
	if !locked.open {
		return errorf(Conflict, "this room is closed"), nil
	}
	t := &roomTx{tx: tx, roomID: p.room, version: locked.version + 1, now: microseconds(time.Now())}
	err = guarded(p.within(ctx), p.fn, t)
	if err != nil && (t.altered || t.noted || CodeOf(err) == Internal) {
		return nil, err
	}
	if err != nil {
		return err, nil
	}
	locked.written = locked.written || t.altered || t.noted
	if t.altered {
		locked.version = t.version
	}
	return nil, nil
}

// lock takes a room's row before anything is read: the bump is the lock and the order of changes at once.
func (r lockedRooms) lock(ctx context.Context, tx *ent.Tx, roomID string) (*lockedRoom, error) {
	if locked := r[roomID]; locked != nil {
		return locked, nil
	}
	n, err := tx.Room.Update().Where(room.ID(roomID), room.Status(string(Open))).AddVersion(1).Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("lock the room: %w", err)
	}
	locked := &lockedRoom{open: n == 1}
	r[roomID] = locked
	if !locked.open {
		return locked, nil
	}
	version, err := tx.Room.Query().Where(room.ID(roomID)).Select(room.FieldVersion).Int(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the room's version: %w", err)
	}
	locked.base = int64(version) - 1
	locked.version = locked.base
	return locked, nil
}

func (r lockedRooms) anyWritten() bool {
	for _, locked := range r {
		if locked.written {
			return true
		}
	}
	return false
}

// settle gives each room the version that its changes led to. The lock has moved it by one.
func (r lockedRooms) settle(ctx context.Context, tx *ent.Tx) (hints []live.Hint, err error) {
	for id, locked := range r {
		if locked.open && locked.version != locked.base+1 {
			if err := tx.Room.Update().Where(room.ID(id)).SetVersion(locked.version).Exec(ctx); err != nil {
				return nil, fmt.Errorf("settle the room's version: %w", err)
			}
		}
		if locked.version != locked.base {
			hints = append(hints, live.Hint{Topic: id, Version: locked.version})
		}
	}
	return hints, nil
}

// guarded turns a panic into a failure: it happens on the goroutine of whoever runs the group, and is not theirs.
func guarded(ctx context.Context, fn func(context.Context, *roomTx) error, t *roomTx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a change: %v\n%s", p, debug.Stack())
		}
	}()
	return fn(ctx, t)
}

// commitError is a commit that failed: whether it took place is not known, so nothing is repeated.
type commitError struct{ err error }

func (e *commitError) Error() string { return "commit: " + e.err.Error() }
func (e *commitError) Unwrap() error { return e.err }

// retryable tells a transaction that lost against another one, and was rolled back, from one that fails again.
func retryable(err error) bool {
	if errors.As(err, new(*commitError)) {
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

func microseconds(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
