//go:build linux

package server

import (
	"antwon.dj/backend/internal/party"
)

// The types in this file are encoded to the same JSON, byte for byte, as GraphQL's responses to the two documents of
// package trial.

type encodedItem struct {
	ID        string               `json:"id"`
	LikeCount int                  `json:"likeCount"`
	State     party.QueueItemState `json:"state"`
	Position  *int                 `json:"position"`
	Song      encodedSong          `json:"song"`
	AddedBy   *encodedUser         `json:"addedBy"`
}

type encodedSong struct {
	Name       string   `json:"name"`
	Artists    []string `json:"artists"`
	ImageURL   *string  `json:"imageUrl"`
	DurationMS int      `json:"durationMs"`
}

type encodedUser struct {
	DisplayName string `json:"displayName"`
}

type encodedQueue struct {
	Version int64         `json:"version"`
	Items   []encodedItem `json:"items"`
}

type encodedChange struct {
	Since      *int64         `json:"since"`
	Reset      bool           `json:"reset"`
	Version    int64          `json:"version"`
	Upserted   []encodedItem  `json:"upserted"`
	Likes      []encodedLikes `json:"likes"`
	RemovedIDs []string       `json:"removedIds"`
	Moved      []encodedMoved `json:"moved"`
	Order      []string       `json:"order"`
}

type encodedLikes struct {
	ItemID    string `json:"itemId"`
	LikeCount int    `json:"likeCount"`
}

type encodedMoved struct {
	ItemID   string `json:"itemId"`
	Position int    `json:"position"`
}

func queueEvent(q party.RoomQueue) encodedQueue {
	return encodedQueue{Version: q.Version, Items: encodeItems(q.Items)}
}

func changeEvent(c party.RoomQueueChange) encodedChange {
	event := encodedChange{
		Since: c.Since, Reset: c.Reset, Version: c.Version, Upserted: encodeItems(c.Upserted),
		Likes: []encodedLikes{}, RemovedIDs: append([]string{}, c.RemovedIDs...), Moved: []encodedMoved{}, Order: c.Order,
	}
	for _, liked := range c.Likes {
		event.Likes = append(event.Likes, encodedLikes(liked))
	}
	for _, moved := range c.Moved {
		event.Moved = append(event.Moved, encodedMoved(moved))
	}
	return event
}

func encodeItems(items []*party.QueueItem) []encodedItem {
	encoded := make([]encodedItem, 0, len(items))
	for _, i := range items {
		item := encodedItem{
			ID: i.ID, LikeCount: i.LikeCount, State: i.State, Position: i.Position,
			Song: encodedSong{i.Song.Name, i.Song.Artists, i.Song.ImageURL, i.Song.DurationMS},
		}
		if i.AddedBy != nil {
			item.AddedBy = &encodedUser{i.AddedBy.DisplayName}
		}
		encoded = append(encoded, item)
	}
	return encoded
}
