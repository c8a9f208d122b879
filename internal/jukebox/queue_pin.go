package jukebox

import (
	"context"
	"fmt"
	"strconv"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/internal/party"
)

const maxPinLikes = 1_000 // the most likes that overtaking a pinned song can require

// PinItem pins a waiting song to a position, which counts from 1, until it is played or, with OVERTAKEN, until another
// song leads it by that many likes. For hosts. The error is Refused once the song has been committed, and Conflict
// while it waits for approval.
func (j *Jukebox) PinItem(
	ctx context.Context, itemID string, position int, until party.PinRule, likes *int,
) (*party.RoomQueue, error) {
	a, err := j.authorizeItem(ctx, itemID, party.ActPin)
	if err != nil {
		return nil, err
	}
	if err := parsePin(position, until, likes); err != nil {
		return nil, err
	}
	return j.changePin(ctx, a, func(ctx context.Context, t *roomTx, item *ent.QueueItem) error {
		t.log(logEvent{kind: party.EventPinned, itemID: item.ID, detail: strconv.Itoa(position)})
		return t.versioned().QueueItem.Update().Where(queueitem.ID(item.ID)).SetVersion(t.version).
			SetPinRule(string(until)).SetPinPosition(position).SetPinLikes(party.Or(likes, 0)).SetPinVersion(t.version).Exec(ctx)
	})
}

// parsePin returns a BadUserInput error unless the arguments of PinItem are valid.
func parsePin(position int, until party.PinRule, likes *int) error {
	switch {
	case position < 1 || position > party.MaxQueue:
		return party.BadInput("position", "must be 1 to %d", party.MaxQueue)
	case until == party.UntilPlayed && likes != nil:
		return party.BadInput("likes", "must not be given with PLAYED")
	case until == party.UntilOvertaken && (likes == nil || *likes < 1 || *likes > maxPinLikes):
		return party.BadInput("likes", "must be 1 to %d with OVERTAKEN", maxPinLikes)
	case until != party.UntilPlayed && until != party.UntilOvertaken:
		return party.BadInput("until", "must be PLAYED or OVERTAKEN")
	}
	return nil
}

// UnpinItem removes a song's pin. Unpinning a song that is not pinned is no error. For hosts.
func (j *Jukebox) UnpinItem(ctx context.Context, itemID string) (*party.RoomQueue, error) {
	a, err := j.authorizeItem(ctx, itemID, party.ActPin)
	if err != nil {
		return nil, err
	}
	return j.changePin(ctx, a, func(ctx context.Context, t *roomTx, item *ent.QueueItem) error {
		if item.PinRule == nil {
			return nil
		}
		t.log(logEvent{kind: party.EventUnpinned, itemID: item.ID})
		return t.versioned().QueueItem.Update().Where(queueitem.ID(item.ID)).ClearPinRule().SetVersion(t.version).Exec(ctx)
	})
}

// changePin calls write with a song that can be pinned, and returns the queue.
func (j *Jukebox) changePin(
	ctx context.Context, a access, write func(context.Context, *roomTx, *ent.QueueItem) error,
) (*party.RoomQueue, error) {
	if err := a.checkOpen(); err != nil {
		return nil, err
	}
	err := j.change(ctx, a, func(ctx context.Context, t *roomTx) error {
		item, err := t.tx.QueueItem.Get(ctx, a.itemID)
		if err != nil {
			return err
		}
		switch party.QueueItemState(item.State) {
		case party.Queued:
			return write(ctx, t, item)
		case party.AwaitingApproval:
			return party.Errorf(party.Conflict, "Approve this song first.")
		case party.Removed:
			return party.Errorf(party.NotFound, "This song is no longer in the queue.")
		}
		return (&party.Refusal{
			Reason: party.ReasonCommitted, Message: "This song was handed to the player: it can no longer be moved.",
		}).Err()
	})
	if err != nil {
		return nil, fmt.Errorf("pin a song: %w", err)
	}
	return j.queue(ctx, a.roomID)
}
