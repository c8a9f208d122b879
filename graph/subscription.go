package graph

import (
	"context"

	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/jukebox"
)

// The subscriptions' resolvers hand on the events that the sources make.

func (subscriptionResolver) Room(ctx context.Context, _ string) (<-chan *jukebox.Room, error) {
	return gqlserver.Event[*jukebox.Room](ctx)
}

func (subscriptionResolver) RoomQueue(ctx context.Context, _ string) (<-chan *jukebox.RoomQueue, error) {
	return gqlserver.Event[*jukebox.RoomQueue](ctx)
}

func (subscriptionResolver) RoomQueueChanges(ctx context.Context, _ string, _ *int) (<-chan *jukebox.RoomQueueChange, error) {
	return gqlserver.Event[*jukebox.RoomQueueChange](ctx)
}

func (subscriptionResolver) Playback(ctx context.Context, _ string) (<-chan *jukebox.Playback, error) {
	return gqlserver.Event[*jukebox.Playback](ctx)
}

func (subscriptionResolver) RoomSchedule(ctx context.Context, _ string) (<-chan *jukebox.RoomSchedule, error) {
	return gqlserver.Event[*jukebox.RoomSchedule](ctx)
}

func (subscriptionResolver) ViewerInRoom(ctx context.Context, _ string) (<-chan *jukebox.ViewerInRoom, error) {
	return gqlserver.Event[*jukebox.ViewerInRoom](ctx)
}
