package jukebox

import (
	"context"
	"fmt"
	"strconv"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/internal/party"
)

const maxPinLikes = 1_000

// PinItem gives a waiting song a place of its own, from 1; until it is played, or until another one has so many likes more.
// For hosts. Refused once the song was handed to the player.
func (j *Jukebox) PinItem(ctx context.Context, itemID string, position int, until party.PinRule, likes *int) (*party.RoomQueue, error) {
	a, err := j.authorizeItem(ctx, itemID, party.ActPin)
	if err != nil {
		return nil, err
	}
	if err := parsePin(position, until, likes); err != nil {
		return nil, err
	}
	return j.changePin(ctx, a, func(ctx context.Context, t *roomTx, item *ent.QueueItem) error {
		t.log(logEvent{kind: EventPinned, itemID: item.ID, detail: strconv.Itoa(position)})
		return t.versioned().QueueItem.Update().Where(queueitem.ID(item.ID)).SetVersion(t.version).
			SetPinRule(string(until)).SetPinPosition(position).SetPinLikes(party.Or(likes, 0)).SetPinVersion(t.version).Exec(ctx)
	})
}

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

// UnpinItem lets a pinned song go; unpinning what is not pinned is no error. For hosts.
func (j *Jukebox) UnpinItem(ctx context.Context, itemID string) (*party.RoomQueue, error) {
	a, err := j.authorizeItem(ctx, itemID, party.ActPin)
	if err != nil {
		return nil, err
	}
	return j.changePin(ctx, a, func(ctx context.Context, t *roomTx, item *ent.QueueItem) error {
		if item.PinRule == nil {
			return nil
		}
		t.log(logEvent{kind: EventUnpinned, itemID: item.ID})
		return t.versioned().QueueItem.Update().Where(queueitem.ID(item.ID)).ClearPinRule().SetVersion(t.version).Exec(ctx)
	})
}

func (j *Jukebox) changePin(ctx context.Context, a access, write func(context.Context, *roomTx, *ent.QueueItem) error) (*party.RoomQueue, error) {
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
			return party.Errorf(party.Conflict, "approve this song first")
		case party.Removed:
			return party.Errorf(party.NotFound, "this song is in the queue no more")
		}
		return (&party.Refusal{party.ReasonCommitted, "This song was handed to the player: nothing moves it any more."}).Err()
	})
	if err != nil {
		return nil, fmt.Errorf("pin a song: %w", err)
	}
	return j.queue(ctx, a.roomID)
}
