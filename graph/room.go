package graph

import (
	"context"
	"time"

	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/party"
)

func (r roomResolver) JoinURL(_ context.Context, room *party.Room) (*string, error) {
	if err := room.MembersOnly(); err != nil {
		return nil, err
	}
	url := r.jukebox.JoinURL(room)
	return &url, nil
}

func (r roomResolver) Host(ctx context.Context, room *party.Room) (*party.Participant, error) {
	return r.jukebox.RoomMember(ctx, room, room.HostID)
}

func (r roomResolver) Offer(_ context.Context, room *party.Room) (*party.RoomOffer, error) {
	return room.StandingOffer(time.Now())
}

func (r roomOfferResolver) To(ctx context.Context, offer *party.RoomOffer) (*party.Participant, error) {
	return r.jukebox.RoomMember(ctx, offer.Room, offer.UserID)
}

func (r roomResolver) CreatedAt(_ context.Context, room *party.Room) (*time.Time, error) {
	if err := room.MembersOnly(); err != nil {
		return nil, err
	}
	return &room.CreatedAt, nil
}

func (r roomResolver) Queue(ctx context.Context, room *party.Room) (*party.RoomQueue, error) {
	return r.jukebox.Queue(ctx, room)
}

func (r roomResolver) Playback(ctx context.Context, room *party.Room) (*party.Playback, error) {
	return r.jukebox.RoomPlayback(ctx, room)
}

func (r roomResolver) History(
	ctx context.Context, room *party.Room, first *int, after *string, last *int, before *string,
) (*PlayConnection, error) {
	args := lists.PageArgs{First: first, After: after, Last: last, Before: before}
	plays, more, err := r.jukebox.Lists().History(ctx, room, args)
	if err != nil {
		return nil, err
	}
	page := &PlayConnection{
		Nodes: plays, count: func(ctx context.Context) (int, error) { return r.jukebox.Lists().CountPlays(ctx, room) },
	}
	page.Edges, page.PageInfo = edgesOf(args, plays, more, func(_ int, p lists.Play) (PlayEdge, string) {
		return PlayEdge{Cursor: p.Cursor, Node: p}, p.Cursor
	})
	return page, nil
}

func (r roomResolver) Devices(ctx context.Context, room *party.Room) ([]party.Device, error) {
	return r.jukebox.Library().Devices(ctx, room)
}

func (r roomResolver) PresentCount(ctx context.Context, room *party.Room) (*int, error) {
	return r.jukebox.PresentCount(ctx, room)
}

func (r roomResolver) LastAdded(ctx context.Context, room *party.Room) (*party.QueueItem, error) {
	return r.jukebox.LastAdded(ctx, room)
}

func (r roomResolver) Log(
	ctx context.Context, room *party.Room, first *int, after *string, last *int, before *string, likes bool,
) (*RoomEventConnection, error) {
	args := lists.PageArgs{First: first, After: after, Last: last, Before: before}
	events, more, err := r.jukebox.Lists().Log(ctx, room, args, likes)
	if err != nil {
		return nil, err
	}
	page := &RoomEventConnection{Nodes: events}
	page.Edges, page.PageInfo = edgesOf(args, events, more, func(_ int, e party.RoomEvent) (RoomEventEdge, string) {
		return RoomEventEdge{Cursor: e.Cursor, Node: e}, e.Cursor
	})
	return page, nil
}

func (r roomResolver) Recap(ctx context.Context, room *party.Room) (*lists.Recap, error) {
	return r.jukebox.Lists().Recap(ctx, room)
}

func (r queueItemResolver) Position(ctx context.Context, item *party.QueueItem) (*int, error) {
	queued, err := r.jukebox.InQueue(ctx, item)
	if err != nil {
		return nil, err
	}
	return queued.Position, nil
}

func (r queueItemResolver) Refusal(ctx context.Context, item *party.QueueItem) (*party.Refusal, error) {
	queued, err := r.jukebox.InQueue(ctx, item)
	if err != nil {
		return nil, err
	}
	return queued.Refusal, nil
}

func (r userResolver) DisplayName(ctx context.Context, user *party.User) (*string, error) {
	if user.OwnName != nil {
		return user.OwnName, nil
	}
	return likesFrom(ctx).ownName(ctx, r.accounts, user.ID)
}

func (r queueItemResolver) LikedByViewer(ctx context.Context, item *party.QueueItem) (bool, error) {
	return likesFrom(ctx).has(ctx, r.jukebox, item)
}
