package lists

import (
	"context"
	"fmt"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/like"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/internal/party"
)

// Recap is a guest's summary of a party.
type Recap struct {
	SongsPlayed []*party.QueueItem // those that the guest added, in the order in which they were played
	LikesGiven  int                // to songs of anybody
	LikesGot    int                // by others, for the guest's songs
}

// Recap returns the viewer's recap of a room, open or closed. For guests.
func (l *Lists) Recap(ctx context.Context, r *party.Room) (*Recap, error) {
	viewerID, err := l.authorize(ctx, r.ID, party.ActRecap)
	if err != nil {
		return nil, err
	}
	mine, err := l.db.Read.QueueItem.Query().
		Where(queueitem.RoomID(r.ID), queueitem.AddedByID(viewerID), queueitem.StateNEQ(string(party.Removed))).
		Order(queueitem.ByStartedAt()).All(ctx)
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
	if recap.SongsPlayed, err = l.loader.ItemsOf(ctx, r.ID, played); err != nil {
		return nil, err
	}
	here := like.HasItemWith(queueitem.RoomID(r.ID), queueitem.StateNEQ(string(party.Removed)))
	recap.LikesGiven, err = l.db.Read.Like.Query().Where(like.UserID(viewerID), here).Count(ctx)
	if err != nil {
		return nil, fmt.Errorf("count the viewer's likes: %w", err)
	}
	recap.LikesGot, err = l.db.Read.Like.Query().Where(like.ItemIDIn(ids...), like.UserIDNEQ(viewerID)).Count(ctx)
	if err != nil {
		return nil, fmt.Errorf("count the likes for the viewer: %w", err)
	}
	return recap, nil
}
