package graph

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

type likesKey struct{}

// viewerLikes remembers, for one response, what the viewer likes: a queue of fifty songs asks the database once.
type viewerLikes struct {
	mu     sync.Mutex
	byRoom map[string]map[string]bool
}

// RememberLikes gives each response, and so each event of a subscription, a memory of its own for the viewer's likes.
func RememberLikes(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	return next(context.WithValue(ctx, likesKey{}, &viewerLikes{byRoom: map[string]map[string]bool{}}))
}

func likesFrom(ctx context.Context) *viewerLikes {
	likes, _ := ctx.Value(likesKey{}).(*viewerLikes)
	return likes
}

func (l *viewerLikes) has(ctx context.Context, j *jukebox.Jukebox, item *party.QueueItem) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	liked, known := l.byRoom[item.RoomID]
	if !known {
		var err error
		if liked, err = j.LikedItems(ctx, item.RoomID); err != nil {
			return false, err
		}
		l.byRoom[item.RoomID] = liked
	}
	return liked[item.ID], nil
}
