package jukebox

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/like"
	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/predicate"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/internal/party"
)

// RemoveQueueItem removes a song from the queue. For the guest who added it, and for hosts; removing a removed song is
// no error. If a guest withdraws a song that others like, it passes to the next owner instead. Only hosts can remove a
// committed song, which is skipped as soon as it starts.
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

// removeOrWithdraw removes a song if the actor is a host, and withdraws it if the actor added it.
func (t *roomTx) removeOrWithdraw(ctx context.Context, item *ent.QueueItem) error {
	hosts, state := t.role.May(party.ActRemoveAny) == nil, party.QueueItemState(item.State)
	switch {
	case !hosts && t.actor != valueOrEmpty(item.AddedByID):
		return party.Errorf(party.Forbidden, "Only the guest who added this song and the hosts may remove it.")
	case state == party.Removed || item.SkipOnStart:
		return nil
	case state == party.Committed && hosts:
		t.log(logEvent{kind: party.EventRemoved, itemID: item.ID})
		return t.versioned().QueueItem.Update().Where(queueitem.ID(item.ID)).
			SetSkipOnStart(true).SetVersion(t.version).Exec(ctx)
	case state == party.Committed:
		return (&party.Refusal{
			Reason: party.ReasonCommitted, Message: "This song plays next: only a host can still remove it.",
		}).Err()
	case state != party.Queued && state != party.AwaitingApproval:
		return (&party.Refusal{
			Reason: party.ReasonCommitted, Message: "This song is playing or has been played.",
		}).Err()
	case hosts:
		t.log(logEvent{kind: party.EventRemoved, itemID: item.ID, subject: valueOrEmpty(item.AddedByID)})
		return t.dequeue(ctx, item)
	}
	return t.withdraw(ctx, item, party.EventWithdrawn, party.EventPassedOn)
}

// dequeue removes a waiting song.
func (t *roomTx) dequeue(ctx context.Context, item *ent.QueueItem) error {
	return t.versioned().QueueItem.Update().Where(queueitem.ID(item.ID)).
		SetState(string(party.Removed)).ClearActiveRecording().SetVersion(t.version).Exec(ctx)
}

// withdraw removes a song in the name of its owner or, if there is a next owner, passes it on and deletes the owner's
// like. It logs an event of the kind removed or passedOn.
func (t *roomTx) withdraw(ctx context.Context, item *ent.QueueItem, removed, passedOn party.EventKind) error {
	owner := valueOrEmpty(item.AddedByID)
	next, err := t.nextOwner(ctx, item)
	if err != nil {
		return err
	}
	if next == "" {
		t.log(logEvent{kind: removed, itemID: item.ID})
		return t.dequeue(ctx, item)
	}
	n, err := t.versioned().Like.Delete().Where(like.ItemID(item.ID), like.UserID(owner)).Exec(ctx)
	if err != nil {
		return err
	}
	event := logEvent{kind: passedOn, itemID: item.ID, subject: next}
	if n > 0 {
		event.detail = likedToo
	}
	t.log(event)
	t.affects(owner)
	t.affects(next)
	return t.tx.QueueItem.Update().Where(queueitem.ID(item.ID)).
		SetAddedByID(next).SetLikeCount(item.LikeCount - n).SetVersion(t.version).Exec(ctx)
}

// likedToo is the detail of a party.EventPassedOn if the member who withdrew the song also liked it.
const likedToo = "LIKED"

// nextOwner returns the id of a song's next owner: the first to like it of the members who may have songs in the room,
// apart from its present owner. It is empty if there is none.
func (t *roomTx) nextOwner(ctx context.Context, item *ent.QueueItem) (string, error) {
	fans, err := t.tx.Like.Query().Where(like.ItemID(item.ID), like.UserIDNEQ(valueOrEmpty(item.AddedByID))).
		Order(like.ByID()).Select(like.FieldUserID).Strings(ctx)
	if err != nil || len(fans) == 0 {
		return "", err
	}
	owners := membership.RoleIn(string(party.RoleHost), string(party.RoleCohost), string(party.RoleGuest))
	here, err := t.tx.Membership.Query().Where(membership.RoomID(t.roomID), membership.UserIDIn(fans...), owners).
		Select(membership.FieldUserID).Strings(ctx)
	if err != nil {
		return "", err
	}
	first := slices.IndexFunc(fans, func(fan string) bool { return slices.Contains(here, fan) })
	if first < 0 {
		return "", nil
	}
	return fans[first], nil
}

// RemoveGuestSongs removes all waiting songs of a member, except the committed one. For hosts. The error is NotFound if
// no member has this id.
func (j *Jukebox) RemoveGuestSongs(
	ctx context.Context, roomID, userID string, key *string,
) (*party.RoomQueue, error) {
	a, err := j.authorize(ctx, roomID, party.ActClear)
	if err != nil {
		return nil, err
	}
	if _, err := party.ParseID("userId", userID); err != nil {
		return nil, err
	}
	arguments := [2]string{roomID, userID}
	_, err = j.changeOnce(ctx, a, key, "removeGuestSongs", arguments,
		func(ctx context.Context, t *roomTx) (result, error) {
			role, err := t.roleOf(ctx, userID)
			if err == nil && role == "" {
				err = errNoMember
			}
			if err != nil {
				return result{}, err
			}
			n, err := t.removeWaiting(ctx, queueitem.AddedByID(userID))
			if n > 0 {
				t.log(logEvent{kind: party.EventSongsRemoved, subject: userID, detail: strconv.Itoa(n)})
			}
			return result{objectID: roomID}, err
		})
	if err != nil {
		return nil, fmt.Errorf("remove a guest's songs: %w", err)
	}
	return j.queue(ctx, roomID)
}

// removeWaiting removes the waiting songs that meet the conditions, and returns how many. The committed song stays.
func (t *roomTx) removeWaiting(ctx context.Context, which ...predicate.QueueItem) (n int, err error) {
	waiting := queueitem.StateIn(string(party.Queued), string(party.AwaitingApproval))
	n, err = t.tx.QueueItem.Update().Where(queueitem.RoomID(t.roomID), waiting).Where(which...).
		SetState(string(party.Removed)).ClearActiveRecording().SetVersion(t.version).Save(ctx)
	if n > 0 {
		t.versioned()
	}
	return n, err
}

// ClearQueue removes all waiting songs except the committed one. For hosts.
func (j *Jukebox) ClearQueue(ctx context.Context, roomID string, key *string) (*party.RoomQueue, error) {
	a, err := j.authorize(ctx, roomID, party.ActClear)
	if err != nil {
		return nil, err
	}
	_, err = j.changeOnce(ctx, a, key, "clearQueue", roomID, func(ctx context.Context, t *roomTx) (result, error) {
		n, err := t.removeWaiting(ctx)
		if n > 0 {
			t.log(logEvent{kind: party.EventCleared, detail: strconv.Itoa(n)})
		}
		return result{objectID: roomID}, err
	})
	if err != nil {
		return nil, fmt.Errorf("clear queue: %w", err)
	}
	return j.queue(ctx, roomID)
}
