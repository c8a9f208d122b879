package bulk

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/roomstate"
)

// Wanted identifies the rows that a change of a like refers to.
type Wanted struct {
	ItemID, UserID string
	KeyHash        string // of its idempotency key; empty: none
	CountKeys      CountKeys
}

// CountKeys says when to count a user's idempotency keys of an item.
type CountKeys int

// The zero value counts none.
const (
	CountNoKeys CountKeys = iota
	CountAllKeys
	CountKeysIfLiked // if the user likes the item
)

// Found is what the database has for a Wanted.
type Found struct {
	Room     Room
	Item     *party.QueueItem // with the URI of its song only
	Liked    bool
	Role     party.Role // of the user in the room; empty: not a member
	JoinedAt time.Time  // when the user joined the room; zero: not a member
	Key      *Key       // nil: the user has not used it
	Keys     int        // how many idempotency keys of the item the user has; 0 if CountKeys excludes them
}

// Room is what changes of likes read of a room.
type Room struct {
	Open              bool
	Version           int64
	MembersVersion    int64
	LikesAfterMinutes int
}

// Key is a stored idempotency key. Hash is the hash of the key that the client sent.
type Key struct {
	UserID, Hash            string
	Mutation, ArgumentsHash string
	ObjectID                string
	Flag                    bool
	CreatedAt               time.Time
}

// ReadLikes returns what the database has for each element of wanted, in the same order, and nil where there is no such
// item.
func (t Tx) ReadLikes(ctx context.Context, wanted []Wanted) ([]*Found, error) {
	found := make([]*Found, 0, len(wanted))
	for _, part := range parts(t, wanted) {
		rows, err := t.readPart(ctx, part)
		if err != nil {
			return nil, fmt.Errorf("read likes: %w", err)
		}
		found = append(found, rows...)
	}
	return found, nil
}

func (t Tx) readPart(ctx context.Context, wanted []Wanted) ([]*Found, error) {
	args := make([]any, 0, 5*len(wanted))
	for i, w := range wanted {
		args = append(args, i, w.ItemID, w.UserID, w.KeyHash, w.CountKeys)
	}
	query := readOnMySQL
	if t.sqlite {
		query = readOnSQLite
	}
	rows, err := t.tx.QueryContext(t.uninterrupted(ctx), query(len(wanted)), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := make([]*Found, len(wanted))
	var row readRow
	destinations := row.destinations()
	for rows.Next() {
		if err := rows.Scan(destinations...); err != nil {
			return nil, err
		}
		found[row.n] = row.found(wanted[row.n])
	}
	return found, rows.Err()
}

// The query joins a table of what is wanted, whose columns SQLite names column1 to column5, with everything a like
// refers to. All joins are by unique indexes.
var (
	readOnSQLite = repeated(readColumns+" FROM (VALUES ", "(?, ?, ?, ?, ?)", ", ", ") w"+readJoins)
	readOnMySQL  = built(func(rows int) string {
		const first, next = "SELECT ? AS column1, ? AS column2, ? AS column3, ? AS column4, ? AS column5",
			" UNION ALL SELECT ?, ?, ?, ?, ?"
		return readColumns + " FROM (" + first + strings.Repeat(next, rows-1) + ") w" + readJoins
	})
)

var readColumns = `SELECT w.column1, r.id, r.status, r.version, r.members_version, r.likes_after_minutes,
l.id IS NOT NULL, a.role, a.joined_at, k.mutation, k.arguments_hash, k.object_id, k.flag, k.created_at,
CASE WHEN w.column5 = 1 OR w.column5 = 2 AND l.id IS NOT NULL THEN (SELECT COUNT(*) FROM idempotency_keys c
WHERE c.user_id = w.column3 AND c.object_id = w.column2) ELSE 0 END, ` + roomstate.ItemColumns

const readJoins = `
CROSS JOIN queue_items i ON i.id = w.column2
JOIN rooms r ON r.id = i.room_id
LEFT JOIN likes l ON l.item_id = w.column2 AND l.user_id = w.column3
LEFT JOIN memberships a ON a.room_id = i.room_id AND a.user_id = w.column3
LEFT JOIN idempotency_keys k ON k.user_id = w.column3 AND k.` + "`key`" + ` = w.column4
LEFT JOIN memberships m ON m.room_id = i.room_id AND m.user_id = i.added_by_id
LEFT JOIN users u ON u.id = i.added_by_id`

// readRow is one row of the query. Scan overwrites every field, so one readRow serves all rows.
type readRow struct {
	n                                 int
	roomID                            string
	status                            party.RoomStatus
	room                              Room
	liked                             bool
	role                              sql.Null[party.Role]
	joinedAt, keyAt                   sql.Null[time.Time]
	mutation, argumentsHash, objectID sql.Null[string]
	flag                              sql.Null[bool]
	keys                              int
	item                              roomstate.ItemRow
}

func (r *readRow) destinations() []any {
	return append([]any{
		&r.n, &r.roomID, &r.status, &r.room.Version, &r.room.MembersVersion, &r.room.LikesAfterMinutes,
		&r.liked, &r.role, &r.joinedAt, &r.mutation, &r.argumentsHash, &r.objectID, &r.flag, &r.keyAt, &r.keys,
	}, r.item.Destinations()...)
}

func (r *readRow) found(w Wanted) *Found {
	f := &Found{
		Room: r.room, Item: r.item.Item(r.roomID), Liked: r.liked,
		Role: r.role.V, JoinedAt: r.joinedAt.V, Keys: r.keys,
	}
	f.Room.Open = r.status == party.Open
	if r.mutation.Valid {
		f.Key = &Key{
			UserID: w.UserID, Hash: w.KeyHash, Mutation: r.mutation.V, ArgumentsHash: r.argumentsHash.V,
			ObjectID: r.objectID.V, Flag: r.flag.V, CreatedAt: r.keyAt.V,
		}
	}
	return f
}
