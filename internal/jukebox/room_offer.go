package jukebox

import (
	"context"
	"fmt"

	"antwon.dj/backend/internal/offers"
	"antwon.dj/backend/internal/party"
)

// OfferRoom offers the room to a co-host, who can accept it for party.OfferLifetime; an earlier offer ends. For the
// room's host. The errors are those of offers.Make.
func (j *Jukebox) OfferRoom(ctx context.Context, roomID, userID string) (*party.Room, error) {
	return j.changeOffer(ctx, roomID, party.ActSetRole, func(ctx context.Context, t *roomTx) error {
		err := offers.Make(ctx, t.tx, roomID, userID, t.now)
		if err == nil {
			t.log(logEvent{kind: party.EventRoomOffered, subject: userID})
		}
		return err
	})
}

// AnswerRoomOffer accepts the room that is offered to the viewer, or ends the offer: the co-host declines it, or the
// host withdraws it. For hosts; only the co-host to whom the room is offered can accept it.
func (j *Jukebox) AnswerRoomOffer(ctx context.Context, roomID string, accept bool) (*party.Room, error) {
	return j.changeOffer(ctx, roomID, party.ActAnswerOffer, func(ctx context.Context, t *roomTx) error {
		if accept {
			return offers.Accept(ctx, t.tx, roomID, t.actor, t.now)
		}
		return offers.Decline(ctx, t.tx, roomID, t.actor, t.role)
	})
}

// changeOffer changes the offer of an open room, and returns the room.
func (j *Jukebox) changeOffer(
	ctx context.Context, roomID string, action party.Action, fn func(context.Context, *roomTx) error,
) (*party.Room, error) {
	a, err := j.authorize(ctx, roomID, action)
	if err == nil {
		err = a.checkOpen()
	}
	if err != nil {
		return nil, err
	}
	err = j.change(ctx, a, func(ctx context.Context, t *roomTx) error {
		err := fn(ctx, t)
		if err == nil {
			t.versioned()
			t.affectsNobody()
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("change the room's offer: %w", err)
	}
	return j.mustFindRoom(ctx, roomID)
}

// changeHost makes the co-host who has accepted the room its host. The song and the commands of the old host's player
// end as when a room is closed. The room's device, playlist and delivery are reset.
func (t *roomTx) changeHost(ctx context.Context) error {
	offer, from, err := offers.ChangeHost(ctx, t.versioned(), t.roomID, t.version)
	if err != nil || from == "" {
		return err
	}
	t.membersVersion = t.version
	t.log(logEvent{kind: party.EventHostChanged, actor: offer.UserID, subject: from})
	if err := t.stopPlayer(ctx, "The room has another host now."); err != nil {
		return err
	}
	return t.resetPlayback(ctx)
}
