package jukebox

import (
	"context"
	"fmt"
	"time"

	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

// Purged is how much was deleted.
type Purged struct{ Rooms, Guests, Songs int }

// ofRoom are the tables that know a room, and what in them is the room's. Who was in it goes first, so that nobody is shown half
// a room, and the room itself last, so that after a crash the rest is found.
var roomTables = []struct{ table, rows string }{
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
	if done.Guests, err = j.db.DeleteWhere(ctx, "users", oldGuests, before); err != nil {
		return done, fmt.Errorf("delete guests: %w", err)
	}
	if done.Songs, err = j.db.DeleteWhere(ctx, "songs", oldSongs, before); err != nil {
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
	for _, of := range roomTables {
		if n, err = j.db.DeleteWhere(ctx, of.table, of.rows, roomID); err != nil {
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
