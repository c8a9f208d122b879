//go:build linux

package server

import (
	"context"
	"net/http"

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2/ast"

	"antwon.dj/backend/graph"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

// newStock serves the same schema on gqlgen's WebSocket transport as it is shipped, without pings, and with its cache
// of parsed documents. All resolvers are the program's, except those of the two subscriptions, which pump the room's
// feed into a channel for each subscriber, as is usual with gqlgen.
func newStock(b *Backend) http.Handler {
	resolvers := stockResolvers{graph.New(b.Jukebox, b.Accounts, b.log), b.Jukebox}
	h := handler.New(graph.NewExecutableSchema(graph.Config{Resolvers: resolvers}))
	h.SetQueryCache(lru.New[*ast.QueryDocument](1000))
	h.AddTransport(transport.Websocket{
		InitFunc: func(ctx context.Context, p transport.InitPayload) (context.Context, *transport.InitPayload, error) {
			ctx, err := b.authenticate(ctx, p.Authorization())
			return ctx, nil, err
		},
	})
	return h
}

type stockResolvers struct {
	*graph.Resolver
	jukebox *jukebox.Jukebox
}

func (r stockResolvers) Subscription() graph.SubscriptionResolver {
	return stockSubscriptions{r.Resolver.Subscription(), r.jukebox}
}

type stockSubscriptions struct {
	graph.SubscriptionResolver
	jukebox *jukebox.Jukebox
}

func (s stockSubscriptions) RoomQueue(ctx context.Context, roomID string) (<-chan *party.RoomQueue, error) {
	return pump(ctx, s.jukebox, roomID, 0, func(state *party.State) *party.RoomQueue {
		queue := state.RoomQueue()
		return &queue
	})
}

func (s stockSubscriptions) RoomQueueChanges(
	ctx context.Context, roomID string, since *int,
) (<-chan *party.RoomQueueChange, error) {
	var cursor *int64
	version := int64(0)
	if since != nil {
		version = int64(*since)
		cursor = &version
	}
	return pump(ctx, s.jukebox, roomID, version, func(state *party.State) *party.RoomQueueChange {
		change := state.QueueChange(cursor)
		cursor = &change.Version
		return &change
	})
}

// pump sends the event for the room's present state, and then one for each newer state. A subscriber that is too slow
// for every state skips to the newest.
func pump[T any](
	ctx context.Context, j *jukebox.Jukebox, roomID string, since int64, event func(*party.State) *T,
) (<-chan *T, error) {
	if _, err := j.AuthorizeSubscription(ctx, roomID); err != nil {
		return nil, err
	}
	watcher, err := j.Watch(ctx, roomID)
	if err != nil {
		return nil, err
	}
	events := make(chan *T)
	go func() {
		defer close(events)
		defer watcher.Close()
		for {
			state, err := watcher.Next(ctx)
			if err != nil {
				return
			}
			select {
			case events <- event(state):
			case <-ctx.Done():
				return
			}
		}
	}()
	return events, nil
}
