package graph

import (
	"context"

	"antwon.dj/backend/internal/jukebox"
)

func (r subscriptionResolver) RoomQueue(ctx context.Context, roomID string) (<-chan *jukebox.RoomQueue, error) {
	shown := int64(-1)
	return follow(ctx, r.Resolver, roomID, 0, func(state *jukebox.State, last bool) *jukebox.RoomQueue {
		if state.QueueVersion == shown && !last {
			return nil
		}
		shown = state.QueueVersion
		queue := state.RoomQueue()
		return &queue
	})
}

func (r subscriptionResolver) RoomQueueChanges(ctx context.Context, roomID string, since *int) (<-chan *jukebox.RoomQueueChange, error) {
	var cursor *int64
	version := int64(0)
	if since != nil {
		version = int64(*since)
		cursor = &version
	}
	first := true
	return follow(ctx, r.Resolver, roomID, version, func(state *jukebox.State, last bool) *jukebox.RoomQueueChange {
		change := state.QueueChange(cursor)
		if change.Empty() && !first && !last {
			return nil
		}
		first, cursor = false, &change.Version
		return &change
	})
}

func (r subscriptionResolver) Playback(ctx context.Context, roomID string) (<-chan *jukebox.Playback, error) {
	shown := int64(-1)
	return follow(ctx, r.Resolver, roomID, 0, func(state *jukebox.State, last bool) *jukebox.Playback {
		if state.Playback.Version == shown && !last {
			return nil
		}
		shown = state.Playback.Version
		return &state.Playback
	})
}

// follow sends what show makes of a room's present state, and of each newer one, until the client leaves, the room is
// closed or the server stops. show returns nil for a state that tells the client nothing new; last says that none follows.
// The channel has no buffer: a client that is slow to take one value is offered the newest state next.
func follow[T any](ctx context.Context, r *Resolver, roomID string, since int64, show func(state *jukebox.State, last bool) *T,
) (<-chan *T, error) {
	watcher, err := r.jukebox.Watch(ctx, roomID, since)
	if err != nil {
		return nil, err
	}
	events := make(chan *T)
	r.subscriptions.Go(func() {
		defer close(events)
		defer watcher.Close()
		for {
			state, err := watcher.Next(ctx)
			if err != nil {
				return // the client left, or the server stops
			}
			last := state.Status == jukebox.Closed
			if event := show(state, last); event != nil {
				select {
				case events <- event:
				case <-ctx.Done():
					return
				}
			}
			if last {
				return
			}
		}
	})
	return events, nil
}
