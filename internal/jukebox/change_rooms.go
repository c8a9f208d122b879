package jukebox

import (
	"context"
	"fmt"
	"slices"
	"time"

	"entgo.io/ent/dialect"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/internal/bulk"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/groups"
	"antwon.dj/backend/internal/likes"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
)

// lockedRooms are the rooms of one transaction.
type lockedRooms struct {
	tx        *ent.Tx
	bulk      bulk.Tx
	oneWriter bool                   // the transaction has locked the whole database
	rooms     map[string]*lockedRoom // by id
	inOrder   []*lockedRoom          // in the order in which they were locked
	latest    time.Time              // of the latest change
}

// lockedRoom is a room and what the changes of the transaction have done to it so far.
type lockedRoom struct {
	likes.Room
	open             bool  // the room was open when it was locked
	closed           bool  // a change of this transaction has closed it
	base             int64 // the version before the transaction
	stored           int64 // the version in its row, which may have been raised to lock it
	affectsEverybody bool
	changedMore      bool // a change other than of a like has raised its version
}

func newLockedRooms(tx *ent.Tx, dialectName string) *lockedRooms {
	return &lockedRooms{
		tx: tx, bulk: bulk.In(tx, dialectName), oneWriter: dialectName == dialect.SQLite, rooms: map[string]*lockedRoom{},
	}
}

// now returns the time of the next change. Every change has its own, because eventsOfKey finds the events of an
// idempotency key by their time.
func (r *lockedRooms) now() time.Time {
	now := database.Microseconds(time.Now())
	if !now.After(r.latest) {
		now = r.latest.Add(time.Microsecond)
	}
	r.latest = now
	return now
}

// add adds a room that the transaction has locked.
func (r *lockedRooms) add(id string, locked *lockedRoom) *lockedRoom {
	locked.ID, locked.AffectedUsers = id, []string{}
	r.rooms[id] = locked
	r.inOrder = append(r.inOrder, locked)
	return locked
}

// applyInTime runs the first changes of a group: at least one, and as many as there is time for in a transaction that
// began at began. It sets the Err of each, and returns how many it has run. Adjacent likes run together.
func (r *lockedRooms) applyInTime(ctx context.Context, group []*pendingChange, began time.Time) (made int, err error) {
	var firstDone time.Time
	var slowest time.Duration
	for made < len(group) {
		start := time.Now()
		if made > 0 && !groups.HasTimeFor(start.Sub(began), start.Sub(firstDone), slowest, database.TxTimeout) {
			return made, nil
		}
		n := likesAtFront(group[made:])
		if n > 0 {
			err = r.applyLikes(ctx, group[made:made+n])
		} else {
			n = 1
			group[made].Err, err = r.apply(ctx, group[made])
		}
		if err != nil {
			return 0, err
		}
		if made == 0 {
			firstDone = time.Now()
		}
		made += n
		slowest = max(slowest, time.Since(start))
	}
	return made, nil
}

// likesAtFront returns how many changes of likes precede the first change of another kind.
func likesAtFront(changes []*pendingChange) int {
	if n := slices.IndexFunc(changes, func(p *pendingChange) bool { return p.Job.like == nil }); n >= 0 {
		return n
	}
	return len(changes)
}

// apply runs one change. After a refusal the transaction is as it was before; after a failure it must be rolled back.
func (r *lockedRooms) apply(ctx context.Context, p *pendingChange) (refusal, failure error) {
	locked, err := r.lock(ctx, p.Key)
	if err != nil {
		return nil, err
	}
	if !locked.open || locked.closed {
		return errRoomClosed, nil
	}
	t := &roomTx{
		tx: r.tx, room: locked, rows: r.bulk, roomID: p.Key, version: locked.Version + 1,
		membersVersion: locked.MembersVersion, likesAfterMinutes: locked.LikesAfterMinutes,
		now: r.now(),
	}
	err = recovered(valuesOf(p.Ctx, ctx), p.Job.fn, t)
	if err != nil && (t.wroteVersioned || t.wroteUnversioned || party.CodeOf(err) == party.Internal) {
		return nil, err
	}
	if err != nil {
		return err, nil
	}
	locked.take(t)
	return nil, nil
}

// take records in the room what a successful change has done.
func (l *lockedRoom) take(t *roomTx) {
	for _, event := range t.events {
		l.Events = append(l.Events, event.row(t))
	}
	l.closed = t.closes
	l.Written = l.Written || t.wrote()
	if t.wroteVersioned {
		l.Version, l.MembersVersion, l.LikesAfterMinutes = t.version, t.membersVersion, t.likesAfterMinutes
		l.AffectedUsers = append(l.AffectedUsers, t.affectedUsers...)
		l.affectsEverybody, l.changedMore = l.affectsEverybody || t.affectedUsers == nil, true
	}
}

// lock locks an open room before anything of it is read. A room that is not open is returned with open unset.
func (r *lockedRooms) lock(ctx context.Context, roomID string) (*lockedRoom, error) {
	if locked := r.rooms[roomID]; locked != nil {
		return locked, nil
	}
	open, err := r.bulk.RaiseVersion(ctx, roomID)
	if err != nil || !open {
		return r.add(roomID, &lockedRoom{}), err
	}
	row, err := r.tx.Room.Query().Where(room.ID(roomID)).
		Select(room.FieldVersion, room.FieldMembersVersion, room.FieldLikesAfterMinutes).Only(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the room's version: %w", err)
	}
	return r.add(roomID, lockedRoomOf(bulk.Room{
		Open: true, Version: row.Version, MembersVersion: row.MembersVersion, LikesAfterMinutes: row.LikesAfterMinutes,
	}, true)), nil
}

// lockedRoomOf returns the room of a row. raised says that the row's version was raised by one to lock it.
func lockedRoomOf(row bulk.Room, raised bool) *lockedRoom {
	locked := &lockedRoom{open: row.Open, base: row.Version, stored: row.Version}
	locked.MembersVersion, locked.LikesAfterMinutes = row.MembersVersion, row.LikesAfterMinutes
	if raised {
		locked.base--
	}
	locked.Version = locked.base
	return locked
}

func (r *lockedRooms) anyWritten() bool {
	return slices.ContainsFunc(r.inOrder, func(locked *lockedRoom) bool { return locked.Written })
}

// commitVersions writes the events and the final versions of the rooms, and returns the hints of those whose version
// has changed.
func (r *lockedRooms) commitVersions(ctx context.Context) (hints []live.Hint, err error) {
	var events []bulk.Event
	var versions []bulk.RoomVersion
	for _, locked := range r.inOrder {
		events = append(events, locked.Events...)
		if locked.open && locked.Version != locked.stored {
			versions = append(versions, bulk.RoomVersion{RoomID: locked.ID, Version: locked.Version})
		}
		if locked.Version != locked.base {
			hints = append(hints, locked.hint(locked.ID))
		}
	}
	if err := r.bulk.InsertEvents(ctx, events); err != nil {
		return nil, err
	}
	return hints, r.bulk.SetVersions(ctx, versions)
}

// hint returns one hint for all changes of the room in this transaction. It is minor if all are changes of likes.
func (l *lockedRoom) hint(roomID string) live.Hint {
	hint := live.Hint{Topic: roomID, Since: l.base, Version: l.Version, Minor: !l.changedMore}
	if !l.affectsEverybody {
		slices.Sort(l.AffectedUsers)
		hint.Users = slices.Compact(l.AffectedUsers)
	}
	return hint
}
