package jukebox

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

// purgedAtOnce is how many rows one transaction deletes: so few that nobody notices.
const purgedAtOnce = 200

// Purged is how much was deleted.
type Purged struct{ Rooms, Guests, Songs int }

// ofRoom are the tables that know a room, and what in them is the room's. Who was in it goes first, so that nobody is shown half
// a room, and the room itself last, so that after a crash the rest is found.
var ofRoom = []struct{ table, rows string }{
	{"memberships", "room_id = ?"},
	{"likes", "item_id IN (SELECT id FROM queue_items WHERE room_id = ?)"},
	{"skip_votes", "item_id IN (SELECT id FROM queue_items WHERE room_id = ?)"},
	{"room_playbacks", "id = ?"},
	{"queue_items", "room_id = ?"},
	{"room_events", "room_id = ?"},
	{"room_commands", "room_id = ?"},
	{"room_leases", "id = ?"},
	{"rooms", "id = ?"},
}

const (
	// oldGuests are guests and screens who are in no room, have done nothing in one, and cannot come back: their sessions ended.
	oldGuests = `kind IN ('GUEST', 'SCREEN') AND created_at < ?
 AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = users.id) AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = users.id)
 AND NOT EXISTS (SELECT 1 FROM likes l WHERE l.user_id = users.id) AND NOT EXISTS (SELECT 1 FROM skip_votes v WHERE v.user_id = users.id)
 AND NOT EXISTS (SELECT 1 FROM queue_items i WHERE i.added_by_id = users.id)`
	// oldSongs are in no room. Who adds one again has it fetched anew.
	oldSongs = `fetched_at < ? AND NOT EXISTS (SELECT 1 FROM queue_items i WHERE i.song_id = songs.id)
 AND NOT EXISTS (SELECT 1 FROM room_playbacks p WHERE p.song_id = songs.id)`
)

// Purge deletes the rooms that closed longer ago than keep, with all that was in them; then the guests and screens who are
// nowhere else and whose sessions have ended, and the songs that stand nowhere else. It deletes a little at a time and rests as
// long in between. Several servers may do it at once; where one was stopped the next goes on.
func (j *Jukebox) Purge(ctx context.Context, keep time.Duration) (done Purged, err error) {
	before := database.Microseconds(time.Now().Add(-keep))
	defer func() { j.countPurged(done) }()
	if done.Rooms, err = j.purgeRooms(ctx, before); err != nil {
		return done, err
	}
	if done.Guests, err = j.purgeRows(ctx, "users", oldGuests, before); err != nil {
		return done, fmt.Errorf("delete guests: %w", err)
	}
	if done.Songs, err = j.purgeRows(ctx, "songs", oldSongs, before); err != nil {
		return done, fmt.Errorf("delete songs: %w", err)
	}
	return done, nil
}

func (j *Jukebox) purgeRooms(ctx context.Context, before time.Time) (n int, err error) {
	for {
		roomID, err := j.closedBefore(ctx, before)
		if err != nil || roomID == "" {
			return n, err
		}
		gone, err := j.purgeRoom(ctx, roomID)
		n += gone
		if err != nil {
			return n, fmt.Errorf("delete room %s: %w", roomID, err)
		}
	}
}

// closedBefore returns a room that closed before a moment, or nothing.
func (j *Jukebox) closedBefore(ctx context.Context, moment time.Time) (roomID string, err error) {
	ids, err := j.db.Read.Room.Query().Where(room.ClosedAtLT(moment), room.Status(string(party.Closed))).Limit(1).IDs(ctx)
	if err != nil {
		return "", fmt.Errorf("find rooms that closed long ago: %w", err)
	}
	if len(ids) == 0 {
		return "", nil
	}
	return ids[0], nil
}

// purgeRoom returns 0 if another server was faster.
func (j *Jukebox) purgeRoom(ctx context.Context, roomID string) (n int, err error) {
	for _, of := range ofRoom {
		if n, err = j.purgeRows(ctx, of.table, of.rows, roomID); err != nil {
			return 0, fmt.Errorf("%s: %w", of.table, err)
		}
	}
	j.states.Remove(roomID)
	return n, nil
}

func (j *Jukebox) countPurged(done Purged) {
	for kind, n := range map[string]int{"rooms": done.Rooms, "guests": done.Guests, "songs": done.Songs} {
		j.purged.WithLabelValues(kind).Add(float64(n))
	}
}

// purgeRows deletes the rows of a table that a condition is true for, and returns how many there were.
func (j *Jukebox) purgeRows(ctx context.Context, table, condition string, arg any) (n int, err error) {
	for ctx.Err() == nil {
		began := time.Now()
		ids, err := someIDs(ctx, j.db, "SELECT id FROM "+table+" WHERE "+condition+" LIMIT ?", arg, purgedAtOnce)
		if err != nil || len(ids) == 0 {
			return n, err
		}
		gone, err := deleteSome(ctx, j.db, table, condition, ids, arg)
		n += gone
		if err != nil {
			return n, err
		}
		rest(ctx, time.Since(began))
	}
	return n, ctx.Err()
}

func rest(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// someIDs returns what a query for ids finds.
func someIDs(ctx context.Context, s *database.DB, query string, args ...any) (ids []any, err error) {
	rows, err := s.SQL.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// deleteSome deletes those of the ids, at most purgedAtOnce, that the condition is still true for. The statement is always the
// same text, and so prepared once.
func deleteSome(ctx context.Context, s *database.DB, table, condition string, ids []any, arg any) (n int, err error) {
	args := slices.Clone(ids)
	for len(args) < purgedAtOnce {
		args = append(args, ids[0])
	}
	marks := strings.TrimSuffix(strings.Repeat("?,", purgedAtOnce), ",")
	err = s.InTx(ctx, func(tx *ent.Tx) error {
		result, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE id IN ("+marks+") AND "+condition, append(args, arg)...)
		if err != nil {
			return err
		}
		gone, err := result.RowsAffected()
		n = int(gone)
		return err
	})
	return n, err
}
