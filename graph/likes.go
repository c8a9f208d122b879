package graph

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

type likesKey struct{}

// viewerLikes caches, for one response, which items the viewer likes, and who the viewer is. A queue of fifty songs
// then needs one query of the database instead of fifty.
type viewerLikes struct {
	mu     sync.Mutex
	byRoom map[string]map[string]bool // room id → ids of liked items; guarded by mu
	viewer *account.Profile           // nil until it is loaded; guarded by mu
}

// RememberLikes gives each response, and so each event of a subscription, a cache of its own for the viewer's likes. It
// is meant for gqlgen's AroundResponses.
func RememberLikes(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	return next(context.WithValue(ctx, likesKey{}, &viewerLikes{byRoom: map[string]map[string]bool{}}))
}

// likesFrom returns the cache of the present response.
func likesFrom(ctx context.Context) *viewerLikes {
	likes, _ := ctx.Value(likesKey{}).(*viewerLikes)
	return likes
}

// has reports whether the viewer likes an item. The first call for a room loads all of the viewer's likes in it.
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

// ownName returns the viewer's own name if this is their id, and nil for other users.
func (l *viewerLikes) ownName(ctx context.Context, accounts *account.Accounts, userID string) (*string, error) {
	viewer, err := account.OptionalViewer(ctx)
	if err != nil || viewer == nil || viewer.UserID != userID {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.viewer == nil {
		if l.viewer, err = accounts.Profile(ctx); err != nil {
			return nil, err
		}
	}
	return l.viewer.User.OwnName, nil
}
