package jukebox

import (
	"context"
	"fmt"

	entsql "entgo.io/ent/dialect/sql"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/like"
	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/predicate"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/internal/party"
)

// The values of the column approval of a queue item. NULL: the song needs no approval.
const (
	approvalWaiting = "WAITING"
	approvalGiven   = "GIVEN"
)

// ApproveItem approves a song, which can play from then on. Approving an approved song is no error. For hosts.
func (j *Jukebox) ApproveItem(ctx context.Context, itemID string) (*party.QueueItem, error) {
	a, err := j.authorizeItem(ctx, itemID, party.ActApprove)
	if err != nil {
		return nil, err
	}
	if err := a.checkOpen(); err != nil {
		return nil, err
	}
	err = j.change(ctx, a, func(ctx context.Context, t *roomTx) error {
		item, err := t.tx.QueueItem.Get(ctx, itemID)
		switch {
		case err != nil:
			return err
		case item.State == string(party.Removed):
			return party.Errorf(party.NotFound, "This song is no longer in the queue.")
		case item.State != string(party.AwaitingApproval):
			return nil
		}
		return t.approve(ctx, item)
	})
	if err != nil {
		return nil, fmt.Errorf("approve a song: %w", err)
	}
	return j.loader.Item(ctx, itemID)
}

// approve approves a song that waits for approval.
func (t *roomTx) approve(ctx context.Context, item *ent.QueueItem) error {
	if item.AddedByID != nil {
		t.affects(*item.AddedByID)
	}
	if err := t.affectsHosts(ctx); err != nil {
		return err
	}
	t.log(logEvent{kind: party.EventApproved, itemID: item.ID})
	return t.versioned().QueueItem.Update().Where(queueitem.ID(item.ID)).
		SetState(string(party.Queued)).SetApproval(approvalGiven).SetVersion(t.version).Exec(ctx)
}

// affectsHosts declares that the change affects the room's host and co-hosts, who approve songs.
func (t *roomTx) affectsHosts(ctx context.Context) error {
	ids, err := t.tx.Membership.Query().
		Where(membership.RoomID(t.roomID), membership.RoleIn(string(party.RoleHost), string(party.RoleCohost))).
		Select(membership.FieldUserID).Strings(ctx)
	for _, id := range ids {
		t.affects(id)
	}
	return err
}

// isNewcomer reports whether a song that the actor adds needs approval, if it will belong to this user.
func (t *roomTx) isNewcomer(ctx context.Context, s *party.RoomSettings, ownerID string) (bool, error) {
	if !s.RequireApproval || !t.role.HasGuestRules() {
		return false, nil
	}
	accepted, err := countAccepted(ctx, t.tx.QueueItem, t.roomID, ownerID)
	return s.NeedsApproval(t.role, accepted), err
}

// countAccepted counts a guest's songs that a host has approved, or that somebody else likes.
func countAccepted(ctx context.Context, items *ent.QueueItemClient, roomID, userID string) (int, error) {
	return items.Query().Where(queueitem.RoomID(roomID), queueitem.AddedByID(userID),
		queueitem.StateNotIn(string(party.AwaitingApproval), string(party.Removed)),
		queueitem.Or(queueitem.Approval(approvalGiven), likedByOthers(userID))).Count(ctx)
}

// likedByOthers selects songs that somebody other than this user likes.
func likedByOthers(userID string) predicate.QueueItem {
	return func(s *entsql.Selector) {
		likes := entsql.Table(like.Table)
		s.Where(entsql.Exists(entsql.Select(likes.C(like.FieldItemID)).From(likes).Where(entsql.And(
			entsql.ColumnsEQ(likes.C(like.FieldItemID), s.C(queueitem.FieldID)),
			entsql.NEQ(likes.C(like.FieldUserID), userID)))))
	}
}
