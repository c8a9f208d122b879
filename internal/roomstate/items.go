package roomstate

import (
	"context"
	"fmt"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/internal/party"
)

// Item loads one queue item with its song and its adder, but without its position in the queue.
func (l *Loader) Item(ctx context.Context, itemID string) (*party.QueueItem, error) {
	row, err := l.db.Read.QueueItem.Get(ctx, itemID)
	if ent.IsNotFound(err) { // its room has just been deleted
		return nil, ErrNoItem
	}
	if err != nil {
		return nil, fmt.Errorf("load queue item %s: %w", itemID, err)
	}
	return l.ItemOf(ctx, row)
}

// ItemOf completes a row with its song and its adder.
func (l *Loader) ItemOf(ctx context.Context, row *ent.QueueItem) (*party.QueueItem, error) {
	items, err := l.ItemsOf(ctx, row.RoomID, []*ent.QueueItem{row})
	if err != nil {
		return nil, err
	}
	return items[0], nil
}

// AddSong completes an item of whose song only the URI is known.
func (l *Loader) AddSong(ctx context.Context, item *party.QueueItem) error {
	return l.addSongs(ctx, []*party.QueueItem{item}, nil)
}

// ItemsByID loads items of one room like Item. Ids without an item are missing from the result.
func (l *Loader) ItemsByID(ctx context.Context, roomID string, ids []string) (map[string]*party.QueueItem, error) {
	rows, err := l.db.Read.QueueItem.Query().Where(queueitem.IDIn(ids...)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("load queue items: %w", err)
	}
	items, err := l.ItemsOf(ctx, roomID, rows)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*party.QueueItem, len(items))
	for _, item := range items {
		byID[item.ID] = item
	}
	return byID, nil
}

// ItemsOf completes rows of one room with their songs and adders, in the same order.
func (l *Loader) ItemsOf(ctx context.Context, roomID string, rows []*ent.QueueItem) ([]*party.QueueItem, error) {
	items := make([]*party.QueueItem, len(rows))
	for i, row := range rows {
		items[i] = itemOf(row)
	}
	if err := l.addSongs(ctx, items, nil); err != nil {
		return nil, err
	}
	return items, l.addPeople(ctx, roomID, items)
}

// itemOf returns the item of a row, with only the URI of its song and the id of its adder.
func itemOf(row *ent.QueueItem) *party.QueueItem {
	item := &party.QueueItem{
		ID: row.ID, RoomID: row.RoomID, Song: party.Song{URI: row.SongID}, Recording: row.Recording,
		State: party.QueueItemState(row.State), LikeCount: row.LikeCount,
		AddedAt: row.AddedAt.UTC(), Age: row.Age, Version: row.Version,
		SkipOnStart: row.SkipOnStart, StartedVersion: row.StartedVersion,
	}
	if row.PinRule != nil {
		item.Pin = &party.Pin{
			Until: party.PinRule(*row.PinRule), Position: row.PinPosition, Margin: row.PinLikes, Version: row.PinVersion,
		}
	}
	if row.AddedByID != nil {
		item.AddedBy = &party.Participant{User: party.User{ID: *row.AddedByID}}
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

// IsUnlikedFallback reports whether a row is a fallback song that nobody likes.
func IsUnlikedFallback(row *ent.QueueItem) bool { return row.AddedByID == nil && row.LikeCount == 0 }
