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
	"antwon.dj/backend/internal/party"
)

// mergeGuest makes a guest one with a host: in each of their rooms the host is what they were, added their songs, and likes
// what they liked, once. The guest is nobody afterwards: a client that still comes as them is told to sign in, and does so as
// the host. What was done before a failure is done, and the next login goes on from there.
func (j *Jukebox) mergeGuest(ctx context.Context, guestID, hostID string) error {
	places, err := j.db.Read.Membership.Query().Where(membership.UserID(guestID)).WithRoom().All(ctx)
	for _, place := range places {
		if err == nil {
			err = j.mergeInRoom(ctx, place.Edges.Room, guestID, hostID)
		}
	}
	if err != nil {
		return fmt.Errorf("make the guest one with the host: %w", err)
	}
	return nil
}

func (j *Jukebox) mergeInRoom(ctx context.Context, r *ent.Room, guestID, hostID string) error {
	if party.RoomStatus(r.Status) == party.Open {
		err := j.changer.change(ctx, r.ID, func(ctx context.Context, t *roomTx) error { return t.merge(ctx, guestID, hostID) })
		if party.CodeOf(err) != party.Conflict {
			return err
		}
	}
	// In a closed room nobody watches: there is only its history to put right.
	return j.db.InTx(ctx, func(tx *ent.Tx) error {
		last, err := tx.Room.Get(ctx, r.ID)
		if ent.IsNotFound(err) { // it was deleted a moment ago
			return nil
		}
		if err != nil {
			return err
		}
		return (&roomTx{tx: tx, roomID: r.ID, version: last.Version}).merge(ctx, guestID, hostID)
	})
}

// merge is mergeGuest in one room. Done again it does nothing.
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
	theirs := queueitem.And(queueitem.RoomID(t.roomID), queueitem.AddedByID(guestID))
	err = t.tx.QueueItem.Update().Where(theirs, queueitem.ActiveRecordingNotNil()).SetAddedByID(hostID).SetVersion(t.version).Exec(ctx)
	if err != nil {
		return err
	}
	if err := t.tx.QueueItem.Update().Where(theirs).SetAddedByID(hostID).Exec(ctx); err != nil { // history
		return err
	}
	if err := t.mergeVotes(ctx, guestID, hostID); err != nil {
		return err
	}
	for _, who := range []string{"actor_id", "subject_id"} {
		_, err := t.tx.ExecContext(ctx, "UPDATE room_events SET "+who+" = ? WHERE room_id = ? AND "+who+" = ?", hostID, t.roomID, guestID)
		if err != nil {
			return err
		}
	}
	// Whose songs were played is told anew, as the settings are.
	return t.tx.Room.Update().Where(room.ID(t.roomID)).SetSettingsVersion(t.version).Exec(ctx)
}

// mergeVotes makes the guest's votes the host's, each song's once.
func (t *roomTx) mergeVotes(ctx context.Context, guestID, hostID string) error {
	voted, err := t.tx.SkipVote.Query().Where(skipvote.UserID(hostID)).Select(skipvote.FieldItemID).Strings(ctx)
	if err != nil {
		return err
	}
	if _, err := t.tx.SkipVote.Delete().Where(skipvote.UserID(guestID), skipvote.ItemIDIn(voted...)).Exec(ctx); err != nil {
		return err
	}
	const move = "UPDATE skip_votes SET user_id = ? WHERE user_id = ? AND item_id IN (SELECT id FROM queue_items WHERE room_id = ?)"
	_, err = t.tx.ExecContext(ctx, move, hostID, guestID, t.roomID)
	return err
}

// mergePlace gives the host the guest's place in the room, or what that was worth where the host has one.
func (t *roomTx) mergeMembership(ctx context.Context, guest *ent.Membership, hostID string) error {
	host, err := t.tx.Membership.Query().Where(membership.RoomID(t.roomID), membership.UserID(hostID)).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		_, err = t.tx.ExecContext(ctx, "UPDATE memberships SET user_id = ? WHERE id = ?", hostID, guest.ID)
	case err == nil:
		err = t.tx.Membership.Update().Where(membership.ID(host.ID)).SetRole(string(mergedRole(party.Role(host.Role), party.Role(guest.Role)))).Exec(ctx)
		if err == nil {
			err = t.tx.Membership.DeleteOneID(guest.ID).Exec(ctx)
		}
	}
	if err != nil {
		return err
	}
	return t.tx.Room.Update().Where(room.ID(t.roomID)).SetMembersVersion(t.version).Exec(ctx)
}

// roleOfBoth is what somebody is who was in a room twice. Who was removed under one name stays so under the other.
func mergedRole(a, b party.Role) party.Role {
	for _, role := range []party.Role{party.RoleHost, party.RoleBanned, party.RoleRemoved, party.RoleCohost} {
		if a == role || b == role {
			return role
		}
	}
	return party.RoleGuest
}

// mergeLikes makes the guest's likes the host's. What both liked is liked once from now on.
func (t *roomTx) mergeLikes(ctx context.Context, guestID, hostID string) error {
	here := like.HasItemWith(queueitem.RoomID(t.roomID))
	liked, err := t.tx.Like.Query().Where(like.UserID(hostID), here).Select(like.FieldItemID).Strings(ctx)
	if err != nil {
		return err
	}
	both, err := t.tx.Like.Query().Where(like.UserID(guestID), like.ItemIDIn(liked...)).Select(like.FieldItemID).Strings(ctx)
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
	if err := t.tx.QueueItem.Update().Where(twice, queueitem.ActiveRecordingNotNil()).SetVersion(t.version).Exec(ctx); err != nil {
		return err
	}
	const move = "UPDATE likes SET user_id = ? WHERE user_id = ? AND item_id IN (SELECT id FROM queue_items WHERE room_id = ?)"
	_, err = t.tx.ExecContext(ctx, move, hostID, guestID, t.roomID)
	return err
}
