package jukebox

import (
	"context"
	"fmt"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/like"
	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/ent/skipvote"
	"antwon.dj/backend/internal/offers"
	"antwon.dj/backend/internal/party"
)

// mergeGuest gives a host everything that a guest has: memberships, songs, likes, skip votes and events, room by room.
// A song that both liked has one like afterwards. The guest keeps nothing: a client that still uses the guest's session
// has to sign in, and does so as the host. After a failure the rooms that were merged before it stay merged, and the
// next login merges the others.
func (j *Jukebox) mergeGuest(ctx context.Context, guestID, hostID string) error {
	memberships, err := j.db.Read.Membership.Query().Where(membership.UserID(guestID)).WithRoom().All(ctx)
	if err != nil {
		return fmt.Errorf("load the guest's rooms: %w", err)
	}
	for _, m := range memberships {
		if err := j.mergeInRoom(ctx, m.Edges.Room, guestID, hostID); err != nil {
			return fmt.Errorf("merge the guest with the host: %w", err)
		}
	}
	return nil
}

func (j *Jukebox) mergeInRoom(ctx context.Context, r *ent.Room, guestID, hostID string) error {
	if party.RoomStatus(r.Status) == party.Open {
		err := j.changer.change(ctx, r.ID, func(ctx context.Context, t *roomTx) error {
			return t.merge(ctx, guestID, hostID)
		})
		if party.CodeOf(err) != party.Conflict {
			return err
		}
	}
	// A closed room has no watchers and accepts no changes: only its rows have to be corrected.
	return j.db.InTx(ctx, func(tx *ent.Tx) error {
		last, err := tx.Room.Get(ctx, r.ID)
		if ent.IsNotFound(err) { // it has just been deleted
			return nil
		}
		if err != nil {
			return err
		}
		return (&roomTx{tx: tx, roomID: r.ID, version: last.Version}).merge(ctx, guestID, hostID)
	})
}

// merge is mergeGuest for one room. Repeating it changes nothing.
func (t *roomTx) merge(ctx context.Context, guestID, hostID string) error {
	guest, err := t.tx.Membership.Query().Where(membership.RoomID(t.roomID), membership.UserID(guestID)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	t.versioned()
	if err := t.mergeMembership(ctx, guest, hostID); err != nil {
		return err
	}
	if err := t.mergeLikes(ctx, guestID, hostID); err != nil {
		return err
	}
	if err := t.mergeSongs(ctx, guestID, hostID); err != nil {
		return err
	}
	if err := t.mergeVotes(ctx, guestID, hostID); err != nil {
		return err
	}
	if err := offers.Pass(ctx, t.tx, t.roomID, guestID, hostID); err != nil {
		return err
	}
	for _, column := range []string{"actor_id", "subject_id"} {
		update := "UPDATE room_events SET " + column + " = ? WHERE room_id = ? AND " + column + " = ?"
		if _, err := t.tx.ExecContext(ctx, update, hostID, t.roomID, guestID); err != nil {
			return err
		}
	}
	// The new version of the settings makes feeds reload the history, which shows who added each song; the new version of
	// who is away makes them reload that.
	return t.tx.Room.Update().Where(room.ID(t.roomID)).
		SetSettingsVersion(t.version).SetAwayVersion(t.version).Exec(ctx)
}

// mergeSongs makes the guest's songs the host's, those in the queue and those in the history.
func (t *roomTx) mergeSongs(ctx context.Context, guestID, hostID string) error {
	theirs := queueitem.And(queueitem.RoomID(t.roomID), queueitem.AddedByID(guestID))
	err := t.tx.QueueItem.Update().Where(theirs, queueitem.ActiveRecordingNotNil()).
		SetAddedByID(hostID).SetVersion(t.version).Exec(ctx)
	if err != nil {
		return err
	}
	return t.tx.QueueItem.Update().Where(theirs).SetAddedByID(hostID).Exec(ctx)
}

// mergeVotes makes the guest's skip votes the host's, except on songs on which the host has voted too.
func (t *roomTx) mergeVotes(ctx context.Context, guestID, hostID string) error {
	voted, err := t.tx.SkipVote.Query().Where(skipvote.UserID(hostID)).Select(skipvote.FieldItemID).Strings(ctx)
	if err != nil {
		return err
	}
	_, err = t.tx.SkipVote.Delete().Where(skipvote.UserID(guestID), skipvote.ItemIDIn(voted...)).Exec(ctx)
	if err != nil {
		return err
	}
	const move = `UPDATE skip_votes SET user_id = ?
 WHERE user_id = ? AND item_id IN (SELECT id FROM queue_items WHERE room_id = ?)`
	_, err = t.tx.ExecContext(ctx, move, hostID, guestID, t.roomID)
	return err
}

// mergeMembership gives the host the guest's membership or, if the host has one already, merges the two.
func (t *roomTx) mergeMembership(ctx context.Context, guest *ent.Membership, hostID string) error {
	host, err := t.tx.Membership.Query().Where(membership.RoomID(t.roomID), membership.UserID(hostID)).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		_, err = t.tx.ExecContext(ctx, "UPDATE memberships SET user_id = ? WHERE id = ?", hostID, guest.ID)
	case err == nil:
		if err = t.mergeInto(ctx, host, guest); err == nil {
			err = t.tx.Membership.DeleteOneID(guest.ID).Exec(ctx)
		}
	}
	if err != nil {
		return err
	}
	return t.tx.Room.Update().Where(room.ID(t.roomID)).SetMembersVersion(t.version).Exec(ctx)
}

// mergeInto merges the guest's membership into the host's: the role, the last presence, and whether both are away.
func (t *roomTx) mergeInto(ctx context.Context, host, guest *ent.Membership) error {
	last := host
	if guest.SeenAt != nil && (host.SeenAt == nil || guest.SeenAt.After(*host.SeenAt)) {
		last = guest
	}
	role := mergedRole(party.Role(host.Role), party.Role(guest.Role))
	return t.tx.Membership.Update().Where(membership.ID(host.ID)).SetRole(string(role)).
		SetNillableSeenAt(last.SeenAt).SetNillablePresentSince(last.PresentSince).
		SetAway(host.Away && guest.Away && role != party.RoleHost && role != party.RoleCohost).Exec(ctx)
}

// mergedRole returns the role of a user who was in a room twice. Somebody who was removed under one name stays removed.
func mergedRole(a, b party.Role) party.Role {
	for _, role := range []party.Role{
		party.RoleHost, party.RoleBanned, party.RoleRemoved, party.RoleCohost, party.RoleTablet,
	} {
		if a == role || b == role {
			return role
		}
	}
	return party.RoleGuest
}

// mergeLikes makes the guest's likes the host's. A song that both liked loses one of its likes.
func (t *roomTx) mergeLikes(ctx context.Context, guestID, hostID string) error {
	here := like.HasItemWith(queueitem.RoomID(t.roomID))
	liked, err := t.tx.Like.Query().Where(like.UserID(hostID), here).Select(like.FieldItemID).Strings(ctx)
	if err != nil {
		return err
	}
	both, err := t.tx.Like.Query().Where(like.UserID(guestID), like.ItemIDIn(liked...)).
		Select(like.FieldItemID).Strings(ctx)
	if err != nil {
		return err
	}
	if _, err := t.tx.Like.Delete().Where(like.UserID(guestID), like.ItemIDIn(both...)).Exec(ctx); err != nil {
		return err
	}
	twice := queueitem.IDIn(both...)
	if err := t.tx.QueueItem.Update().Where(twice).AddLikeCount(-1).Exec(ctx); err != nil {
		return err
	}
	err = t.tx.QueueItem.Update().Where(twice, queueitem.ActiveRecordingNotNil()).SetVersion(t.version).Exec(ctx)
	if err != nil {
		return err
	}
	const move = `UPDATE likes SET user_id = ?
 WHERE user_id = ? AND item_id IN (SELECT id FROM queue_items WHERE room_id = ?)`
	_, err = t.tx.ExecContext(ctx, move, hostID, guestID, t.roomID)
	return err
}
