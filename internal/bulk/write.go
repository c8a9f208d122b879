package bulk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/sqlgraph"

	"antwon.dj/backend/ent/idempotencykey"
	"antwon.dj/backend/internal/database"
)

// Like is one user's like of an item.
type Like struct{ ItemID, UserID string }

// InsertLikes stores likes, none of which is stored yet, in the order in which they were given.
func (t Tx) InsertLikes(ctx context.Context, likes []Like) error {
	err := execEach(ctx, t, likes, insertLikes, func(args []any, l Like) []any { return append(args, l.ItemID, l.UserID) })
	return wrap(err, "store likes")
}

var insertLikes = repeated("INSERT INTO likes (item_id, user_id) VALUES ", "(?, ?)", ", ", "")

// DeleteLikes deletes stored likes.
func (t Tx) DeleteLikes(ctx context.Context, likes []Like) error {
	err := execEach(ctx, t, likes, deleteLikes, func(args []any, l Like) []any { return append(args, l.ItemID, l.UserID) })
	return wrap(err, "delete likes")
}

var deleteLikes = repeated("DELETE FROM likes WHERE ", "item_id = ? AND user_id = ?", " OR ", "")

// Count is the number of an item's likes, and the room's version at which it last changed.
type Count struct {
	ItemID  string
	Likes   int
	Version int64
}

// SetCounts stores the numbers of items' likes.
func (t Tx) SetCounts(ctx context.Context, counts []Count) error {
	for _, part := range parts(t, counts) {
		var likes, versions, ids []any
		for _, c := range part {
			likes, versions, ids = append(likes, c.ItemID, c.Likes), append(versions, c.ItemID, c.Version), append(ids, c.ItemID)
		}
		if err := t.exec(ctx, setCounts(len(part)), append(append(likes, versions...), ids...)); err != nil {
			return fmt.Errorf("store the numbers of likes: %w", err)
		}
	}
	return nil
}

// RoomVersion is the version of a room.
type RoomVersion struct {
	RoomID  string
	Version int64
}

// SetVersions stores the versions of rooms.
func (t Tx) SetVersions(ctx context.Context, rooms []RoomVersion) error {
	for _, part := range parts(t, rooms) {
		var versions, ids []any
		for _, r := range part {
			versions, ids = append(versions, r.RoomID, r.Version), append(ids, r.RoomID)
		}
		if err := t.exec(ctx, setVersions(len(part)), append(versions, ids...)); err != nil {
			return fmt.Errorf("set the rooms' versions: %w", err)
		}
	}
	return nil
}

var (
	caseByID = repeated("CASE id ", "WHEN ? THEN ?", " ", " END")
	marks    = repeated("(", "?", ", ", ")")

	setCounts = built(func(rows int) string {
		return "UPDATE queue_items SET like_count = " + caseByID(rows) + ", version = " + caseByID(rows) +
			" WHERE id IN " + marks(rows)
	})
	setVersions = built(func(rows int) string {
		return "UPDATE rooms SET version = " + caseByID(rows) + " WHERE id IN " + marks(rows)
	})
)

// Event is an event of a room's log. Empty texts are stored as NULL.
type Event struct {
	ID, RoomID, Kind  string
	At                time.Time
	Version           int64
	ActorID, ItemID   string
	SubjectID, Detail string
}

// InsertEvents stores events.
func (t Tx) InsertEvents(ctx context.Context, events []Event) error {
	err := execEach(ctx, t, events, insertEvents, func(args []any, e Event) []any {
		return append(args, e.ID, e.RoomID, e.Kind, e.At, e.Version,
			orNull(e.ActorID), orNull(e.ItemID), orNull(e.SubjectID), orNull(e.Detail))
	})
	return wrap(err, "write the room's log")
}

var insertEvents = repeated("INSERT INTO room_events "+
	"(id, room_id, kind, at, version, actor_id, item_id, subject_id, detail, undone) VALUES ",
	"(?, ?, ?, ?, ?, ?, ?, ?, ?, FALSE)", ", ", "")

// The kinds of events that the log has about likes.
const (
	Liked   = "LIKED"
	Unliked = "UNLIKED"
	Undone  = "UNDONE" // its detail is the kind of the event that was undone
)

// LikesOf selects the events of a user's likes and unlikes of an item, and of undoing them.
type LikesOf struct{ RoomID, ActorID, ItemID string }

// DeleteLikeEvents deletes the stored events of likes and unlikes.
func (t Tx) DeleteLikeEvents(ctx context.Context, of []LikesOf) error {
	err := execEach(ctx, t, of, deleteEvents, func(args []any, l LikesOf) []any {
		return append(args, l.RoomID, l.ActorID, l.ItemID)
	})
	return wrap(err, "forget likes")
}

var deleteEvents = repeated("DELETE FROM room_events WHERE ", "room_id = ? AND actor_id = ? AND item_id = ? AND "+
	"(kind IN "+likeKinds+" OR kind = '"+Undone+"' AND detail IN "+likeKinds+")", " OR ", "")

// InsertKeys stores idempotency keys. The error is database.ErrOvertaken if another request has just stored one of
// them.
func (t Tx) InsertKeys(ctx context.Context, keys []Key) error {
	err := execEach(ctx, t, keys, insertKeys, func(args []any, k Key) []any {
		return append(args, k.UserID, k.Hash, k.Mutation, k.ArgumentsHash, k.ObjectID, k.Flag, k.CreatedAt)
	})
	if sqlgraph.IsUniqueConstraintError(err) {
		return errors.Join(database.ErrOvertaken, err)
	}
	return wrap(err, "store idempotency keys")
}

var insertKeys = repeated("INSERT INTO idempotency_keys (user_id, `key`, mutation, arguments_hash, object_id, "+
	"flag, created_at) VALUES ", "(?, ?, ?, ?, ?, ?, ?)", ", ", "")

const likeKinds = "('" + Liked + "', '" + Unliked + "')"

// ForgetKeys deletes a user's oldest idempotency keys of an item and leaves the newest, as many as left says. One call
// deletes at most maxForgotten.
func (t Tx) ForgetKeys(ctx context.Context, of Like, left int) error {
	theirs := idempotencykey.And(idempotencykey.UserID(of.UserID), idempotencykey.ObjectID(of.ItemID))
	oldest, err := t.tx.IdempotencyKey.Query().Where(theirs).
		Order(idempotencykey.ByCreatedAt(sql.OrderDesc()), idempotencykey.ByID(sql.OrderDesc())).
		Offset(left).Limit(maxForgotten).IDs(ctx)
	if err == nil && len(oldest) > 0 {
		_, err = t.tx.IdempotencyKey.Delete().Where(idempotencykey.IDIn(oldest...)).Exec(ctx)
	}
	return wrap(err, "forget idempotency keys")
}

// maxForgotten bounds what one transaction deletes of one user's keys.
const maxForgotten = 100

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func wrap(err error, what string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// DeleteKeys deletes stored idempotency keys, unless they have been used again since.
func (t Tx) DeleteKeys(ctx context.Context, keys []Key) error {
	err := execEach(ctx, t, keys, deleteKeys, func(args []any, k Key) []any {
		return append(args, k.UserID, k.Hash, k.CreatedAt)
	})
	return wrap(err, "delete expired idempotency keys")
}

var deleteKeys = repeated("DELETE FROM idempotency_keys WHERE ",
	"user_id = ? AND `key` = ? AND created_at <= ?", " OR ", "")

// LockRooms locks rooms of a MySQL database until the transaction ends. It skips rooms that another transaction has
// locked, without waiting for them, and returns the ids of those that it has locked.
func (t Tx) LockRooms(ctx context.Context, ids []string) (map[string]bool, error) {
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	rows, err := t.tx.QueryContext(ctx,
		"SELECT id FROM rooms WHERE id IN "+marks(len(ids))+" ORDER BY id FOR UPDATE SKIP LOCKED", args...)
	if err != nil {
		return nil, fmt.Errorf("lock rooms: %w", err)
	}
	defer rows.Close()
	locked := make(map[string]bool, len(ids))
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("lock rooms: %w", err)
		}
		locked[id] = true
	}
	return locked, wrap(rows.Err(), "lock rooms")
}

// RaiseVersion raises the version of a room by one if the room is open, and reports whether it is. It locks the row
// until the transaction ends, so that changes of the room are made one after the other.
func (t Tx) RaiseVersion(ctx context.Context, roomID string) (open bool, err error) {
	result, err := t.tx.ExecContext(ctx, "UPDATE rooms SET version = version + 1 WHERE id = ? AND status = 'OPEN'", roomID)
	if err != nil {
		return false, fmt.Errorf("lock the room: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, wrap(err, "lock the room")
}
