package jukebox

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/ent/roomevent"
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
func (d *Driver) CountWatchers(roomID string) int { return d.j.hub.TopicWatcherCount(roomID) }

// ApplyPlayback records a step of a room's player, all of it or nothing, and returns the room's version from which on states
// have it; 0: it changed nothing. ErrLeaseLost if the lease is another node's now; Conflict if the room is closed, or an item
// is not in the state that the step starts from: then the caller knew an older state and has to look again.
func (d *Driver) ApplyPlayback(ctx context.Context, lease party.Lease, step party.PlaybackStep) (version int64, err error) {
	lost := false
	err = d.j.changer.change(ctx, lease.RoomID, func(ctx context.Context, t *roomTx) error {
		version = 0 // it may be tried again
		held, err := t.holdsLease(ctx, lease)
		if lost = err == nil && !held; err != nil || lost {
			return err
		}
		if err := t.checkStep(ctx, step); err != nil {
			return err
		}
		if err := t.applyStep(ctx, step); err != nil || !t.wroteVersioned {
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
func (d *Driver) RecentlyPlayed(ctx context.Context, roomID string) ([]party.Song, error) {
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
		Where(roomevent.RoomID(roomID), roomevent.Kind(string(EventRemoved)), roomevent.Undone(false), roomevent.ItemIDNotNil()).
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
