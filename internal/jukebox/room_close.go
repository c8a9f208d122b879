package jukebox

import (
	"cmp"
	"context"
	"fmt"

	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/ent/roomcommand"
	"antwon.dj/backend/ent/roomplayback"
	"antwon.dj/backend/internal/party"
)

// CloseRoom ends a party: its code is free again, nothing can be changed, watchers get one last state. For the room's
// host; closing a closed room is no error.
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
	if found == nil && r.Status == party.Closed { // perhaps by another request of this moment: as wanted
		return r, nil
	}
	return nil, cmp.Or(err, found)
}

// closeRoom leaves the music alone: what plays has ended for the room, what was committed waits again.
func (t *roomTx) closeRoom(ctx context.Context) error {
	t.closes = true
	t.log(logEvent{kind: EventClosed})
	tx := t.versioned()
	here := queueitem.RoomID(t.roomID)
	err := tx.Room.Update().Where(room.ID(t.roomID)).SetStatus(string(party.Closed)).ClearOpenCode().ClearOpenHostID().SetClosedAt(t.now).Exec(ctx)
	if err != nil {
		return err
	}
	if err = tx.Membership.Update().Where(membership.RoomID(t.roomID)).ClearSeenAt().Exec(ctx); err != nil {
		return err
	}
	err = tx.QueueItem.Update().Where(here, queueitem.State(string(party.NowPlaying))).
		SetState(string(party.Played)).SetEndedAt(t.now).SetVersion(t.version).ClearActiveRecording().Exec(ctx)
	if err != nil {
		return err
	}
	err = tx.QueueItem.Update().Where(here, queueitem.State(string(party.Committed)), queueitem.SkipOnStart(true)).
		SetState(string(party.Removed)).ClearCommitState().ClearCommitDelivery().ClearActiveRecording().SetVersion(t.version).Exec(ctx)
	if err != nil {
		return err
	}
	err = tx.QueueItem.Update().Where(here, queueitem.State(string(party.Committed))).
		SetState(string(party.Queued)).ClearCommitState().ClearCommitDelivery().ClearCommittedAt().SetVersion(t.version).Exec(ctx)
	if err != nil {
		return err
	}
	err = tx.RoomCommand.Update().Where(roomcommand.RoomID(t.roomID), roomcommand.State(pendingState)).
		SetState(string(party.Conflict)).SetOutcome("this room is closed").SetDoneAt(t.now).SetVersion(t.version).Exec(ctx)
	if err != nil {
		return err
	}
	return tx.RoomPlayback.Update().Where(roomplayback.ID(t.roomID)).AddVersion(1).SetStatus(string(party.Idle)).SetCommandVersion(t.version).
		SetHealth(string(party.HealthNothingToPlay)).SetHealthReason("").ClearHealthUntil().ClearItemID().ClearSongID().ClearProgressMs().SetObservedAt(t.now).Exec(ctx)
}
