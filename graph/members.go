package graph

import (
	"context"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

func (r roomResolver) Members(
	ctx context.Context, room *party.Room, first int, after *string,
) (*MemberConnection, error) {
	members, more, err := r.jukebox.Members(ctx, room, first, after)
	if err != nil {
		return nil, err
	}
	page := &MemberConnection{PageInfo: PageInfo{HasNextPage: more}, Edges: []MemberEdge{}}
	for _, m := range members {
		page.Edges = append(page.Edges, MemberEdge{Cursor: m.Cursor, Node: m})
		page.PageInfo.EndCursor = &m.Cursor
	}
	return page, nil
}

func (r mutationResolver) SetRole(
	ctx context.Context, roomID, userID string, role party.Role,
) (*jukebox.Member, error) {
	return r.jukebox.SetRole(ctx, roomID, userID, role)
}

func (r mutationResolver) RemoveGuest(ctx context.Context, roomID, userID string, ban bool) (*jukebox.Member, error) {
	return r.jukebox.RemoveGuest(ctx, roomID, userID, ban)
}
