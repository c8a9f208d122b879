package graph

import (
	"context"

	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

// The resolvers of the subscriptions return the events that the sources have made.

func (subscriptionResolver) Room(ctx context.Context, _ string) (<-chan *party.Room, error) {
	return gqlserver.Event[*party.Room](ctx)
}

func (subscriptionResolver) RoomQueue(ctx context.Context, _ string) (<-chan *party.RoomQueue, error) {
	return gqlserver.Event[*party.RoomQueue](ctx)
}

func (subscriptionResolver) RoomQueueChanges(
	ctx context.Context, _ string, _ *int,
) (<-chan *party.RoomQueueChange, error) {
	return gqlserver.Event[*party.RoomQueueChange](ctx)
}

func (subscriptionResolver) Playback(ctx context.Context, _ string) (<-chan *party.Playback, error) {
	return gqlserver.Event[*party.Playback](ctx)
}

func (subscriptionResolver) RoomSchedule(ctx context.Context, _ string) (<-chan *party.RoomSchedule, error) {
	return gqlserver.Event[*party.RoomSchedule](ctx)
}

func (subscriptionResolver) ViewerInRoom(ctx context.Context, _ string) (<-chan *jukebox.ViewerInRoom, error) {
	return gqlserver.Event[*jukebox.ViewerInRoom](ctx)
}
