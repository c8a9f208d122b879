package graph

import (
	"context"

	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/jukebox"
)

func (r mutationResolver) DemoLogin(ctx context.Context, displayName string) (*jukebox.Session, error) {
	if err := overHTTP(ctx); err != nil {
		return nil, err
	}
	return r.jukebox.DemoLogin(ctx, displayName)
}

func (r mutationResolver) JoinRoom(ctx context.Context, code, displayName string) (*jukebox.JoinedRoom, error) {
	if err := overHTTP(ctx); err != nil {
		return nil, err
	}
	return r.jukebox.JoinRoom(ctx, code, displayName)
}

func (r mutationResolver) WatchRoom(ctx context.Context, code string) (*jukebox.JoinedRoom, error) {
	if err := overHTTP(ctx); err != nil {
		return nil, err
	}
	return r.jukebox.WatchRoom(ctx, code)
}

// overHTTP refuses to make a session over a WebSocket, whose own session cannot change any more.
func overHTTP(ctx context.Context) error {
	if gqlserver.OverWebSocket(ctx) {
		return &jukebox.Error{Code: jukebox.BadUserInput, Message: "send this mutation over HTTP, not over a WebSocket"}
	}
	return nil
}

func (r mutationResolver) CreateRoom(ctx context.Context, input jukebox.CreateRoomInput, key *string) (*jukebox.Room, error) {
	return r.jukebox.CreateRoom(ctx, input, key)
}

func (r mutationResolver) UpdateRoom(ctx context.Context, roomID string, input jukebox.UpdateRoomInput, key *string) (*jukebox.Room, error) {
	return r.jukebox.UpdateRoom(ctx, roomID, input, key)
}

func (r mutationResolver) CloseRoom(ctx context.Context, roomID string, key *string) (*jukebox.Room, error) {
	return r.jukebox.CloseRoom(ctx, roomID, key)
}

func (r mutationResolver) AddSong(ctx context.Context, roomID, songURI string, key *string) (*jukebox.AddedSong, error) {
	return r.jukebox.AddSong(ctx, roomID, songURI, key)
}

func (r mutationResolver) RemoveQueueItem(ctx context.Context, itemID string, key *string) (*jukebox.RoomQueue, error) {
	return r.jukebox.RemoveQueueItem(ctx, itemID, key)
}

func (r mutationResolver) ClearQueue(ctx context.Context, roomID string, key *string) (*jukebox.RoomQueue, error) {
	return r.jukebox.ClearQueue(ctx, roomID, key)
}

func (r mutationResolver) LikeQueueItem(ctx context.Context, itemID string, key *string) (*jukebox.QueueItem, error) {
	return r.jukebox.LikeQueueItem(ctx, itemID, key)
}

func (r mutationResolver) UnlikeQueueItem(ctx context.Context, itemID string, key *string) (*jukebox.QueueItem, error) {
	return r.jukebox.UnlikeQueueItem(ctx, itemID, key)
}
