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

// Driver is the part of a Jukebox that the drivers of the rooms' players use. It acts for the server, not for a viewer.
type Driver struct{ j *Jukebox }

// Driver returns the Driver of these rooms.
func (j *Jukebox) Driver() *Driver { return &Driver{j} }

// Watch watches a room's state, as Jukebox.Watch does for members.
func (d *Driver) Watch(ctx context.Context, roomID string) (*live.Watcher[*party.State], error) {
	return d.j.Watch(ctx, roomID)
}

// CountWatchers returns how many watchers a room has in this process, the driver included.
func (d *Driver) CountWatchers(roomID string) int { return d.j.hub.TopicWatcherCount(roomID) }

// ApplyPlayback writes a step of a room's player, all of it or nothing, and returns the first version of the room whose
// state shows it, or 0 if it changed nothing. The error is ErrLeaseLost if another node has the lease now, and Conflict
// if the room is closed or an item is not in the state from which the step changes it: then the caller has an old
// state, and has to wait for a newer one.
func (d *Driver) ApplyPlayback(
	ctx context.Context, lease party.Lease, step party.PlaybackStep,
) (version int64, err error) {
	lost := false
	err = d.j.changer.change(ctx, lease.RoomID, func(ctx context.Context, t *roomTx) error {
		version = 0 // an earlier attempt may have set it
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
	d.j.push.Announce(lease.RoomID, step)
	return version, nil
}

// RecentlyPlayed returns the songs that a room has played most recently, the latest first, at most recentSongs.
func (d *Driver) RecentlyPlayed(ctx context.Context, roomID string) ([]party.Song, error) {
	rows, err := d.j.db.Read.QueueItem.Query().Where(queueitem.RoomID(roomID), queueitem.StartedAtNotNil()).
		Order(queueitem.ByStartedAt(sql.OrderDesc())).Limit(recentSongs).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("load what was played: %w", err)
	}
	return d.songs(ctx, roomID, rows)
}

// Declined returns the fallback songs that hosts removed from a room's queue one by one, the latest first, at most
// recentSongs. Songs that were removed by clearing the queue are not among them.
func (d *Driver) Declined(ctx context.Context, roomID string) ([]party.Song, error) {
	removed, err := d.j.db.Read.RoomEvent.Query().
		Where(roomevent.RoomID(roomID), roomevent.Kind(string(party.EventRemoved)), roomevent.Undone(false)).
		Where(roomevent.ItemIDNotNil()).Order(roomevent.ByAt(sql.OrderDesc())).Limit(recentSongs).
		Select(roomevent.FieldItemID).Strings(ctx)
	if err != nil {
		return nil, fmt.Errorf("load what was removed: %w", err)
	}
	fallback := queueitem.AddedByIDIsNil()
	rows, err := d.j.db.Read.QueueItem.Query().Where(queueitem.IDIn(removed...), fallback).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("load what was declined: %w", err)
	}
	return d.songs(ctx, roomID, rows)
}

func (d *Driver) songs(ctx context.Context, roomID string, rows []*ent.QueueItem) ([]party.Song, error) {
	items, err := d.j.loader.ItemsOf(ctx, roomID, rows)
	songs := make([]party.Song, len(items))
	for i, item := range items {
		songs[i] = item.Song
	}
	return songs, err
}

// recentSongs is how many played songs, and how many declined ones, are not chosen as fallback songs again.
const recentSongs = 50
