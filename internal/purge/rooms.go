package purge

import (
	"context"
	"errors"
	"fmt"
	"time"

	"antwon.dj/backend/internal/database"
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
	{"push_subscriptions", "room_id = ?"},
	{"room_leases", "id = ?"},
	{"rooms", "id = ?"},
}

// maxFailures is how many rooms may fail before a purge leaves the others to the next one.
const maxFailures = 10

const (
	closedRooms = "status = 'CLOSED' AND closed_at < ?"
	// emptyRooms are closed rooms to which no song was ever added.
	emptyRooms = closedRooms + " AND (SELECT 1 FROM queue_items i WHERE i.room_id = rooms.id LIMIT 1) IS NULL"
	// oldSongs are in no room. A song that is added again is fetched from Spotify again.
	oldSongs = `fetched_at < ? AND (SELECT 1 FROM queue_items i WHERE i.song_id = songs.id LIMIT 1) IS NULL
 AND (SELECT 1 FROM room_playbacks p WHERE p.song_id = songs.id LIMIT 1) IS NULL`
)

// Closed deletes the rooms that closed longer ago than keep, with everything in them; then the guests and screens who
// are gone and in no other room, as Idle does; then the songs that are in no other room. If a step fails, Closed goes
// on with the next.
func (p *Purger) Closed(ctx context.Context, keep time.Duration) (done Deleted, err error) {
	before := database.Microseconds(time.Now().Add(-keep))
	var rooms, guests, songs error
	done.Rooms, rooms = p.deleteRooms(ctx, closedRooms, before)
	done.Guests, guests = p.deleteGuests(ctx, idleSince())
	done.Songs, songs = p.db.Sweep(ctx, "songs", oldSongs, before)
	p.count(done)
	return done, errors.Join(wrap("delete closed rooms", rooms), guests, wrap("delete songs", songs))
}

// deleteRooms deletes the rooms that meet a condition. It returns how many it deleted, also with an error. If a room
// cannot be deleted, it goes on with the others, until maxFailures rooms have failed.
func (p *Purger) deleteRooms(ctx context.Context, condition string, args ...any) (n int, err error) {
	var failed []error
	walked := p.db.Walk(ctx, "rooms", condition, args, func(ids []any) error {
		for _, id := range ids {
			gone, err := p.deleteRoom(ctx, id.(string))
			n += gone
			if err != nil {
				failed = append(failed, fmt.Errorf("room %s: %w", id, err))
			}
			if len(failed) == maxFailures || ctx.Err() != nil {
				return errors.New("the other rooms are left to the next purge")
			}
		}
		return nil
	})
	return n, errors.Join(append(failed, walked)...)
}

// deleteRoom deletes a room. It returns 0 if another server deleted the room first, and otherwise 1.
func (p *Purger) deleteRoom(ctx context.Context, roomID string) (n int, err error) {
	for _, of := range roomTables {
		if n, err = p.db.DeleteWhere(ctx, of.table, of.rows, roomID); err != nil {
			return 0, fmt.Errorf("%s: %w", of.table, err)
		}
	}
	p.forget(roomID)
	return n, nil
}

// wrap says what failed, if anything did.
func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
