package purge

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"antwon.dj/backend/internal/database"
)

// idleKept is how long guests and screens are kept who have done nothing in any room and are gone: neither connected
// nor with a session that was refreshed since. It is also how long a closed room without songs is kept.
const idleKept = 24 * time.Hour

// What is deleted of idle guests, in this order. A guest who comes back in the meantime joins again, as somebody new.
const (
	idleMemberships = `role IN ('GUEST', 'SCREEN') AND seen_at IS NULL AND joined_at < ?
 AND EXISTS (SELECT 1 FROM users u WHERE u.id = memberships.user_id AND u.kind IN ('GUEST', 'SCREEN'))
 AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = memberships.user_id AND s.created_at >= ?)
 AND NOT EXISTS (SELECT 1 FROM room_events e
  WHERE e.room_id = memberships.room_id AND e.actor_id = memberships.user_id AND e.kind <> 'JOINED')
 AND NOT EXISTS (SELECT 1 FROM likes l WHERE l.user_id = memberships.user_id)
 AND NOT EXISTS (SELECT 1 FROM skip_votes v WHERE v.user_id = memberships.user_id)
 AND NOT EXISTS (SELECT 1 FROM queue_items i WHERE i.added_by_id = memberships.user_id)`

	joinedEvents = `kind = 'JOINED' AND at < ? AND NOT EXISTS (SELECT 1 FROM memberships m
 WHERE m.room_id = room_events.room_id AND m.user_id = room_events.actor_id)`

	roomlessSessions = `created_at < ? AND EXISTS (SELECT 1 FROM users u WHERE u.id = sessions.user_id
  AND u.kind IN ('GUEST', 'SCREEN') AND u.created_at < ?)
 AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = sessions.user_id)`
)

// emptyRoom finds a closed room to which no song was ever added.
const emptyRoom = `SELECT r.id FROM rooms r WHERE r.status = 'CLOSED' AND r.closed_at < ?
 AND NOT EXISTS (SELECT 1 FROM queue_items i WHERE i.room_id = r.id) LIMIT 1`

// Idle deletes what was begun and came to nothing, so that somebody who joins, or opens rooms, again and again
// leaves no more than a day's rows: the guests and screens who have been gone for idleKept and left nothing in a room
// but that they joined, and the rooms that closed so long ago without a song.
func (p *Purger) Idle(ctx context.Context) (done Deleted, err error) {
	before := database.Microseconds(time.Now().Add(-idleKept))
	defer func() { p.count(done) }()
	empty := func(ctx context.Context) (roomID string, err error) {
		err = p.db.SQL.QueryRowContext(ctx, emptyRoom, before).Scan(&roomID)
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
		return roomID, err
	}
	if done.Rooms, err = p.purgeRooms(ctx, empty); err != nil {
		return done, err
	}
	for _, of := range []struct {
		table, rows string
		args        []any
	}{
		{"memberships", idleMemberships, []any{before, before}},
		{"room_events", joinedEvents, []any{before}},
		{"sessions", roomlessSessions, []any{before, before}},
	} {
		if _, err = p.db.DeleteWhere(ctx, of.table, of.rows, of.args...); err != nil {
			return done, fmt.Errorf("delete idle guests: %s: %w", of.table, err)
		}
	}
	if done.Guests, err = p.db.DeleteWhere(ctx, "users", oldGuests, before); err != nil {
		return done, fmt.Errorf("delete idle guests: %w", err)
	}
	return done, nil
}
