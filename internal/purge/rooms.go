package purge

import (
	"context"
	"fmt"
	"time"

	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

// roomTables are the tables with rows of a room, and the condition for those rows. The memberships are deleted first,
// so that nobody sees half a room, and the room itself last, so that the rest is found again after a crash.
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
	// oldGuests are guests and screens without a room, without anything that they did in one, and without a session with
	// which they could come back.
	oldGuests = `kind IN ('GUEST', 'SCREEN') AND created_at < ?
 AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = users.id)
 AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = users.id)
 AND NOT EXISTS (SELECT 1 FROM likes l WHERE l.user_id = users.id)
 AND NOT EXISTS (SELECT 1 FROM skip_votes v WHERE v.user_id = users.id)
 AND NOT EXISTS (SELECT 1 FROM queue_items i WHERE i.added_by_id = users.id)`
	// oldSongs are in no room. A song that is added again is fetched from Spotify again.
	oldSongs = `fetched_at < ? AND NOT EXISTS (SELECT 1 FROM queue_items i WHERE i.song_id = songs.id)
 AND NOT EXISTS (SELECT 1 FROM room_playbacks p WHERE p.song_id = songs.id)`
)

// Closed deletes the rooms that closed longer ago than keep, with everything in them; then the guests and screens who
// are in no other room and whose sessions have ended; then the songs that are in no other room.
func (p *Purger) Closed(ctx context.Context, keep time.Duration) (done Deleted, err error) {
	before := database.Microseconds(time.Now().Add(-keep))
	defer func() { p.count(done) }()
	old := func(ctx context.Context) (string, error) { return p.closedBefore(ctx, before) }
	if done.Rooms, err = p.purgeRooms(ctx, old); err != nil {
		return done, err
	}
	if done.Guests, err = p.db.DeleteWhere(ctx, "users", oldGuests, before); err != nil {
		return done, fmt.Errorf("delete guests: %w", err)
	}
	if done.Songs, err = p.db.DeleteWhere(ctx, "songs", oldSongs, before); err != nil {
		return done, fmt.Errorf("delete songs: %w", err)
	}
	return done, nil
}

// purgeRooms deletes the rooms that next returns, until it returns an empty id. It returns how many it deleted, also
// with an error.
func (p *Purger) purgeRooms(
	ctx context.Context, next func(context.Context) (roomID string, err error),
) (n int, err error) {
	for {
		roomID, err := next(ctx)
		if err != nil || roomID == "" {
			return n, err
		}
		gone, err := p.purgeRoom(ctx, roomID)
		n += gone
		if err != nil {
			return n, fmt.Errorf("delete room %s: %w", roomID, err)
		}
	}
}

// closedBefore returns the id of a room that closed before a moment, or an empty one if there is none.
func (p *Purger) closedBefore(ctx context.Context, moment time.Time) (roomID string, err error) {
	ids, err := p.db.Read.Room.Query().Where(room.ClosedAtLT(moment), room.Status(string(party.Closed))).Limit(1).IDs(ctx)
	if err != nil {
		return "", fmt.Errorf("find rooms that closed long ago: %w", err)
	}
	if len(ids) == 0 {
		return "", nil
	}
	return ids[0], nil
}

// purgeRoom deletes a room. It returns 0 if another server deleted the room first, and otherwise 1.
func (p *Purger) purgeRoom(ctx context.Context, roomID string) (n int, err error) {
	for _, of := range roomTables {
		if n, err = p.db.DeleteWhere(ctx, of.table, of.rows, roomID); err != nil {
			return 0, fmt.Errorf("%s: %w", of.table, err)
		}
	}
	p.forget(roomID)
	return n, nil
}
