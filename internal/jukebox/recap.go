package jukebox

import (
	"context"
	"fmt"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/like"
	"antwon.dj/backend/ent/queueitem"
)

// Recap is somebody's evening in a room.
type Recap struct {
	SongsPlayed []*QueueItem // that they had added, in the order in which they played
	LikesGiven  int
	LikesGot    int // by others
}

// Recap returns the viewer's evening in a room, also when it is over. For guests.
func (j *Jukebox) Recap(ctx context.Context, r *Room) (*Recap, error) {
	a, err := j.enter(ctx, r.ID, ActRecap)
	if err != nil {
		return nil, err
	}
	mine, err := j.store.read.QueueItem.Query().
		Where(queueitem.RoomID(r.ID), queueitem.AddedByID(a.viewer.UserID), queueitem.StateNEQ(string(Removed))).Order(queueitem.ByStartedAt()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("load the viewer's songs: %w", err)
	}
	var ids []string
	var played []*ent.QueueItem
	for _, row := range mine {
		ids = append(ids, row.ID)
		if row.StartedAt != nil {
			played = append(played, row)
		}
	}
	recap := &Recap{}
	if recap.SongsPlayed, err = j.loader.itemsOf(ctx, r.ID, played); err != nil {
		return nil, err
	}
	recap.LikesGiven, err = j.store.read.Like.Query().
		Where(like.UserID(a.viewer.UserID), like.HasItemWith(queueitem.RoomID(r.ID), queueitem.StateNEQ(string(Removed)))).Count(ctx)
	if err != nil {
		return nil, fmt.Errorf("count the viewer's likes: %w", err)
	}
	recap.LikesGot, err = j.store.read.Like.Query().Where(like.ItemIDIn(ids...), like.UserIDNEQ(a.viewer.UserID)).Count(ctx)
	if err != nil {
		return nil, fmt.Errorf("count the likes for the viewer: %w", err)
	}
	return recap, nil
}
