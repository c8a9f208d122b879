package purge

import (
	"context"
	"errors"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/internal/database"
)

const (
	// idleKept is how long guests and screens who have done nothing in any room are kept after they are gone: after they
	// were last connected or refreshed a session. It is also how long a closed room without songs is kept.
	idleKept = 24 * time.Hour
	// guestsAtOnce is how many guests, or their memberships, one transaction deletes.
	guestsAtOnce = 50
	// enoughTime is the part of a transaction's time after which it deletes no further guest.
	enoughTime = database.TxTimeout / 4
)

const (
	// idleMembers are memberships of guests and screens who have done nothing in the room but join it.
	idleMembers = `role IN ('GUEST', 'SCREEN') AND seen_at IS NULL AND joined_at < ?
 AND (SELECT u.kind FROM users u WHERE u.id = memberships.user_id) IN ('GUEST', 'SCREEN')
 AND (SELECT 1 FROM sessions s WHERE s.user_id = memberships.user_id AND s.created_at >= ? LIMIT 1) IS NULL
 AND (SELECT 1 FROM room_events e WHERE e.room_id = memberships.room_id AND e.actor_id = memberships.user_id
  AND e.kind <> 'JOINED' LIMIT 1) IS NULL
 AND (SELECT 1 FROM likes l WHERE l.user_id = memberships.user_id LIMIT 1) IS NULL
 AND (SELECT 1 FROM skip_votes v WHERE v.user_id = memberships.user_id LIMIT 1) IS NULL
 AND (SELECT 1 FROM queue_items i WHERE i.added_by_id = memberships.user_id LIMIT 1) IS NULL`

	// idleGuests are guests and screens without a room, without anything that they did in one, and without a session
	// that was refreshed lately.
	idleGuests = `kind IN ('GUEST', 'SCREEN') AND created_at < ?
 AND (SELECT 1 FROM memberships m WHERE m.user_id = users.id LIMIT 1) IS NULL
 AND (SELECT 1 FROM sessions s WHERE s.user_id = users.id AND s.created_at >= ? LIMIT 1) IS NULL
 AND (SELECT 1 FROM likes l WHERE l.user_id = users.id LIMIT 1) IS NULL
 AND (SELECT 1 FROM skip_votes v WHERE v.user_id = users.id LIMIT 1) IS NULL
 AND (SELECT 1 FROM queue_items i WHERE i.added_by_id = users.id LIMIT 1) IS NULL`
)

// idleSince returns the time idleKept ago: users who were last seen before it are idle.
func idleSince() time.Time { return database.Microseconds(time.Now().Add(-idleKept)) }

// Idle deletes guests and screens who have been gone for idleKept and did nothing in a room but join it, and rooms that
// closed so long ago without a song. So somebody who joins or opens rooms again and again leaves no more than a day's
// rows. A deleted guest who comes back joins as a new one. If a step fails, Idle goes on with the next.
func (p *Purger) Idle(ctx context.Context) (done Deleted, err error) {
	before := idleSince()
	var rooms, guests error
	done.Rooms, rooms = p.deleteRooms(ctx, emptyRooms, before)
	members := p.deleteMembers(ctx, before)
	done.Guests, guests = p.deleteGuests(ctx, before)
	p.count(done)
	return done, errors.Join(wrap("delete rooms without songs", rooms), members, guests)
}

// deleteMembers deletes the idle memberships, with the events that log their joining.
func (p *Purger) deleteMembers(ctx context.Context, before time.Time) error {
	const joined = "DELETE FROM room_events WHERE room_id = ? AND actor_id = ? AND kind = 'JOINED'"
	_, err := p.deleteEach(ctx, "memberships", idleMembers, before, func(tx *ent.Tx, id string) (gone int, err error) {
		member, err := tx.Membership.Get(ctx, id)
		if ent.IsNotFound(err) { // another server was faster
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		gone, err = exec(ctx, tx, "DELETE FROM memberships WHERE id = ? AND "+idleMembers, id, before, before)
		if gone == 1 {
			_, err = exec(ctx, tx, joined, member.RoomID, member.UserID)
		}
		return gone, err
	})
	return err
}

// deleteGuests deletes the idle guests and screens, with their sessions. It returns how many it deleted, also with an
// error.
func (p *Purger) deleteGuests(ctx context.Context, before time.Time) (n int, err error) {
	return p.deleteEach(ctx, "users", idleGuests, before, func(tx *ent.Tx, id string) (gone int, err error) {
		if _, err := exec(ctx, tx, "DELETE FROM sessions WHERE user_id = ? AND created_at < ?", id, before); err != nil {
			return 0, err
		}
		return exec(ctx, tx, "DELETE FROM users WHERE id = ? AND "+idleGuests, id, before, before)
	})
}

// deleteEach calls remove for each row of a table that meets a condition, for several rows in one transaction. remove
// has to check the condition again. deleteEach returns how many rows were deleted, even with an error.
func (p *Purger) deleteEach(
	ctx context.Context, table, condition string, before time.Time, remove removal,
) (n int, err error) {
	err = p.db.Walk(ctx, table, condition, []any{before, before}, func(ids []any) error {
		for len(ids) > 0 {
			done, gone, err := p.deleteSome(ctx, ids, remove)
			if err != nil {
				return err
			}
			ids, n = ids[done:], n+gone
		}
		return nil
	})
	return n, wrap("delete idle guests: "+table, err)
}

// removal deletes a row, and returns how many it deleted: 0 if the row no longer meets the condition, or is gone.
type removal func(tx *ent.Tx, id string) (gone int, err error)

// deleteSome removes the first rows in one transaction. It returns how many rows it has processed, and how many of them
// are gone. On a slow database it processes few, because a transaction that takes too long is rolled back.
func (p *Purger) deleteSome(ctx context.Context, ids []any, remove removal) (done, gone int, err error) {
	err = p.db.InTx(ctx, func(tx *ent.Tx) error {
		done, gone = 0, 0 // an earlier attempt may have set them
		for began := time.Now(); done < min(len(ids), guestsAtOnce) && time.Since(began) < enoughTime; done++ {
			one, err := remove(tx, ids[done].(string))
			if err != nil {
				return err
			}
			gone += one
		}
		return nil
	})
	return done, gone, err
}

// exec executes a statement, and returns how many rows it deleted.
func exec(ctx context.Context, tx *ent.Tx, statement string, args ...any) (gone int, err error) {
	result, err := tx.ExecContext(ctx, statement, args...)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}
