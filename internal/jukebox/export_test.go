package jukebox

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

// LoadState loads a room's newest state like a server that has a certain state already, or none.
func (j *Jukebox) LoadState(ctx context.Context, roomID string, have *party.State) (*party.State, error) {
	return j.loader.Load(ctx, roomID, have, nil)
}

// HoldRoom holds a room's lock, like a slow change, until release is closed.
func (j *Jukebox) HoldRoom(roomID string, release <-chan struct{}) error {
	return j.changer.change(context.Background(), roomID, func(context.Context, *roomTx) error {
		<-release
		return nil
	})
}

// FailInRoom makes a change that fails, through no fault of the database.
func (j *Jukebox) FailInRoom(roomID string) error {
	return j.changer.change(context.Background(), roomID, func(context.Context, *roomTx) error {
		return errors.New("this change always fails")
	})
}

// Waiting returns how many changes wait in the room's queue, and whether a group runs.
func (j *Jukebox) Waiting(roomID string) (waiting int, busy bool) {
	return j.changer.groups.Waiting(roomID)
}

// StoreArrived stores the presence of those who have just connected, as RunPresence does every two seconds.
func (j *Jukebox) StoreArrived(ctx context.Context) error { return j.presence.storeArrived(ctx) }

// CodeLength returns how long the code of a new room is if this many rooms, including the new one, are open.
func CodeLength(openRooms int) int { return codeLength(openRooms) }

// ForgetFetched empties the cache of songs that Spotify described.
func (j *Jukebox) ForgetFetched() { j.catalog.Forget() }

// AgeCommands makes all stored commands older.
func AgeCommands(ctx context.Context, s *database.DB, by time.Duration) error {
	return s.InTx(ctx, func(tx *ent.Tx) error {
		rows, err := tx.RoomCommand.Query().All(ctx)
		for _, row := range rows {
			created := row.CreatedAt.Add(-by).UTC()
			_, failed := tx.ExecContext(ctx, "UPDATE room_commands SET created_at = ? WHERE id = ?", created, row.ID)
			err = errors.Join(err, failed)
		}
		return err
	})
}

// AgeGuests moves the times at which members joined, users were created and sessions were refreshed into the past.
func AgeGuests(ctx context.Context, s *database.DB, by time.Duration) error {
	for table, column := range map[string]string{
		"memberships": "joined_at", "users": "created_at", "sessions": "created_at", "room_events": "at",
	} {
		times, err := timesOf(ctx, s, "SELECT id, "+column+" FROM "+table)
		if err != nil {
			return err
		}
		update := "UPDATE " + table + " SET " + column + " = ? WHERE id = ?"
		// One transaction for all of them could exceed its timeout.
		for some := range slices.Chunk(slices.Collect(maps.Keys(times)), 20) {
			err := s.InTx(ctx, func(tx *ent.Tx) error {
				for _, id := range some {
					if _, err := tx.ExecContext(ctx, update, times[id].Add(-by).UTC(), id); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// timesOf returns the times that a query selects, by id.
func timesOf(ctx context.Context, s *database.DB, query string) (map[string]time.Time, error) {
	rows, err := s.SQL.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	times := map[string]time.Time{}
	for rows.Next() {
		var id string
		var at time.Time
		if err := rows.Scan(&id, &at); err != nil {
			return nil, err
		}
		times[id] = at
	}
	return times, rows.Err()
}

// KeptCommands returns the number of stored commands.
func KeptCommands(ctx context.Context, s *database.DB) (int, error) {
	return s.Read.RoomCommand.Query().Count(ctx)
}

// Count returns the number that a query selects.
func Count(ctx context.Context, s *database.DB, query string) (n int, err error) {
	err = s.SQL.QueryRowContext(ctx, query).Scan(&n)
	return n, err
}

// HasRate reports whether an action has a rate limit, and returns the reason if it has none.
func HasRate(action party.Action) (limited bool, because string) {
	_, limited = actionRates[action]
	return limited, unlimitedActions[action]
}

// StoreKey stores an idempotency key in a transaction, as if it had been used for a mutation. commit commits the
// transaction.
func StoreKey(ctx context.Context, db *database.DB, userID, key, mutation string) (commit func() error, err error) {
	tx, err := db.Write.Tx(ctx)
	if err != nil {
		return nil, err
	}
	used := &idempotency{UserID: userID, Hash: database.Hash([]byte(key)), Mutation: mutation}
	return tx.Commit, used.store(ctx, tx, result{objectID: userID}, database.Microseconds(time.Now()))
}

// Exec executes a statement, as an operator may who copies rows of a backup into the database.
func Exec(ctx context.Context, s *database.DB, statement string, values ...any) error {
	return s.InTx(ctx, func(tx *ent.Tx) error {
		_, err := tx.ExecContext(ctx, statement, values...)
		return err
	})
}

// ItemIDs returns the ids of all items of a room, the oldest first.
func ItemIDs(ctx context.Context, s *database.DB, roomID string) ([]string, error) {
	return s.Read.QueueItem.Query().Where(queueitem.RoomID(roomID)).Order(queueitem.ByAge()).IDs(ctx)
}

// RowsOfLikes returns the rows of a room that changes of likes write, without their ids and times.
func RowsOfLikes(ctx context.Context, s *database.DB, roomID string) (string, error) {
	var all []string
	for _, query := range []string{
		"SELECT version, '', '', '', '', '' FROM rooms WHERE id = ?",
		"SELECT id, state, like_count, version, COALESCE(added_by_id, ''), '' FROM queue_items " +
			"WHERE room_id = ? ORDER BY age",
		"SELECT l.item_id, l.user_id, '', '', '', '' FROM likes l JOIN queue_items i ON i.id = l.item_id " +
			"WHERE i.room_id = ? ORDER BY i.age, l.id",
		"SELECT version, kind, COALESCE(actor_id, ''), COALESCE(item_id, ''), COALESCE(detail, ''), undone " +
			"FROM room_events WHERE room_id = ? ORDER BY version, id",
		"SELECT k.`key`, k.user_id, k.mutation, k.object_id, k.flag, e.version FROM idempotency_keys k " +
			"JOIN queue_items i ON i.id = k.object_id " +
			"LEFT JOIN room_events e ON e.room_id = i.room_id AND e.at = k.created_at AND e.item_id = i.id " +
			"WHERE i.room_id = ? ORDER BY k.id, e.version",
	} {
		rows, err := texts(ctx, s, query, roomID)
		if err != nil {
			return "", err
		}
		all = append(all, rows...)
	}
	return strings.Join(all, "\n"), nil
}

// texts reads rows of six columns, each row as one text.
func texts(ctx context.Context, s *database.DB, query string, args ...any) ([]string, error) {
	rows, err := s.SQL.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var all []string
	for rows.Next() {
		var values [6]sql.NullString
		if err := rows.Scan(&values[0], &values[1], &values[2], &values[3], &values[4], &values[5]); err != nil {
			return nil, err
		}
		row := make([]string, len(values))
		for i, value := range values {
			row[i] = value.String
		}
		all = append(all, strings.Join(row, " "))
	}
	return all, rows.Err()
}

// AgeOffer makes all offers of rooms older.
func AgeOffer(ctx context.Context, s *database.DB, by time.Duration) error {
	return s.InTx(ctx, func(tx *ent.Tx) error {
		rows, err := tx.Room.Query().Where(room.OfferExpiresAtNotNil()).All(ctx)
		for _, row := range rows {
			err = errors.Join(err, row.Update().SetOfferExpiresAt(row.OfferExpiresAt.Add(-by).UTC()).Exec(ctx))
		}
		return err
	})
}

// MergeGuest gives a host everything that a guest has, as when the guest signs in as that host.
func (j *Jukebox) MergeGuest(ctx context.Context, guestID, hostID string) error {
	return j.mergeGuest(ctx, guestID, hostID)
}
