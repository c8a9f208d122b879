package jukebox

import (
	"context"
	"fmt"
	"time"

	"antwon.dj/backend/internal/database"
)

// idleKept is how long guests and screens are kept who have done nothing in any room and are gone: neither connected nor
// with a session that was refreshed since.
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

// DeleteIdleGuests deletes the guests and screens who have been gone for idleKept and left nothing in a room but that
// they joined: somebody who joins again and again leaves no more than a day's rows. It returns how many it deleted, also
// with an error. Like Purge, it works in small portions, on several servers at once, and can be interrupted.
func (j *Jukebox) DeleteIdleGuests(ctx context.Context) (n int, err error) {
	before := database.Microseconds(time.Now().Add(-idleKept))
	defer func() { j.countPurged(Purged{Guests: n}) }()
	for _, of := range []struct {
		table, rows string
		args        []any
	}{
		{"memberships", idleMemberships, []any{before, before}},
		{"room_events", joinedEvents, []any{before}},
		{"sessions", roomlessSessions, []any{before, before}},
		{"users", oldGuests, []any{before}},
	} {
		if n, err = j.db.DeleteWhere(ctx, of.table, of.rows, of.args...); err != nil {
			return 0, fmt.Errorf("delete idle guests: %s: %w", of.table, err)
		}
	}
	return n, nil
}
