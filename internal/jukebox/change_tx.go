package jukebox

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/internal/bulk"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
)

// roomTx is one change of one room, inside a transaction that it may share with other changes. Read through tx, and
// write through versioned or unversioned. It must not be used after the function that received it has returned.
type roomTx struct {
	tx               *ent.Tx
	room             *lockedRoom // shared with the earlier changes of the room in the transaction
	rows             bulk.Tx
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
// made and the hints to publish, and sets the Err of each of these changes to its refusal or nil. If it returns an
// error, the Err fields are undefined and nothing of the group was stored; only after a failed commit is it unknown
// whether the group was stored.
func (c *changer) transact(group []*pendingChange) (made int, hints []live.Hint, err error) {
	if len(group) == 0 {
		return 0, nil, nil
	}
	began := time.Now()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(group[0].Ctx), database.TxTimeout)
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
	rooms := newLockedRooms(tx, c.db.Dialect)
	if made, err = rooms.applyInTime(ctx, group, began); err != nil {
		return 0, nil, err
	}
	if !rooms.anyWritten() {
		return made, nil, tx.Rollback()
	}
	if hints, err = rooms.commitVersions(ctx); err != nil {
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

// storeEvents stores the events of the earlier changes in the transaction, so that this one can read or delete them.
func (t *roomTx) storeEvents(ctx context.Context) error {
	events := t.room.Events
	t.room.Events = nil
	return t.rows.InsertEvents(ctx, events)
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

// valuesOf returns a context for a change that has the values of its caller's context, but is canceled only with ctx,
// the context of the transaction: a caller who gives up must not end the transaction of the others.
func valuesOf(callers, ctx context.Context) context.Context { return txContext{ctx, callers} }

// txContext is canceled with the transaction and has the values of one of its changes.
type txContext struct {
	context.Context
	values context.Context
}

func (c txContext) Value(key any) any { return c.values.Value(key) }
