package jukebox

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
)

// roomTx is one change of one room, inside a transaction that it may share with others.
type roomTx struct {
	tx               *ent.Tx
	roomID           string
	version          int64     // of the room after this change; rows that it touches carry it
	now              time.Time // UTC, in microseconds
	wroteVersioned   bool
	wroteUnversioned bool
	closes           bool       // the room is closed by this change: none may follow
	affectedUsers    []string   // whom it concerns; nil: everybody
	membersVersion   int64      // the room's version at which it was decided last who may be here
	actor            string     // who makes the change; empty: the server itself
	role             party.Role // what they are in the room now
	events           []logEvent // for the log
}

// alter is for writing what watchers of the room see: the room gets a new version.
func (t *roomTx) versioned() *ent.Tx {
	t.wroteVersioned = true
	return t.tx
}

// note is for writing what is no part of the room's state: its version stays.
func (t *roomTx) unversioned() *ent.Tx {
	t.wroteUnversioned = true
	return t.tx
}

// concernsNobody declares that the change means nothing to anybody in particular, besides those whom it was said to concern.
func (t *roomTx) affectsNobody() {
	if t.affectedUsers == nil {
		t.affectedUsers = []string{}
	}
}

// concerns declares whom the change concerns: what the room's state means for them in particular. A change that declares
// nobody concerns everybody.
func (t *roomTx) affects(userID string) { t.affectedUsers = append(t.affectedUsers, userID) }

// transact runs a group in one transaction. Refusals stand in each change's err; any other failure is returned, and nothing
// of the group was kept.
func (c *changer) transact(group []*pendingChange) (hints []live.Hint, err error) {
	if len(group) == 0 {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(group[0].ctx), database.TxTimeout)
	defer cancel()
	tx, err := c.db.Write.Tx(ctx)
	if err != nil {
		return nil, &database.TxError{Err: err}
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
	if hints, err = rooms.commitVersions(ctx, tx); err != nil {
		return nil, err
	}
	if err = tx.Commit(); err != nil {
		return nil, &database.TxError{Commit: true, Err: err}
	}
	return hints, nil
}

// lockedRooms are the rooms of one transaction, by id.
type lockedRooms map[string]*lockedRoom

type lockedRoom struct {
	open           bool  // when it was locked
	closed         bool  // by a change of this transaction
	base           int64 // the version before the transaction
	version        int64 // the version after the changes so far
	membersVersion int64 // the version at which it was decided last who may be here
	written        bool
	events         []*ent.RoomEventCreate // of the changes so far

	affectedUsers    []string // whom the changes so far concern
	affectsEverybody bool     // one of them concerns everybody
}

// apply runs one change. A refusal left everything as it was; a failure spoils the transaction.
func (r lockedRooms) apply(ctx context.Context, tx *ent.Tx, p *pendingChange) (refusal, failure error) {
	locked, err := r.lock(ctx, tx, p.room)
	if err != nil {
		return nil, err
	}
	if !locked.open || locked.closed {
		return party.Errorf(party.Conflict, "this room is closed"), nil
	}
	t := &roomTx{tx: tx, roomID: p.room, version: locked.version + 1, membersVersion: locked.membersVersion, now: database.Microseconds(time.Now())}
	err = recovered(p.valuesWithin(ctx), p.fn, t)
	if err != nil && (t.wroteVersioned || t.wroteUnversioned || party.CodeOf(err) == party.Internal) {
		return nil, err
	}
	if err != nil {
		return err, nil
	}
	locked.closed = t.closes
	locked.written = locked.written || t.wroteVersioned || t.wroteUnversioned
	for _, d := range t.events {
		locked.events = append(locked.events, d.row(t))
	}
	locked.written = locked.written || len(t.events) > 0
	if t.wroteVersioned {
		locked.version, locked.membersVersion = t.version, t.membersVersion
		locked.affectedUsers = append(locked.affectedUsers, t.affectedUsers...)
		locked.affectsEverybody = locked.affectsEverybody || t.affectedUsers == nil
	}
	return nil, nil
}

// lock takes a room's row before anything is read: the bump is the lock and the order of changes at once.
func (r lockedRooms) lock(ctx context.Context, tx *ent.Tx, roomID string) (*lockedRoom, error) {
	if locked := r[roomID]; locked != nil {
		return locked, nil
	}
	n, err := tx.Room.Update().Where(room.ID(roomID), room.Status(string(party.Open))).AddVersion(1).Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("lock the room: %w", err)
	}
	locked := &lockedRoom{open: n == 1, affectedUsers: []string{}} // nil would mean everybody
	r[roomID] = locked
	if !locked.open {
		return locked, nil
	}
	row, err := tx.Room.Query().Where(room.ID(roomID)).Select(room.FieldVersion, room.FieldMembersVersion).Only(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the room's version: %w", err)
	}
	locked.base, locked.membersVersion = row.Version-1, row.MembersVersion
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

// settle writes what was done, and gives each room the version that its changes led to. The lock has moved it by one.
func (r lockedRooms) commitVersions(ctx context.Context, tx *ent.Tx) (hints []live.Hint, err error) {
	for id, locked := range r {
		if len(locked.events) > 0 {
			if err := tx.RoomEvent.CreateBulk(locked.events...).Exec(ctx); err != nil {
				return nil, fmt.Errorf("write the room's log: %w", err)
			}
		}
		if locked.open && locked.version != locked.base+1 {
			if err := tx.Room.Update().Where(room.ID(id)).SetVersion(locked.version).Exec(ctx); err != nil {
				return nil, fmt.Errorf("settle the room's version: %w", err)
			}
		}
		if locked.version != locked.base {
			hints = append(hints, locked.hint(id))
		}
	}
	return hints, nil
}

// hint tells about all changes of the room in this transaction.
func (l *lockedRoom) hint(roomID string) live.Hint {
	hint := live.Hint{Topic: roomID, Since: l.base, Version: l.version}
	if !l.affectsEverybody {
		slices.Sort(l.affectedUsers)
		hint.Users = slices.Compact(l.affectedUsers)
	}
	return hint
}

// guarded turns a panic into a failure: it happens on the goroutine of whoever runs the group, and is not theirs.
func recovered(ctx context.Context, fn func(context.Context, *roomTx) error, t *roomTx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a change: %v\n%s", p, debug.Stack())
		}
	}()
	return fn(ctx, t)
}

// within is the context for this change in the transaction of ctx: what the caller put into its own, without the caller's
// leaving, which must not end the others' transaction.
func (p *pendingChange) valuesWithin(ctx context.Context) context.Context {
	return txContext{ctx, p.ctx}
}

// txContext ends with the transaction and holds the values of one of its changes.
type txContext struct {
	context.Context
	values context.Context
}

func (c txContext) Value(key any) any { return c.values.Value(key) }
