package jukebox

import (
	"context"
	"fmt"

	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/ent/roomplayback"
	"antwon.dj/backend/internal/party"
)

// CloseRoom ends a party: its code becomes free, the room can no longer be changed, and its watchers get one last
// state. For the room's host; closing a closed room is no error.
func (j *Jukebox) CloseRoom(ctx context.Context, roomID string, key *string) (*party.Room, error) {
	a, err := j.authorize(ctx, roomID, party.ActClose)
	if err != nil {
		return nil, err
	}
	if a.status == party.Open {
		_, err = j.changeOnce(ctx, a, key, "closeRoom", roomID, func(ctx context.Context, t *roomTx) (result, error) {
			return result{objectID: roomID}, t.closeRoom(ctx)
		})
	}
	if err != nil && party.CodeOf(err) != party.Conflict {
		return nil, fmt.Errorf("close room: %w", err)
	}
	r, found := j.mustFindRoom(ctx, roomID)
	if found == nil && r.Status == party.Closed { // even if a concurrent request closed it
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	return nil, found
}

// closeRoom closes the room without touching the player: the song that plays has ended as far as the room is concerned,
// and a committed song waits again.
func (t *roomTx) closeRoom(ctx context.Context) error {
	t.closes = true
	t.log(logEvent{kind: party.EventClosed})
	tx := t.versioned()
	err := tx.Room.Update().Where(room.ID(t.roomID)).SetStatus(string(party.Closed)).
		ClearOpenCode().ClearOpenHostID().SetClosedAt(t.now).
		ClearOfferedToID().ClearOfferExpiresAt().SetOfferAccepted(false).Exec(ctx)
	if err != nil {
		return err
	}
	absent := tx.Membership.Update().Where(membership.RoomID(t.roomID)).ClearSeenAt().ClearPresentSince()
	if err := absent.Exec(ctx); err != nil {
		return err
	}
	if err := t.stopPlayer(ctx, "This room is closed."); err != nil {
		return err
	}
	return tx.RoomPlayback.Update().Where(roomplayback.ID(t.roomID)).
		SetHealth(string(party.HealthNothingToPlay)).SetHealthReason("").ClearHealthUntil().Exec(ctx)
}

// stopPlayer marks the room's player as idle without touching it, and answers waiting commands with a Conflict that
// says why. It does not change the health.
func (t *roomTx) stopPlayer(ctx context.Context, why string) error {
	if err := t.endItems(ctx); err != nil {
		return err
	}
	if err := t.answerCommands(ctx, string(party.Conflict), why); err != nil {
		return err
	}
	return t.versioned().RoomPlayback.Update().Where(roomplayback.ID(t.roomID)).SetVersion(t.version).
		SetStatus(string(party.Idle)).SetCommandVersion(t.version).SetObservedAt(t.now).
		ClearItemID().ClearSongID().ClearProgressMs().Exec(ctx)
}

// endItems ends the song that plays and returns the committed one to the queue, or removes it if a host had removed it.
func (t *roomTx) endItems(ctx context.Context) error {
	items, here := t.versioned().QueueItem, queueitem.RoomID(t.roomID)
	err := items.Update().Where(here, queueitem.State(string(party.NowPlaying))).
		SetState(string(party.Played)).SetEndedAt(t.now).SetVersion(t.version).ClearActiveRecording().Exec(ctx)
	if err != nil {
		return err
	}
	committed := queueitem.State(string(party.Committed))
	err = items.Update().Where(here, committed, queueitem.SkipOnStart(true)).SetState(string(party.Removed)).
		ClearCommitState().ClearCommitDelivery().ClearActiveRecording().SetVersion(t.version).Exec(ctx)
	if err != nil {
		return err
	}
	return items.Update().Where(here, committed).SetState(string(party.Queued)).
		ClearCommitState().ClearCommitDelivery().ClearCommittedAt().SetVersion(t.version).Exec(ctx)
}
