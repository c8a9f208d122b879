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

// roomTx is one change of one room, inside a transaction that it may share with other changes. Read through tx, and
// write through versioned or unversioned. It must not be used after the function that received it has returned.
type roomTx struct {
	tx               *ent.Tx
	roomID           string
	version          int64     // the room's version after this change; rows that watchers see are written with it
	now              time.Time // the one time of this change; UTC, in microseconds
	wroteVersioned   bool
	wroteUnversioned bool
	closes           bool     // this change closes the room: later changes in the transaction are refused
	affectedUsers    []string // nil: everybody
	membersVersion   int64    // the room's version at which a role last changed; set to version by a change of roles
	// likesAfterMinutes is the room's setting; set by a change of the settings.
	likesAfterMinutes int
	actor             string     // the user who makes the change; empty: the server
	role              party.Role // the actor's role in the room at this moment
	events            []logEvent // for the room's log
}

// versioned returns the transaction for writing what watchers of the room see: the room gets a new version.
func (t *roomTx) versioned() *ent.Tx {
	t.wroteVersioned = true
	return t.tx
}

// unversioned returns the transaction for writing what is not part of the room's state: the room keeps its version.
func (t *roomTx) unversioned() *ent.Tx {
	t.wroteUnversioned = true
	return t.tx
}

// wrote reports whether the change has written anything, events included.
func (t *roomTx) wrote() bool { return t.wroteVersioned || t.wroteUnversioned || len(t.events) > 0 }

// affectsNobody declares that the change affects no users in particular, except those whom affects names.
func (t *roomTx) affectsNobody() {
	if t.affectedUsers == nil {
		t.affectedUsers = []string{}
	}
}

// affects declares that the change affects a user: something that only this user sees of the room may change, such as
// their own likes or quota. A change that declares nothing affects everybody.
func (t *roomTx) affects(userID string) { t.affectedUsers = append(t.affectedUsers, userID) }

// transact runs the first changes of a group in one transaction, as many as there is time for. It returns how many it
// made and the hints to publish, and sets the err of each of these changes to its refusal or nil. If it returns an
// error, the err fields are undefined and nothing of the group was stored; only after a failed commit is it unknown
// whether the group was stored.
func (c *changer) transact(group []*pendingChange) (made int, hints []live.Hint, err error) {
	if len(group) == 0 {
		return 0, nil, nil
	}
	began := time.Now()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(group[0].ctx), database.TxTimeout)
	defer cancel()
	tx, err := c.db.Write.Tx(ctx)
	if err != nil {
		return 0, nil, &database.TxError{Err: err}
	}
	defer func() {
		if err != nil {
			_ = tx.Rollback() // err is the cause; a failed rollback adds nothing
		}
	}()
	rooms := lockedRooms{}
	if made, err = rooms.applyInTime(ctx, tx, group, began); err != nil {
		return 0, nil, err
	}
	if !rooms.anyWritten() {
		return made, nil, tx.Rollback()
	}
	if hints, err = rooms.commitVersions(ctx, tx); err != nil {
		return 0, nil, err
	}
	if err = ctx.Err(); err != nil { // then a commit would fail without being sent
		return 0, nil, err
	}
	if err = tx.Commit(); err != nil {
		return 0, nil, &database.TxError{Commit: true, Err: err}
	}
	return made, hints, nil
}

// lockedRooms are the rooms of one transaction, by id.
type lockedRooms map[string]*lockedRoom

// lockedRoom is a room and what the changes of the transaction have done to it so far.
type lockedRoom struct {
	open              bool  // the room was open when it was locked
	closed            bool  // a change of this transaction has closed it
	base              int64 // the version before the transaction
	version           int64
	membersVersion    int64 // the version at which a role last changed
	likesAfterMinutes int   // the room's setting
	written           bool  // something has to be committed
	events            []*ent.RoomEventCreate

	affectedUsers    []string
	affectsEverybody bool
}

// applyInTime runs the first changes of a group, as many as there is time for in a transaction that began at began, and
// at least one. It sets their errs, and returns how many they are.
func (r lockedRooms) applyInTime(
	ctx context.Context, tx *ent.Tx, group []*pendingChange, began time.Time,
) (made int, err error) {
	var firstDone time.Time
	var slowest time.Duration
	for made, p := range group {
		start := time.Now()
		if made > 0 && !hasTimeFor(start.Sub(began), start.Sub(firstDone), slowest, database.TxTimeout) {
			return made, nil
		}
		if p.err, err = r.apply(ctx, tx, p); err != nil {
			return 0, err
		}
		if made == 0 {
			firstDone = time.Now()
		}
		slowest = max(slowest, time.Since(start))
	}
	return len(group), nil
}

// apply runs one change. After a refusal the transaction is as it was before; after a failure it must be rolled back.
func (r lockedRooms) apply(ctx context.Context, tx *ent.Tx, p *pendingChange) (refusal, failure error) {
	locked, err := r.lock(ctx, tx, p.room)
	if err != nil {
		return nil, err
	}
	if !locked.open || locked.closed {
		return errRoomClosed, nil
	}
	t := &roomTx{
		tx: tx, roomID: p.room, version: locked.version + 1, membersVersion: locked.membersVersion,
		likesAfterMinutes: locked.likesAfterMinutes, now: database.Microseconds(time.Now()),
	}
	err = recovered(p.valuesWithin(ctx), p.fn, t)
	if err != nil && (t.wroteVersioned || t.wroteUnversioned || party.CodeOf(err) == party.Internal) {
		return nil, err
	}
	if err != nil {
		return err, nil
	}
	locked.add(t)
	return nil, nil
}

// add takes over what a successful change has done.
func (l *lockedRoom) add(t *roomTx) {
	for _, event := range t.events {
		l.events = append(l.events, event.row(t))
	}
	l.closed = t.closes
	l.written = l.written || t.wrote()
	if t.wroteVersioned {
		l.version, l.membersVersion, l.likesAfterMinutes = t.version, t.membersVersion, t.likesAfterMinutes
		l.affectedUsers = append(l.affectedUsers, t.affectedUsers...)
		l.affectsEverybody = l.affectsEverybody || t.affectedUsers == nil
	}
}

// lock locks an open room before anything of it is read, by raising its version: the update holds the lock on the row
// until the transaction ends, and decides the order of changes. A room that is not open is returned with open unset.
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
	row, err := tx.Room.Query().Where(room.ID(roomID)).
		Select(room.FieldVersion, room.FieldMembersVersion, room.FieldLikesAfterMinutes).Only(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the room's version: %w", err)
	}
	locked.base, locked.membersVersion, locked.likesAfterMinutes = row.Version-1, row.MembersVersion, row.LikesAfterMinutes
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

// commitVersions writes the events and the final version of each room, which lock has raised by one, and returns the
// hints of the rooms whose version has changed.
func (r lockedRooms) commitVersions(ctx context.Context, tx *ent.Tx) (hints []live.Hint, err error) {
	for id, locked := range r {
		if len(locked.events) > 0 {
			if err := tx.RoomEvent.CreateBulk(locked.events...).Exec(ctx); err != nil {
				return nil, fmt.Errorf("write the room's log: %w", err)
			}
		}
		if locked.open && locked.version != locked.base+1 {
			if err := tx.Room.Update().Where(room.ID(id)).SetVersion(locked.version).Exec(ctx); err != nil {
				return nil, fmt.Errorf("set the room's version: %w", err)
			}
		}
		if locked.version != locked.base {
			hints = append(hints, locked.hint(id))
		}
	}
	return hints, nil
}

// hint returns one hint for all changes of the room in this transaction.
func (l *lockedRoom) hint(roomID string) live.Hint {
	hint := live.Hint{Topic: roomID, Since: l.base, Version: l.version}
	if !l.affectsEverybody {
		slices.Sort(l.affectedUsers)
		hint.Users = slices.Compact(l.affectedUsers)
	}
	return hint
}

// recovered calls fn and returns a panic as an error, because the goroutine on which the group runs belongs to the
// caller of another change.
func recovered(ctx context.Context, fn func(context.Context, *roomTx) error, t *roomTx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a change: %v\n%s", p, debug.Stack())
		}
	}()
	return fn(ctx, t)
}

// valuesWithin returns a context for this change that has the values of its caller's context, but is canceled only with
// ctx, the context of the transaction: a caller who gives up must not end the transaction of the others.
func (p *pendingChange) valuesWithin(ctx context.Context) context.Context {
	return txContext{ctx, p.ctx}
}

// txContext is canceled with the transaction and has the values of one of its changes.
type txContext struct {
	context.Context
	values context.Context
}

func (c txContext) Value(key any) any { return c.values.Value(key) }
