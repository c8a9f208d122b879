package jukebox

import (
	"cmp"
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/ent/roomevent"
	"antwon.dj/backend/ent/roomplayback"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
)

// Driver is what the one that drives the rooms' players may do: it acts for the server itself, not for a viewer.
type Driver struct{ j *Jukebox }

// Driver returns the driver's view of the rooms.
func (j *Jukebox) Driver() *Driver { return &Driver{j} }

// Watch follows a room's state, as Jukebox.Watch does for members.
func (d *Driver) Watch(ctx context.Context, roomID string) (*live.Watcher[*party.State], error) {
	return d.j.Watch(ctx, roomID)
}

// Followed returns how many follow a room here, the driver included.
func (d *Driver) Followed(roomID string) int { return d.j.hub.TopicWatcherCount(roomID) }

// ApplyPlayback records a step of a room's player, all of it or nothing, and returns the room's version from which on states
// have it; 0: it changed nothing. ErrLeaseLost if the lease is another node's now; Conflict if the room is closed, or an item
// is not in the state that the step starts from: then the caller knew an older state and has to look again.
func (d *Driver) ApplyPlayback(ctx context.Context, lease party.Lease, step party.PlaybackStep) (version int64, err error) {
	lost := false
	err = d.j.changer.change(ctx, lease.RoomID, func(ctx context.Context, t *roomTx) error {
		version = 0 // it may be tried again
		held, err := t.mustHold(ctx, lease)
		if lost = err == nil && !held; err != nil || lost {
			return err
		}
		if err := t.mayStep(ctx, step); err != nil {
			return err
		}
		if err := t.step(ctx, step); err != nil || !t.altered {
			return err
		}
		version = t.version
		return nil
	})
	if err == nil && lost {
		err = party.ErrLeaseLost
	}
	if err != nil {
		return 0, fmt.Errorf("apply playback: %w", err)
	}
	return version, nil
}

// Recent returns what a room played lately, newest first.
func (d *Driver) Recent(ctx context.Context, roomID string) ([]party.Song, error) {
	rows, err := d.j.db.Read.QueueItem.Query().Where(queueitem.RoomID(roomID), queueitem.StartedAtNotNil()).
		Order(queueitem.ByStartedAt(sql.OrderDesc())).Limit(recentSongs).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("load what was played: %w", err)
	}
	return d.songs(ctx, roomID, rows)
}

// Declined returns the fallback songs that hosts took out of a room's queue, one by one; not those that went with all others.
func (d *Driver) Declined(ctx context.Context, roomID string) ([]party.Song, error) {
	removed, err := d.j.db.Read.RoomEvent.Query().
		Where(roomevent.RoomID(roomID), roomevent.Kind(string(DidRemove)), roomevent.Undone(false), roomevent.ItemIDNotNil()).
		Order(roomevent.ByAt(sql.OrderDesc())).Limit(recentSongs).Select(roomevent.FieldItemID).Strings(ctx)
	if err != nil {
		return nil, fmt.Errorf("load what was removed: %w", err)
	}
	rows, err := d.j.db.Read.QueueItem.Query().Where(queueitem.IDIn(removed...), queueitem.AddedByIDIsNil()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("load what was declined: %w", err)
	}
	return d.songs(ctx, roomID, rows)
}

func (d *Driver) songs(ctx context.Context, roomID string, rows []*ent.QueueItem) ([]party.Song, error) {
	items, err := d.j.loader.itemsOf(ctx, roomID, rows)
	songs := make([]party.Song, len(items))
	for i, item := range items {
		songs[i] = item.Song
	}
	return songs, err
}

// recentSongs is how many songs fallback music does not repeat, and how many it does not bring back.
const recentSongs = 50

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
func (t *roomTx) mayStep(ctx context.Context, step party.PlaybackStep) error {
	for _, way := range t.transitions(step) {
		if way.itemID == "" {
			continue
		}
		fits, err := t.tx.QueueItem.Query().
			Where(queueitem.ID(way.itemID), queueitem.RoomID(t.roomID), queueitem.StateIn(texts(way.from)...)).Exist(ctx)
		if err != nil {
			return err
		}
		if !fits {
			return party.Errorf(party.Conflict, "item %s is not %v", way.itemID, way.from)
		}
	}
	if step.CommitItem != "" {
		return cmp.Or(t.noOther(ctx, party.Committed, ""), t.mayCommit(ctx, step.CommitItem))
	}
	if step.StartedItem != "" {
		return t.noOther(ctx, party.NowPlaying, step.EndedItem)
	}
	return nil
}

// mayCommit asks the rules again: they may be others than when the song was added.
func (t *roomTx) mayCommit(ctx context.Context, itemID string) error {
	item, err := t.tx.QueueItem.Query().Where(queueitem.ID(itemID)).WithSong().Only(ctx)
	if err != nil {
		return err
	}
	settings, err := t.settings(ctx)
	if err != nil {
		return err
	}
	playedAt, err := t.playedAt(ctx, item.Recording, &settings)
	if err != nil {
		return err
	}
	if refusal := settings.MayPlay(songOf(item.Edges.Song), playedAt, t.now); refusal != nil {
		return party.Errorf(party.Conflict, "the rules hold item %s back: %s", itemID, refusal.Message)
	}
	return nil
}

// noOther refuses a second item in a state that only one can be in.
func (t *roomTx) noOther(ctx context.Context, state party.QueueItemState, but string) error {
	other, err := t.tx.QueueItem.Query().
		Where(queueitem.RoomID(t.roomID), queueitem.State(string(state)), queueitem.IDNEQ(but)).Exist(ctx)
	if err == nil && other {
		err = party.Errorf(party.Conflict, "another song is %s already", state)
	}
	return err
}

func (t *roomTx) step(ctx context.Context, step party.PlaybackStep) error {
	for _, way := range t.transitions(step) {
		if way.itemID == "" {
			continue
		}
		update := t.alter().QueueItem.Update().Where(queueitem.ID(way.itemID)).SetVersion(t.version)
		way.write(update)
		if err := update.Exec(ctx); err != nil {
			return err
		}
	}
	if step.ReturnedItem != "" {
		if err := t.dropRemoved(ctx, step.ReturnedItem); err != nil {
			return err
		}
	}
	return t.stepRoom(ctx, step)
}

// stepRoom is the part of a step that is about no item of the queue.
func (t *roomTx) stepRoom(ctx context.Context, step party.PlaybackStep) error {
	if step.StartedItem != "" {
		err := t.tx.RoomPlayback.Update().Where(roomplayback.ID(t.roomID)).SetBegun(true).SetSkipVotes(0).AddVotesVersion(1).Exec(ctx)
		if err != nil {
			return err
		}
	}
	if step.PlaylistURI != "" {
		if err := t.alter().Room.Update().Where(room.ID(t.roomID)).SetPlaylistURI(step.PlaylistURI).Exec(ctx); err != nil {
			return err
		}
	}
	if err := t.fillIn(ctx, step.Fallback); err != nil {
		return err
	}
	if step.Answered != nil {
		if err := t.answer(ctx, step.Answered); err != nil {
			return err
		}
	}
	if step.Playback == nil {
		return nil
	}
	return t.showPlayback(ctx, step.Playback)
}

// fillIn adds songs that nobody asked for, unless they are there, or the host wants none any more.
func (t *roomTx) fillIn(ctx context.Context, songs []party.Song) error {
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
		if err := t.queue(ctx, entry{id: database.NewID(), song: s}); err != nil {
			return err
		}
	}
	return nil
}

// dropRemoved: a song that the host removed while it was committed does not come back to the queue.
func (t *roomTx) dropRemoved(ctx context.Context, itemID string) error {
	return t.tx.QueueItem.Update().Where(queueitem.ID(itemID), queueitem.SkipOnStart(true)).
		SetState(string(party.Removed)).ClearActiveRecording().Exec(ctx)
}

func (t *roomTx) showPlayback(ctx context.Context, p *party.Playback) error {
	u := t.alter().RoomPlayback.Update().Where(roomplayback.ID(t.roomID)).AddVersion(1).
		SetStatus(string(p.Status)).SetObservedAt(database.Microseconds(p.ObservedAt)).SetHealth(string(p.Health)).
		SetHealthReason(string(p.Reason)).SetDelivery(string(cmp.Or(p.Delivery, party.DeliveryQueue))).
		ClearItemID().ClearSongID().ClearProgressMs().ClearHealthUntil().ClearDeviceID().ClearDeviceVolume()
	u.SetNillableProgressMs(p.ProgressMS).SetNillableHealthUntil(p.Until)
	if p.Item != nil {
		u.SetItemID(p.Item.ID)
	}
	if p.Song != nil {
		if err := t.keepSong(ctx, *p.Song); err != nil {
			return err
		}
		u.SetSongID(p.Song.URI)
	}
	if d := p.Device; d != nil {
		u.SetDeviceID(party.Cut(d.ID, 255)).SetDeviceName(party.Cut(d.Name, 255)).SetDeviceType(party.Cut(d.Type, 64)).SetDeviceActive(d.IsActive).
			SetDeviceRestricted(d.IsRestricted).SetNillableDeviceVolume(d.VolumePercent)
	}
	return u.Exec(ctx)
}

func texts[T ~string](words []T) []string {
	all := make([]string, len(words))
	for i, word := range words {
		all[i] = string(word)
	}
	return all
}

// forgetAccount: nobody knows any more what the music plays on. The playlist was the other account's, and what did not work
// with that may work with the next.
func (t *roomTx) forgetAccount(ctx context.Context) error {
	row, err := t.tx.Room.Get(ctx, t.roomID)
	if err != nil {
		return err
	}
	if err := t.alter().Room.Update().Where(room.ID(t.roomID)).ClearPlaylistURI().Exec(ctx); err != nil {
		return err
	}
	return t.tx.RoomPlayback.Update().Where(roomplayback.ID(t.roomID)).AddVersion(1).SetDelivery(row.Delivery).ClearDeviceID().SetDeviceName("").
		SetDeviceType("").SetDeviceActive(false).SetDeviceRestricted(false).ClearDeviceVolume().Exec(ctx)
}
