package graph

import (
	"context"

	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/party"
)

func (r roomResolver) Members(
	ctx context.Context, room *party.Room, first *int, after *string, last *int, before *string,
) (*MemberConnection, error) {
	args := lists.PageArgs{First: first, After: after, Last: last, Before: before}
	members, more, err := r.jukebox.Lists().Members(ctx, room, args)
	if err != nil {
		return nil, err
	}
	page := &MemberConnection{
		Nodes: members, count: func(ctx context.Context) (int, error) { return r.jukebox.Lists().CountMembers(ctx, room) },
	}
	page.Edges, page.PageInfo = edgesOf(args, members, more, func(_ int, m lists.Member) (MemberEdge, string) {
		return MemberEdge{Cursor: m.Cursor, Node: m}, m.Cursor
	})
	return page, nil
}

func (r mutationResolver) SetRole(
	ctx context.Context, roomID, userID string, role party.Role,
) (*lists.Member, error) {
	return r.jukebox.SetRole(ctx, roomID, userID, role)
}

func (r mutationResolver) RemoveGuest(ctx context.Context, roomID, userID string, ban bool) (*lists.Member, error) {
	return r.jukebox.RemoveGuest(ctx, roomID, userID, ban)
}

func (r mutationResolver) OfferRoom(ctx context.Context, roomID, userID string) (*party.Room, error) {
	return r.jukebox.OfferRoom(ctx, roomID, userID)
}

func (r mutationResolver) AnswerRoomOffer(ctx context.Context, roomID string, accept bool) (*party.Room, error) {
	return r.jukebox.AnswerRoomOffer(ctx, roomID, accept)
}
