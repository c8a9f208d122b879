package jukebox

import (
	"cmp"
	"context"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/ent/roomlease"
	"antwon.dj/backend/ent/roomplayback"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/roomstate"
)

// transition changes the state of one item, provided that it is in one of the states of from.
type transition struct {
	itemID string
	from   []party.QueueItemState
	write  func(*ent.QueueItemUpdate)
}

// transitions returns what a step does to items of the queue. Transitions with an empty itemID are to be ignored.
func (t *roomTx) transitions(step party.PlaybackStep) []transition {
	ended := party.Played
	if step.Skipped {
		ended = party.Skipped
	}
	queued, committed := []party.QueueItemState{party.Queued}, []party.QueueItemState{party.Committed}
	return []transition{
		{step.EndedItem, []party.QueueItemState{party.NowPlaying}, func(u *ent.QueueItemUpdate) {
			u.SetState(string(ended)).SetEndedAt(t.now).ClearActiveRecording()
		}},
		{step.StartedItem, []party.QueueItemState{party.Queued, party.Committed}, func(u *ent.QueueItemUpdate) {
			u.SetState(string(party.NowPlaying)).SetStartedAt(t.now).SetStartedVersion(t.version).
				ClearCommitState().ClearCommitDelivery()
		}},
		{step.CommitItem, queued, func(u *ent.QueueItemUpdate) {
			u.SetState(string(party.Committed)).SetCommitState(string(party.CommitPending)).
				SetCommitDelivery(string(cmp.Or(step.CommitVia, party.DeliveryQueue))).SetCommittedAt(t.now)
		}},
		{step.SentItem, committed, func(u *ent.QueueItemUpdate) { u.SetCommitState(string(party.CommitSent)) }},
		{step.UnknownItem, committed, func(u *ent.QueueItemUpdate) { u.SetCommitState(string(party.CommitUnknown)) }},
		{step.ReturnedItem, committed, func(u *ent.QueueItemUpdate) {
			u.SetState(string(party.Queued)).ClearCommitState().ClearCommitDelivery().ClearCommittedAt()
		}},
		{step.RefusedItem, committed, func(u *ent.QueueItemUpdate) {
			u.SetState(string(party.Skipped)).SetEndedAt(t.now).ClearActiveRecording().
				ClearCommitState().ClearCommitDelivery()
		}},
	}
}

// checkStep returns a Conflict, before anything is written, if an item is not in the state from which the step changes
// it.
func (t *roomTx) checkStep(ctx context.Context, step party.PlaybackStep) error {
	for _, way := range t.transitions(step) {
		if way.itemID == "" {
			continue
		}
		fits, err := t.tx.QueueItem.Query().
			Where(queueitem.ID(way.itemID), queueitem.RoomID(t.roomID), queueitem.StateIn(toStrings(way.from)...)).Exist(ctx)
		if err != nil {
			return err
		}
		if !fits {
			return party.Errorf(party.Conflict, "Item %s is not %v.", way.itemID, way.from)
		}
	}
	if step.CommitItem != "" {
		if err := t.checkNoOther(ctx, party.Committed, ""); err != nil {
			return err
		}
		return t.checkRules(ctx, step.CommitItem)
	}
	if step.StartedItem != "" {
		return t.checkNoOther(ctx, party.NowPlaying, step.EndedItem)
	}
	return nil
}

// checkRules returns a Conflict if the rules do not let a song play. They may have changed since it was added.
func (t *roomTx) checkRules(ctx context.Context, itemID string) error {
	item, err := t.tx.QueueItem.Query().Where(queueitem.ID(itemID)).WithSong().Only(ctx)
	if err != nil {
		return err
	}
	settings, err := t.settings(ctx)
	if err != nil {
		return err
	}
	playedAt, err := t.lastPlayedAt(ctx, item.Recording, &settings)
	if err != nil {
		return err
	}
	if refusal := settings.MayPlay(roomstate.SongOf(item.Edges.Song), playedAt, t.now); refusal != nil {
		return party.Errorf(party.Conflict, "The rules hold item %s back (%s).", itemID, refusal.Reason)
	}
	return nil
}

// checkNoOther returns a Conflict if an item is in a state that only one can have. It ignores the item with the id but.
func (t *roomTx) checkNoOther(ctx context.Context, state party.QueueItemState, but string) error {
	other, err := t.tx.QueueItem.Query().
		Where(queueitem.RoomID(t.roomID), queueitem.State(string(state)), queueitem.IDNEQ(but)).Exist(ctx)
	if err == nil && other {
		err = party.Errorf(party.Conflict, "Another song is already %s.", state)
	}
	return err
}

// applyStep writes a step that checkStep has accepted.
func (t *roomTx) applyStep(ctx context.Context, step party.PlaybackStep) error {
	for _, way := range t.transitions(step) {
		if way.itemID == "" {
			continue
		}
		update := t.versioned().QueueItem.Update().Where(queueitem.ID(way.itemID)).SetVersion(t.version)
		way.write(update)
		if err := update.Exec(ctx); err != nil {
			return err
		}
	}
	if step.RefusedItem != "" {
		t.log(logEvent{kind: party.EventRefused, itemID: step.RefusedItem})
	}
	if step.ReturnedItem != "" {
		if err := t.dequeueRemoved(ctx, step.ReturnedItem); err != nil {
			return err
		}
	}
	return t.applyToRoom(ctx, step)
}

// applyToRoom writes the part of a step that changes no item of the queue.
func (t *roomTx) applyToRoom(ctx context.Context, step party.PlaybackStep) error {
	if step.Calls != nil {
		err := t.unversioned().RoomLease.Update().Where(roomlease.ID(t.roomID)).SetCalls(step.Calls.String()).Exec(ctx)
		if err != nil {
			return err
		}
	}
	if step.StartedItem != "" {
		err := t.tx.RoomPlayback.Update().Where(roomplayback.ID(t.roomID)).
			SetHasPlayed(true).SetSkipVotes(0).SetVotesVersion(t.version).Exec(ctx)
		if err != nil {
			return err
		}
	}
	if step.PlaylistURI != "" {
		err := t.versioned().Room.Update().Where(room.ID(t.roomID)).SetPlaylistURI(step.PlaylistURI).Exec(ctx)
		if err != nil {
			return err
		}
	}
	if err := t.addFallback(ctx, step.Fallback); err != nil {
		return err
	}
	if step.Answered != nil {
		if err := t.answerCommand(ctx, step.Answered); err != nil {
			return err
		}
	}
	if step.ChangeHost {
		return t.changeHost(ctx)
	}
	if step.Playback == nil {
		return nil
	}
	return t.storePlayback(ctx, step.Playback)
}

// addFallback adds fallback songs, except those that are queued already. It adds none if the host has turned fallback
// off.
func (t *roomTx) addFallback(ctx context.Context, songs []party.Song) error {
	if len(songs) == 0 {
		return nil
	}
	settings, err := t.settings(ctx)
	if err != nil || !settings.Fallback {
		return err
	}
	for _, s := range songs {
		s = s.Bounded()
		queued, err := t.tx.QueueItem.Query().
			Where(queueitem.RoomID(t.roomID), queueitem.ActiveRecording(party.RecordingOf(s))).Exist(ctx)
		if err != nil {
			return err
		}
		if queued {
			continue
		}
		if err := t.enqueue(ctx, newItem{id: database.NewID(), song: s}); err != nil {
			return err
		}
	}
	return nil
}

// dequeueRemoved removes a song that returns to the queue if a host removed it while it was committed.
func (t *roomTx) dequeueRemoved(ctx context.Context, itemID string) error {
	return t.tx.QueueItem.Update().Where(queueitem.ID(itemID), queueitem.SkipOnStart(true)).
		SetState(string(party.Removed)).ClearActiveRecording().Exec(ctx)
}

// storePlayback replaces what the room shows of its player.
func (t *roomTx) storePlayback(ctx context.Context, p *party.Playback) error {
	u := t.versioned().RoomPlayback.Update().Where(roomplayback.ID(t.roomID)).SetVersion(t.version).
		SetStatus(string(p.Status)).SetObservedAt(database.Microseconds(p.ObservedAt)).SetHealth(string(p.Health)).
		SetHealthReason(string(p.Reason)).SetDelivery(string(cmp.Or(p.Delivery, party.DeliveryQueue))).
		ClearItemID().ClearSongID().ClearProgressMs().ClearHealthUntil().ClearDeviceID().ClearDeviceVolume()
	u.SetNillableProgressMs(p.ProgressMS).SetNillableHealthUntil(p.Until)
	if p.Item != nil {
		u.SetItemID(p.Item.ID)
	}
	if p.Song != nil {
		if err := t.storeSong(ctx, *p.Song); err != nil {
			return err
		}
		u.SetSongID(p.Song.URI)
	}
	if d := p.Device; d != nil {
		u.SetDeviceID(party.Truncate(d.ID, 255)).SetDeviceName(party.Truncate(d.Name, 255)).
			SetDeviceType(party.Truncate(d.Type, 64)).SetDeviceActive(d.IsActive).
			SetDeviceRestricted(d.IsRestricted).SetDeviceFixedVolume(d.FixedVolume).SetNillableDeviceVolume(d.VolumePercent)
	}
	return u.Exec(ctx)
}
