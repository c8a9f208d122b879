package graph

import (
	"context"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

func (r queryResolver) Viewer(ctx context.Context) (*account.Profile, error) {
	return r.accounts.Profile(ctx)
}

func (r queryResolver) Room(ctx context.Context, id string) (*party.Room, error) {
	return r.jukebox.Room(ctx, id)
}

func (r queryResolver) RoomByCode(ctx context.Context, code string) (*party.Room, error) {
	return r.jukebox.RoomByCode(ctx, code)
}

func (r queryResolver) SearchSongs(
	ctx context.Context, roomID, query string, limit, offset int,
) (*jukebox.SongSearch, error) {
	return r.jukebox.SearchSongs(ctx, roomID, query, limit, offset)
}

func (r sessionResolver) Viewer(ctx context.Context, session *account.Session) (*account.Profile, error) {
	return r.accounts.Profile(account.WithViewer(ctx, session.User))
}

func (r viewerResolver) Playlists(
	ctx context.Context, viewer *account.Profile, limit, offset int,
) ([]party.Playlist, error) {
	return r.jukebox.Playlists(ctx, viewer, limit, offset)
}

func (r viewerResolver) HostedRoom(ctx context.Context, viewer *account.Profile) (*party.Room, error) {
	return r.jukebox.HostedRoom(ctx, viewer)
}
