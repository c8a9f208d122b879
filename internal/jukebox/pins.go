package jukebox

import (
	"context"
	"fmt"
	"strconv"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/queueitem"
)

const maxPinLikes = 1_000

// PinItem gives a waiting song a place of its own, from 1; until it is played, or until another one has so many likes more.
// For hosts. Refused once the song was handed to the player.
func (j *Jukebox) PinItem(ctx context.Context, itemID string, position int, until PinRule, likes *int) (*RoomQueue, error) {
	a, err := j.enterItem(ctx, itemID, ActPin)
	if err != nil {
		return nil, err
	}
	if err := parsePin(position, until, likes); err != nil {
		return nil, err
	}
	return j.repin(ctx, a, func(ctx context.Context, t *roomTx, item *ent.QueueItem) error {
		t.tell(deed{kind: DidPin, itemID: item.ID, detail: strconv.Itoa(position)})
		return t.alter().QueueItem.Update().Where(queueitem.ID(item.ID)).SetVersion(t.version).
			SetPinRule(string(until)).SetPinPosition(position).SetPinLikes(or(likes, 0)).SetPinVersion(t.version).Exec(ctx)
	})
}

func parsePin(position int, until PinRule, likes *int) error {
	switch {
	case position < 1 || position > maxQueue:
		return badInput("position", "must be 1 to %d", maxQueue)
	case until == UntilPlayed && likes != nil:
		return badInput("likes", "must not be given with PLAYED")
	case until == UntilOvertaken && (likes == nil || *likes < 1 || *likes > maxPinLikes):
		return badInput("likes", "must be 1 to %d with OVERTAKEN", maxPinLikes)
	case until != UntilPlayed && until != UntilOvertaken:
		return badInput("until", "must be PLAYED or OVERTAKEN")
	}
	return nil
}

// UnpinItem lets a pinned song go; unpinning what is not pinned is no error. For hosts.
func (j *Jukebox) UnpinItem(ctx context.Context, itemID string) (*RoomQueue, error) {
	a, err := j.enterItem(ctx, itemID, ActPin)
	if err != nil {
		return nil, err
	}
	return j.repin(ctx, a, func(ctx context.Context, t *roomTx, item *ent.QueueItem) error {
		if item.PinRule == nil {
			return nil
		}
		t.tell(deed{kind: DidUnpin, itemID: item.ID})
		return t.alter().QueueItem.Update().Where(queueitem.ID(item.ID)).ClearPinRule().SetVersion(t.version).Exec(ctx)
	})
}

func (j *Jukebox) repin(ctx context.Context, a access, write func(context.Context, *roomTx, *ent.QueueItem) error) (*RoomQueue, error) {
	if err := a.open(); err != nil {
		return nil, err
	}
	err := j.change(ctx, a, func(ctx context.Context, t *roomTx) error {
		item, err := t.tx.QueueItem.Get(ctx, a.itemID)
		if err != nil {
			return err
		}
		switch QueueItemState(item.State) {
		case Queued:
			return write(ctx, t, item)
		case AwaitingApproval:
			return errorf(Conflict, "approve this song first")
		case Removed:
			return errorf(NotFound, "this song is in the queue no more")
		}
		return refused(&Refusal{ReasonCommitted, "This song was handed to the player: nothing moves it any more."})
	})
	if err != nil {
		return nil, fmt.Errorf("pin a song: %w", err)
	}
	return j.queue(ctx, a.roomID)
}
