package graph

import (
	"context"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

func (r mutationResolver) CreateRoom(ctx context.Context, input CreateRoomInput, key *string) (*party.Room, error) {
	room := jukebox.RoomInput{Code: input.Code, Name: input.Name, Settings: input.Settings.change()}
	return r.jukebox.CreateRoom(ctx, room, key)
}

func (r mutationResolver) UpdateRoom(
	ctx context.Context, roomID string, input UpdateRoomInput, key *string,
) (*party.Room, error) {
	return r.jukebox.UpdateRoom(ctx, roomID, input.update(), key)
}

func (r mutationResolver) CloseRoom(ctx context.Context, roomID string, key *string) (*party.Room, error) {
	return r.jukebox.CloseRoom(ctx, roomID, key)
}

func (r mutationResolver) AddSong(
	ctx context.Context, roomID, songURI string, forUserID, forName, key *string,
) (*jukebox.AddedSong, error) {
	if forUserID == nil && forName == nil {
		return r.jukebox.AddSong(ctx, roomID, songURI, key)
	}
	return r.jukebox.AddSongFor(ctx, roomID, songURI, forUserID, forName, key)
}

func (r mutationResolver) RemoveQueueItem(ctx context.Context, itemID string, key *string) (*party.RoomQueue, error) {
	return r.jukebox.RemoveQueueItem(ctx, itemID, key)
}

func (r mutationResolver) RemoveGuestSongs(
	ctx context.Context, roomID, userID string, key *string,
) (*party.RoomQueue, error) {
	return r.jukebox.RemoveGuestSongs(ctx, roomID, userID, key)
}

func (r mutationResolver) ClearQueue(ctx context.Context, roomID string, key *string) (*party.RoomQueue, error) {
	return r.jukebox.ClearQueue(ctx, roomID, key)
}

func (r mutationResolver) LikeQueueItem(ctx context.Context, itemID string, key *string) (*party.QueueItem, error) {
	return r.jukebox.LikeQueueItem(ctx, itemID, key)
}

func (r mutationResolver) UnlikeQueueItem(ctx context.Context, itemID string, key *string) (*party.QueueItem, error) {
	return r.jukebox.UnlikeQueueItem(ctx, itemID, key)
}

func (r mutationResolver) VoteToSkip(ctx context.Context, roomID string, key *string) (*party.Playback, error) {
	return r.jukebox.VoteToSkip(ctx, roomID, key)
}

func (r mutationResolver) WithdrawSkipVote(
	ctx context.Context, roomID string, key *string,
) (*party.Playback, error) {
	return r.jukebox.WithdrawSkipVote(ctx, roomID, key)
}

func (r mutationResolver) ApproveQueueItem(ctx context.Context, itemID string) (*party.QueueItem, error) {
	return r.jukebox.ApproveItem(ctx, itemID)
}

func (r mutationResolver) PinQueueItem(
	ctx context.Context, itemID string, position int, until party.PinRule, likes *int,
) (*party.RoomQueue, error) {
	return r.jukebox.PinItem(ctx, itemID, position, until, likes)
}

func (r mutationResolver) UnpinQueueItem(ctx context.Context, itemID string) (*party.RoomQueue, error) {
	return r.jukebox.UnpinItem(ctx, itemID)
}

func (r mutationResolver) Undo(ctx context.Context, roomID string, of *string) (*party.RoomQueue, error) {
	return r.jukebox.Undo(ctx, roomID, of)
}

func (r mutationResolver) ExportHistory(ctx context.Context, roomID string) (*party.Playlist, error) {
	return r.jukebox.ExportHistory(ctx, roomID)
}
