package jukebox

import (
	"cmp"
	"context"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/ent/roomplayback"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

// transition is one item's way from one of some states to another one.
type transition struct {
	itemID string
	from   []party.QueueItemState
	write  func(*ent.QueueItemUpdate)
}

func (t *roomTx) transitions(step party.PlaybackStep) []transition {
	ended := party.Played
	if step.Skipped {
		ended = party.Skipped
	}
	return []transition{
		{step.EndedItem, []party.QueueItemState{party.NowPlaying}, func(u *ent.QueueItemUpdate) {
			u.SetState(string(ended)).SetEndedAt(t.now).ClearActiveRecording()
		}},
		{step.StartedItem, []party.QueueItemState{party.Queued, party.Committed}, func(u *ent.QueueItemUpdate) {
			u.SetState(string(party.NowPlaying)).SetStartedAt(t.now).SetStartedVersion(t.version).ClearCommitState().ClearCommitDelivery()
		}},
		{step.CommitItem, []party.QueueItemState{party.Queued}, func(u *ent.QueueItemUpdate) {
			u.SetState(string(party.Committed)).SetCommitState(string(party.CommitPending)).SetCommitDelivery(string(cmp.Or(step.CommitVia, party.DeliveryQueue))).SetCommittedAt(t.now)
		}},
		{step.SentItem, []party.QueueItemState{party.Committed}, func(u *ent.QueueItemUpdate) { u.SetCommitState(string(party.CommitSent)) }},
		{step.UnknownItem, []party.QueueItemState{party.Committed}, func(u *ent.QueueItemUpdate) { u.SetCommitState(string(party.CommitUnknown)) }},
		{step.ReturnedItem, []party.QueueItemState{party.Committed}, func(u *ent.QueueItemUpdate) {
			u.SetState(string(party.Queued)).ClearCommitState().ClearCommitDelivery().ClearCommittedAt()
		}},
		{step.RefusedItem, []party.QueueItemState{party.Committed}, func(u *ent.QueueItemUpdate) {
			u.SetState(string(party.Skipped)).SetEndedAt(t.now).ClearActiveRecording().ClearCommitState().ClearCommitDelivery()
		}},
	}
}

// mayStep reads whether every item is where the step takes it from, before anything is written.
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
			return party.Errorf(party.Conflict, "item %s is not %v", way.itemID, way.from)
		}
	}
	if step.CommitItem != "" {
		return cmp.Or(t.checkNoOther(ctx, party.Committed, ""), t.checkRules(ctx, step.CommitItem))
	}
	if step.StartedItem != "" {
		return t.checkNoOther(ctx, party.NowPlaying, step.EndedItem)
	}
	return nil
}

// mayCommit asks the rules again: they may be others than when the song was added.
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
	if refusal := settings.MayPlay(songOf(item.Edges.Song), playedAt, t.now); refusal != nil {
		return party.Errorf(party.Conflict, "the rules hold item %s back: %s", itemID, refusal.Message)
	}
	return nil
}

// noOther refuses a second item in a state that only one can be in.
func (t *roomTx) checkNoOther(ctx context.Context, state party.QueueItemState, but string) error {
	other, err := t.tx.QueueItem.Query().
		Where(queueitem.RoomID(t.roomID), queueitem.State(string(state)), queueitem.IDNEQ(but)).Exist(ctx)
	if err == nil && other {
		err = party.Errorf(party.Conflict, "another song is %s already", state)
	}
	return err
}

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
	if step.ReturnedItem != "" {
		if err := t.dequeueRemoved(ctx, step.ReturnedItem); err != nil {
			return err
		}
	}
	return t.applyToRoom(ctx, step)
}

// stepRoom is the part of a step that is about no item of the queue.
func (t *roomTx) applyToRoom(ctx context.Context, step party.PlaybackStep) error {
	if step.StartedItem != "" {
		err := t.tx.RoomPlayback.Update().Where(roomplayback.ID(t.roomID)).SetBegun(true).SetSkipVotes(0).AddVotesVersion(1).Exec(ctx)
		if err != nil {
			return err
		}
	}
	if step.PlaylistURI != "" {
		if err := t.versioned().Room.Update().Where(room.ID(t.roomID)).SetPlaylistURI(step.PlaylistURI).Exec(ctx); err != nil {
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
	if step.Playback == nil {
		return nil
	}
	return t.storePlayback(ctx, step.Playback)
}

// fillIn adds songs that nobody asked for, unless they are there, or the host wants none any more.
func (t *roomTx) addFallback(ctx context.Context, songs []party.Song) error {
	if len(songs) == 0 {
		return nil
	}
	settings, err := t.settings(ctx)
	if err != nil || !settings.Fallback {
		return err
	}
	for _, s := range songs {
		there, err := t.tx.QueueItem.Query().Where(queueitem.RoomID(t.roomID), queueitem.ActiveRecording(party.RecordingOf(s))).Exist(ctx)
		if err != nil {
			return err
		}
		if there {
			continue
		}
		if err := t.enqueue(ctx, newItem{id: database.NewID(), song: s}); err != nil {
			return err
		}
	}
	return nil
}

// dropRemoved: a song that the host removed while it was committed does not come back to the queue.
func (t *roomTx) dequeueRemoved(ctx context.Context, itemID string) error {
	return t.tx.QueueItem.Update().Where(queueitem.ID(itemID), queueitem.SkipOnStart(true)).
		SetState(string(party.Removed)).ClearActiveRecording().Exec(ctx)
}

func (t *roomTx) storePlayback(ctx context.Context, p *party.Playback) error {
	u := t.versioned().RoomPlayback.Update().Where(roomplayback.ID(t.roomID)).AddVersion(1).
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
		u.SetDeviceID(party.Truncate(d.ID, 255)).SetDeviceName(party.Truncate(d.Name, 255)).SetDeviceType(party.Truncate(d.Type, 64)).SetDeviceActive(d.IsActive).
			SetDeviceRestricted(d.IsRestricted).SetNillableDeviceVolume(d.VolumePercent)
	}
	return u.Exec(ctx)
}
