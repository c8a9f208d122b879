package jukebox

import (
	"context"
	"fmt"
	"strconv"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
)

// Queue returns a room's queue as it is now. For members.
func (j *Jukebox) Queue(ctx context.Context, r *party.Room) (*party.RoomQueue, error) {
	if err := r.MembersOnly(); err != nil {
		return nil, err
	}
	return j.queue(ctx, r.ID)
}

func (j *Jukebox) queue(ctx context.Context, roomID string) (*party.RoomQueue, error) {
	state, err := j.current(ctx, roomID)
	if err != nil {
		return nil, err
	}
	queue := state.RoomQueue()
	return &queue, nil
}

// RoomPlayback returns what a room's player does. For members.
func (j *Jukebox) RoomPlayback(ctx context.Context, r *party.Room) (*party.Playback, error) {
	state, err := j.seen(ctx, r)
	if err != nil {
		return nil, err
	}
	return &state.Playback, nil
}

// PresentCount returns how many people are in a room. For members.
func (j *Jukebox) PresentCount(ctx context.Context, r *party.Room) (*int, error) {
	state, err := j.seen(ctx, r)
	if err != nil {
		return nil, err
	}
	return &state.Present, nil
}

// LastAdded returns what somebody added last of what waits or plays in a room, or nil. For members.
func (j *Jukebox) LastAdded(ctx context.Context, r *party.Room) (*party.QueueItem, error) {
	state, err := j.seen(ctx, r)
	if err != nil {
		return nil, err
	}
	return state.LastAdded, nil
}

// seen is the present state of a room, for members.
func (j *Jukebox) seen(ctx context.Context, r *party.Room) (*party.State, error) {
	if err := r.MembersOnly(); err != nil {
		return nil, err
	}
	return j.current(ctx, r.ID)
}

// Position returns the place of an item in its room's queue, from 1, or nil once it plays.
func (j *Jukebox) Position(ctx context.Context, item *party.QueueItem) (*int, error) {
	if item.State != party.Queued && item.State != party.Committed || item.Position != nil {
		return item.Position, nil
	}
	state, err := j.current(ctx, item.RoomID)
	if err != nil {
		return nil, err
	}
	for _, queued := range state.Queue {
		if queued.ID == item.ID {
			return queued.Position, nil
		}
	}
	return nil, nil
}

// MayFollow returns the present version of a room that the viewer may follow, and sees to it that its watchers are shown
// nothing older for long. For members.
func (j *Jukebox) MayFollow(ctx context.Context, roomID string) (version int64, err error) {
	a, err := j.enter(ctx, roomID, party.ActSee)
	if err != nil {
		return 0, err
	}
	j.hub.Hint(live.VersionHint(roomID, a.version))
	j.cfg.Bus.Publish(live.VersionHint(roomID, a.version)) // whoever drives the room may be asleep, at another server
	return a.version, nil
}

// Watcher follows a room's states.
type Watcher = live.Watcher[*party.State]

// Watch follows a room, for those whom MayFollow lets in: the watcher gives its present state at once, and then every newer
// one. A closed room gives one last state whose Status is Closed. The watcher is the caller's to close.
func (j *Jukebox) Watch(ctx context.Context, roomID string) (*Watcher, error) {
	return j.hub.Watch(ctx, roomID)
}

// ClearQueue removes all waiting songs; the one that was handed to the player stays. For hosts.
func (j *Jukebox) ClearQueue(ctx context.Context, roomID string, key *string) (*party.RoomQueue, error) {
	a, err := j.enter(ctx, roomID, party.ActClear)
	if err != nil {
		return nil, err
	}
	_, err = j.changeOnce(ctx, a, key, "clearQueue", roomID, func(ctx context.Context, t *roomTx) (outcome, error) {
		waiting := []string{string(party.Queued), string(party.AwaitingApproval)}
		n, err := t.tx.QueueItem.Update().Where(queueitem.RoomID(roomID), queueitem.StateIn(waiting...)).
			SetState(string(party.Removed)).ClearActiveRecording().SetVersion(t.version).Save(ctx)
		if n > 0 {
			t.alter()
			t.tell(deed{kind: DidClear, detail: strconv.Itoa(n)})
		}
		return outcome{objectID: roomID}, err
	})
	if err != nil {
		return nil, fmt.Errorf("clear queue: %w", err)
	}
	return j.queue(ctx, roomID)
}

// item loads one item, with its song and who added it, but without its position.
func (l *loader) item(ctx context.Context, itemID string) (*party.QueueItem, error) {
	row, err := l.db.Read.QueueItem.Get(ctx, itemID)
	if ent.IsNotFound(err) { // its room was deleted a moment ago
		return nil, errNoItem
	}
	if err != nil {
		return nil, fmt.Errorf("load queue item %s: %w", itemID, err)
	}
	return l.itemOf(ctx, row)
}

func (l *loader) itemOf(ctx context.Context, row *ent.QueueItem) (*party.QueueItem, error) {
	items, err := l.itemsOf(ctx, row.RoomID, []*ent.QueueItem{row})
	if err != nil {
		return nil, err
	}
	return items[0], nil
}

// itemsByID loads items of a room, those that there are.
func (l *loader) itemsByID(ctx context.Context, roomID string, ids []string) (map[string]*party.QueueItem, error) {
	rows, err := l.db.Read.QueueItem.Query().Where(queueitem.IDIn(ids...)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("load queue items: %w", err)
	}
	items, err := l.itemsOf(ctx, roomID, rows)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*party.QueueItem, len(items))
	for _, item := range items {
		byID[item.ID] = item
	}
	return byID, nil
}

func (l *loader) itemsOf(ctx context.Context, roomID string, rows []*ent.QueueItem) ([]*party.QueueItem, error) {
	items := make([]*party.QueueItem, len(rows))
	for i, row := range rows {
		items[i] = itemOf(row)
	}
	if err := l.addSongs(ctx, items, nil); err != nil {
		return nil, err
	}
	return items, l.addPeople(ctx, roomID, items)
}

func itemOf(row *ent.QueueItem) *party.QueueItem {
	item := &party.QueueItem{
		ID: row.ID, RoomID: row.RoomID, Song: party.Song{URI: row.SongID}, AddedAt: row.AddedAt.UTC(), LikeCount: row.LikeCount,
		State: party.QueueItemState(row.State), Version: row.Version, Age: row.Age, SkipOnStart: row.SkipOnStart,
		StartedVersion: row.StartedVersion, Recording: row.Recording,
	}
	if row.PinRule != nil {
		item.Pin = &party.Pin{party.PinRule(*row.PinRule), row.PinPosition, row.PinLikes, row.PinVersion}
	}
	if row.AddedByID != nil {
		item.AddedBy = &party.User{ID: *row.AddedByID}
	}
	if row.CommitState != nil {
		item.Commit = party.CommitState(*row.CommitState)
	}
	if row.CommitDelivery != nil {
		item.Via = party.Delivery(*row.CommitDelivery)
	}
	if row.CommittedAt != nil {
		item.CommittedAt = row.CommittedAt.UTC()
	}
	return item
}
