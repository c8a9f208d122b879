package jukebox

import (
	"context"
	"fmt"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/internal/party"
)

// item loads one item, with its song and who added it, but without its position.
func (l *stateLoader) item(ctx context.Context, itemID string) (*party.QueueItem, error) {
	row, err := l.db.Read.QueueItem.Get(ctx, itemID)
	if ent.IsNotFound(err) { // its room was deleted a moment ago
		return nil, errNoItem
	}
	if err != nil {
		return nil, fmt.Errorf("load queue item %s: %w", itemID, err)
	}
	return l.itemOf(ctx, row)
}

func (l *stateLoader) itemOf(ctx context.Context, row *ent.QueueItem) (*party.QueueItem, error) {
	items, err := l.itemsOf(ctx, row.RoomID, []*ent.QueueItem{row})
	if err != nil {
		return nil, err
	}
	return items[0], nil
}

// itemsByID loads items of a room, those that there are.
func (l *stateLoader) itemsByID(ctx context.Context, roomID string, ids []string) (map[string]*party.QueueItem, error) {
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

func (l *stateLoader) itemsOf(ctx context.Context, roomID string, rows []*ent.QueueItem) ([]*party.QueueItem, error) {
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
