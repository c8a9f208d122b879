package graph

import (
	"context"

	"antwon.dj/backend/internal/jukebox"
)

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
