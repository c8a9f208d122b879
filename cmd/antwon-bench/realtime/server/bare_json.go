//go:build linux

package server

import (
	"antwon.dj/backend/internal/party"
)

// The types in this file are encoded to the same JSON, byte for byte, as GraphQL's responses to the two documents of
// package trial.

type bareItem struct {
	ID        string               `json:"id"`
	LikeCount int                  `json:"likeCount"`
	State     party.QueueItemState `json:"state"`
	Position  *int                 `json:"position"`
	Song      bareSong             `json:"song"`
	AddedBy   *bareUser            `json:"addedBy"`
}

type bareSong struct {
	Name       string   `json:"name"`
	Artists    []string `json:"artists"`
	ImageURL   *string  `json:"imageUrl"`
	DurationMS int      `json:"durationMs"`
}

type bareUser struct {
	DisplayName string `json:"displayName"`
}

type bareQueue struct {
	Version int64      `json:"version"`
	Items   []bareItem `json:"items"`
}

type bareChange struct {
	Since      *int64      `json:"since"`
	Reset      bool        `json:"reset"`
	Version    int64       `json:"version"`
	Upserted   []bareItem  `json:"upserted"`
	RemovedIDs []string    `json:"removedIds"`
	Moved      []bareMoved `json:"moved"`
	Order      []string    `json:"order"`
}

type bareMoved struct {
	ItemID   string `json:"itemId"`
	Position int    `json:"position"`
}

func queueEvent(q party.RoomQueue) bareQueue {
	return bareQueue{Version: q.Version, Items: bareItems(q.Items)}
}

func changeEvent(c party.RoomQueueChange) bareChange {
	event := bareChange{
		Since: c.Since, Reset: c.Reset, Version: c.Version, Upserted: bareItems(c.Upserted),
		RemovedIDs: append([]string{}, c.RemovedIDs...), Moved: []bareMoved{}, Order: c.Order,
	}
	for _, moved := range c.Moved {
		event.Moved = append(event.Moved, bareMoved(moved))
	}
	return event
}

func bareItems(items []*party.QueueItem) []bareItem {
	encoded := make([]bareItem, 0, len(items))
	for _, i := range items {
		item := bareItem{
			ID: i.ID, LikeCount: i.LikeCount, State: i.State, Position: i.Position,
			Song: bareSong{i.Song.Name, i.Song.Artists, i.Song.ImageURL, i.Song.DurationMS},
		}
		if i.AddedBy != nil {
			item.AddedBy = &bareUser{i.AddedBy.DisplayName}
		}
		encoded = append(encoded, item)
	}
	return encoded
}
