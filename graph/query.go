package graph

import (
	"context"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/party"
)

func (r queryResolver) Viewer(ctx context.Context) (*account.Profile, error) {
	return r.accounts.Profile(ctx)
}

func (r queryResolver) Room(ctx context.Context, id string) (*party.Room, error) {
	return r.jukebox.Room(ctx, id)
}

func (r queryResolver) RoomByCode(ctx context.Context, code string) (*party.Room, error) {
	room, err := r.jukebox.RoomByCode(ctx, code)
	return room, inviteBack(ctx, err)
}

func (r queryResolver) SearchSongs(
	ctx context.Context, roomID, query string, first *int, after *string,
) (*SongHitConnection, error) {
	limit, offset, err := parseOffset(first, after, 10)
	if err != nil {
		return nil, err
	}
	found, err := r.jukebox.SearchSongs(ctx, roomID, query, limit, offset)
	if err != nil {
		return nil, err
	}
	return songHits(found, offset, after), nil
}

func (r queryResolver) PlaylistSongs(
	ctx context.Context, roomID string, query *string, first *int, after *string,
) (*SongHitConnection, error) {
	limit, offset, err := parseOffset(first, after, 20)
	if err != nil {
		return nil, err
	}
	found, err := r.jukebox.PlaylistSongs(ctx, roomID, query, limit, offset)
	if err != nil {
		return nil, err
	}
	return songHits(found, offset, after), nil
}

// songHits returns a page of songs that begins at an offset.
func songHits(found *jukebox.SongSearch, offset int, after *string) *SongHitConnection {
	page, args := &SongHitConnection{Nodes: found.Hits, Degraded: found.Degraded}, lists.PageArgs{After: after}
	edge := func(i int, hit party.SongHit) (SongHitEdge, string) {
		cursor := offsetCursor(offset + i + 1)
		return SongHitEdge{Cursor: cursor, Node: hit}, cursor
	}
	page.Edges, page.PageInfo = edgesOf(args, found.Hits, found.HasMore, edge)
	return page
}

func (r sessionResolver) Viewer(ctx context.Context, session *account.Session) (*account.Profile, error) {
	return r.accounts.Profile(account.WithViewer(ctx, session.User))
}

func (r viewerResolver) Playlists(
	ctx context.Context, viewer *account.Profile, first *int, after *string,
) (*PlaylistConnection, error) {
	limit, offset, err := parseOffset(first, after, 20)
	if err != nil {
		return nil, err
	}
	playlists, more, err := r.jukebox.Library().Playlists(ctx, viewer, limit, offset)
	if err != nil {
		return nil, err
	}
	page, args := &PlaylistConnection{Nodes: playlists}, lists.PageArgs{After: after}
	page.Edges, page.PageInfo = edgesOf(args, playlists, more, func(i int, list party.Playlist) (PlaylistEdge, string) {
		cursor := offsetCursor(offset + i + 1)
		return PlaylistEdge{Cursor: cursor, Node: list}, cursor
	})
	return page, nil
}

func (r viewerResolver) HostedRoom(ctx context.Context, viewer *account.Profile) (*party.Room, error) {
	return r.jukebox.HostedRoom(ctx, viewer)
}
