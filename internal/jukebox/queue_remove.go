package jukebox

import (
	"context"
	"fmt"
	"slices"

	"strconv"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/like"
	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/internal/party"
)

// RemoveQueueItem takes a song out of the queue, for who added it and for the hosts; removing a removed one is no error.
// A guest's song that others like passes to the one who liked it first. A song that was handed to the player only a host can
// remove: it is skipped as soon as it starts.
func (j *Jukebox) RemoveQueueItem(ctx context.Context, itemID string, key *string) (*party.RoomQueue, error) {
	a, err := j.authorizeItem(ctx, itemID, party.ActRemoveOwn)
	if err != nil {
		return nil, err
	}
	_, err = j.changeOnce(ctx, a, key, "removeQueueItem", itemID, func(ctx context.Context, t *roomTx) (result, error) {
		item, err := t.tx.QueueItem.Get(ctx, itemID)
		if err != nil {
			return result{}, err
		}
		return result{objectID: itemID}, t.removeOrWithdraw(ctx, item)
	})
	if err != nil {
		return nil, fmt.Errorf("remove queue item: %w", err)
	}
	return j.queue(ctx, a.roomID)
}

// takeOut removes a song for the actor, or withdraws it.
func (t *roomTx) removeOrWithdraw(ctx context.Context, item *ent.QueueItem) error {
	hosts, state := t.role.May(party.ActRemoveAny) == nil, party.QueueItemState(item.State)
	switch {
	case !hosts && t.actor != valueOrEmpty(item.AddedByID):
		return party.Errorf(party.Forbidden, "only who added this song or the host may remove it")
	case state == party.Removed || item.SkipOnStart:
		return nil
	case state == party.Committed && hosts:
		t.log(logEvent{kind: EventRemoved, itemID: item.ID})
		return t.versioned().QueueItem.Update().Where(queueitem.ID(item.ID)).SetSkipOnStart(true).SetVersion(t.version).Exec(ctx)
	case state == party.Committed:
		return (&party.Refusal{party.ReasonCommitted, "This song plays next: only the host can still remove it."}).Err()
	case state != party.Queued && state != party.AwaitingApproval:
		return (&party.Refusal{party.ReasonCommitted, "This song is playing or has been played."}).Err()
	case hosts:
		t.log(logEvent{kind: EventRemoved, itemID: item.ID, subject: valueOrEmpty(item.AddedByID)})
		return t.dequeue(ctx, item)
	}
	return t.withdraw(ctx, item, EventWithdrawn, EventPassedOn)
}

// remove takes a waiting song out.
func (t *roomTx) dequeue(ctx context.Context, item *ent.QueueItem) error {
	return t.versioned().QueueItem.Update().Where(queueitem.ID(item.ID)).
		SetState(string(party.Removed)).ClearActiveRecording().SetVersion(t.version).Exec(ctx)
}

// withdraw removes the actor's song, or passes it to who liked it first of those who are still in the room. The actor's own
// like goes.
func (t *roomTx) withdraw(ctx context.Context, item *ent.QueueItem, removed, handedOn EventKind) error {
	heir, err := t.nextOwner(ctx, item)
	if err != nil {
		return err
	}
	if heir == "" {
		t.log(logEvent{kind: removed, itemID: item.ID})
		return t.dequeue(ctx, item)
	}
	n, err := t.versioned().Like.Delete().Where(like.ItemID(item.ID), like.UserID(t.actor)).Exec(ctx)
	if err != nil {
		return err
	}
	d := logEvent{kind: handedOn, itemID: item.ID, subject: heir}
	if n > 0 {
		d.detail = likedToo
	}
	t.log(d)
	t.affects(t.actor)
	t.affects(heir)
	return t.tx.QueueItem.Update().Where(queueitem.ID(item.ID)).SetAddedByID(heir).SetLikeCount(item.LikeCount - n).SetVersion(t.version).Exec(ctx)
}

// likedToo is the detail of a song that was handed on: who withdrew it liked it.
const likedToo = "LIKED"

// heir returns who liked a song of the actor's first, and may have songs in the room; empty: nobody.
func (t *roomTx) nextOwner(ctx context.Context, item *ent.QueueItem) (string, error) {
	fans, err := t.tx.Like.Query().Where(like.ItemID(item.ID), like.UserIDNEQ(t.actor)).Order(like.ByID()).Select(like.FieldUserID).Strings(ctx)
	if err != nil || len(fans) == 0 {
		return "", err
	}
	here, err := t.tx.Membership.Query().Where(membership.RoomID(t.roomID), membership.UserIDIn(fans...),
		membership.RoleIn(string(party.RoleHost), string(party.RoleCohost), string(party.RoleGuest))).Select(membership.FieldUserID).Strings(ctx)
	if err != nil {
		return "", err
	}
	first := slices.IndexFunc(fans, func(fan string) bool { return slices.Contains(here, fan) })
	if first < 0 {
		return "", nil
	}
	return fans[first], nil
}

// ClearQueue removes all waiting songs; the one that was handed to the player stays. For hosts.
func (j *Jukebox) ClearQueue(ctx context.Context, roomID string, key *string) (*party.RoomQueue, error) {
	a, err := j.authorize(ctx, roomID, party.ActClear)
	if err != nil {
		return nil, err
	}
	_, err = j.changeOnce(ctx, a, key, "clearQueue", roomID, func(ctx context.Context, t *roomTx) (result, error) {
		waiting := []string{string(party.Queued), string(party.AwaitingApproval)}
		n, err := t.tx.QueueItem.Update().Where(queueitem.RoomID(roomID), queueitem.StateIn(waiting...)).
			SetState(string(party.Removed)).ClearActiveRecording().SetVersion(t.version).Save(ctx)
		if n > 0 {
			t.versioned()
			t.log(logEvent{kind: EventCleared, detail: strconv.Itoa(n)})
		}
		return result{objectID: roomID}, err
	})
	if err != nil {
		return nil, fmt.Errorf("clear queue: %w", err)
	}
	return j.queue(ctx, roomID)
}
