package jukebox

import (
	"context"
	"fmt"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/internal/live"
)

// Queue returns a room's queue as it is now. For members.
func (j *Jukebox) Queue(ctx context.Context, r *Room) (*RoomQueue, error) {
	if err := r.MembersOnly(); err != nil {
		return nil, err
	}
	return j.queue(ctx, r.ID)
}

func (j *Jukebox) queue(ctx context.Context, roomID string) (*RoomQueue, error) {
	state, err := j.current(ctx, roomID)
	if err != nil {
		return nil, err
	}
	queue := state.RoomQueue()
	return &queue, nil
}

// RoomPlayback returns what a room's player does. For members.
func (j *Jukebox) RoomPlayback(ctx context.Context, r *Room) (*Playback, error) {
	if err := r.MembersOnly(); err != nil {
		return nil, err
	}
	state, err := j.current(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return &state.Playback, nil
}

// Position returns the place of an item in its room's queue, from 1, or nil once it plays.
func (j *Jukebox) Position(ctx context.Context, item *QueueItem) (*int, error) {
	if item.State != Queued && item.State != Committed || item.Position != nil {
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
	a, err := j.toRoom(ctx, roomID)
	if err != nil {
		return 0, err
	}
	if err := a.member(); err != nil {
		return 0, err
	}
	j.hub.Hint(live.Claim(roomID, a.version))
	j.cfg.Bus.Publish(live.Claim(roomID, a.version)) // whoever drives the room may be asleep, at another server
	return a.version, nil
}

// Watcher follows a room's states.
type Watcher = live.Watcher[*State]

// Watch follows a room, for those whom MayFollow lets in: the watcher gives its present state at once, and then every newer
// one. A closed room gives one last state whose Status is Closed. The watcher is the caller's to close.
func (j *Jukebox) Watch(ctx context.Context, roomID string) (*Watcher, error) {
	return j.hub.Watch(ctx, roomID)
}

// RemoveQueueItem takes a song out of the queue, for who added it and for the hosts; removing a removed one is no error.
// A song that was handed to the player only a host can remove: it is skipped as soon as it starts.
func (j *Jukebox) RemoveQueueItem(ctx context.Context, itemID string, key *string) (*RoomQueue, error) {
	a, err := j.toItem(ctx, itemID)
	if err != nil {
		return nil, err
	}
	if err := a.guest(); err != nil {
		return nil, err
	}
	hosts := a.host() == nil
	if !hosts && a.addedBy != a.viewer.UserID {
		return nil, errorf(Forbidden, "only who added this song or the host may remove it")
	}
	_, err = j.changeOnce(ctx, a, key, "removeQueueItem", itemID, func(ctx context.Context, t *roomTx) (outcome, error) {
		item, err := t.tx.QueueItem.Get(ctx, itemID)
		if err != nil {
			return outcome{}, err
		}
		return outcome{objectID: itemID}, t.remove(ctx, item, hosts)
	})
	if err != nil {
		return nil, fmt.Errorf("remove queue item: %w", err)
	}
	return j.queue(ctx, a.roomID)
}

func (t *roomTx) remove(ctx context.Context, item *ent.QueueItem, byHost bool) error {
	state := QueueItemState(item.State)
	switch {
	case state == Removed || item.SkipOnStart:
		return nil
	case state == Queued || state == AwaitingApproval:
		return t.alter().QueueItem.Update().Where(queueitem.ID(item.ID)).
			SetState(string(Removed)).ClearActiveRecording().SetVersion(t.version).Exec(ctx)
	case state == Committed && byHost:
		return t.alter().QueueItem.Update().Where(queueitem.ID(item.ID)).SetSkipOnStart(true).SetVersion(t.version).Exec(ctx)
	case state == Committed:
		return refused(&Refusal{ReasonCommitted, "This song plays next: only the host can still remove it."})
	}
	return refused(&Refusal{ReasonCommitted, "This song is playing or has been played."})
}

// ClearQueue removes all waiting songs; the one that was handed to the player stays. For hosts.
func (j *Jukebox) ClearQueue(ctx context.Context, roomID string, key *string) (*RoomQueue, error) {
	a, err := j.toRoom(ctx, roomID)
	if err != nil {
		return nil, err
	}
	if err := a.host(); err != nil {
		return nil, err
	}
	_, err = j.changeOnce(ctx, a, key, "clearQueue", roomID, func(ctx context.Context, t *roomTx) (outcome, error) {
		waiting := []string{string(Queued), string(AwaitingApproval)}
		n, err := t.tx.QueueItem.Update().Where(queueitem.RoomID(roomID), queueitem.StateIn(waiting...)).
			SetState(string(Removed)).ClearActiveRecording().SetVersion(t.version).Save(ctx)
		if n > 0 {
			t.alter()
		}
		return outcome{objectID: roomID}, err
	})
	if err != nil {
		return nil, fmt.Errorf("clear queue: %w", err)
	}
	return j.queue(ctx, roomID)
}

// item loads one item, with its song and who added it, but without its position.
func (l *loader) item(ctx context.Context, itemID string) (*QueueItem, error) {
	row, err := l.store.read.QueueItem.Get(ctx, itemID)
	if err != nil {
		return nil, fmt.Errorf("load queue item %s: %w", itemID, err)
	}
	return l.itemOf(ctx, row)
}

func (l *loader) itemOf(ctx context.Context, row *ent.QueueItem) (*QueueItem, error) {
	items, err := l.itemsOf(ctx, row.RoomID, []*ent.QueueItem{row})
	if err != nil {
		return nil, err
	}
	return items[0], nil
}

func (l *loader) itemsOf(ctx context.Context, roomID string, rows []*ent.QueueItem) ([]*QueueItem, error) {
	items := make([]*QueueItem, len(rows))
	for i, row := range rows {
		items[i] = itemOf(row)
	}
	if err := l.addSongs(ctx, items, nil); err != nil {
		return nil, err
	}
	return items, l.addPeople(ctx, roomID, items)
}

func itemOf(row *ent.QueueItem) *QueueItem {
	item := &QueueItem{
		ID: row.ID, RoomID: row.RoomID, Song: Song{URI: row.SongID}, AddedAt: row.AddedAt.UTC(), LikeCount: row.LikeCount,
		State: QueueItemState(row.State), Version: row.Version, Age: row.Age, SkipOnStart: row.SkipOnStart,
	}
	if row.AddedByID != nil {
		item.AddedBy = &User{ID: *row.AddedByID}
	}
	if row.CommitState != nil {
		item.Commit = CommitState(*row.CommitState)
	}
	if row.CommitDelivery != nil {
		item.Via = Delivery(*row.CommitDelivery)
	}
	if row.CommittedAt != nil {
		item.CommittedAt = row.CommittedAt.UTC()
	}
	return item
}
