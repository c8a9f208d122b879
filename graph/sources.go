package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

// aspect is what one subscription shows of a room's state: when that changed last, and the event that tells it.
type aspect struct {
	own string // the one for whom it is: they are told that they were removed, instead of being refused

	changed func(s *party.State) int64
	event   func(ctx context.Context, since *int64, s *party.State) (any, error)
}

// Sources are where the subscriptions' events come from.
func (r *Resolver) Sources() map[string]gqlserver.SubscribeFunc {
	return map[string]gqlserver.SubscribeFunc{
		"room": r.open(aspect{
			changed: func(s *party.State) int64 { return s.RoomVersion },
			event:   func(_ context.Context, _ *int64, s *party.State) (any, error) { return s.Room(), nil },
		}),
		"roomQueue": r.open(aspect{
			changed: func(s *party.State) int64 { return s.QueueVersion },
			event: func(_ context.Context, _ *int64, s *party.State) (any, error) {
				queue := s.RoomQueue()
				return &queue, nil
			},
		}),
		"roomQueueChanges": r.open(aspect{
			changed: func(s *party.State) int64 { return s.QueueVersion },
			event: func(_ context.Context, since *int64, s *party.State) (any, error) {
				change := s.QueueChange(since)
				return &change, nil
			},
		}),
		"playback": r.open(aspect{
			changed: func(s *party.State) int64 { return s.PlaybackVersion },
			event:   func(_ context.Context, _ *int64, s *party.State) (any, error) { return &s.Playback, nil },
		}),
		"roomSchedule": r.roomSchedule,
		"viewerInRoom": r.viewerInRoom,
	}
}

// open lets the members of a room follow an aspect of it.
func (r *Resolver) open(a aspect) gqlserver.SubscribeFunc {
	return func(ctx context.Context, args map[string]any) (*gqlserver.Grant, error) {
		roomID, err := graphql.UnmarshalID(args["roomId"])
		if err != nil {
			return nil, err
		}
		version, err := r.jukebox.AuthorizeSubscription(ctx, roomID)
		if err != nil {
			return nil, err
		}
		who, left, err := r.jukebox.Connect(ctx, roomID)
		if err != nil {
			return nil, err
		}
		return &gqlserver.Grant{MinVersion: version, SubscriberID: who, OnEnd: left, OpenSource: func(ctx context.Context) (gqlserver.Source, error) {
			watcher, err := r.jukebox.Watch(ctx, roomID)
			if err != nil {
				return nil, err
			}
			return source{a, watcher}, nil
		}}, nil
	}
}

// source follows a room.
type source struct {
	aspect
	watcher *jukebox.Watcher
}

func (s source) Close() { s.watcher.Close() }

func (s source) Newest() (gqlserver.State, <-chan struct{}) {
	state, replaced := s.watcher.Newest()
	shown := gqlserver.State{
		Version: state.Version, ChangedAt: s.changed(state), OldestBase: state.OldestSince(),
		Last: state.Status == party.Closed, Value: state, RevokedAt: state.MembersVersion,
	}
	if s.own == "" {
		shown.Revoked = state.MayWatch
	} else {
		shown.Last = shown.Last || state.MayWatch(s.own) != nil
	}
	if shown.Last {
		shown.ChangedAt = shown.Version // the last state is for all
	}
	return shown, replaced
}

func (s source) Event(ctx context.Context, since *int64, state gqlserver.State) (any, error) {
	return s.event(ctx, since, state.Value.(*party.State))
}

// versionTicks is how many states of a source's own there can be of one version of the room: so much finer are its versions.
const versionTicks = 1 << 16

// finer counts in a source's own versions.
func finer(s *gqlserver.State) {
	s.Version *= versionTicks
	s.ChangedAt *= versionTicks
	s.RevokedAt *= versionTicks
}

// refine makes what is followed another source, which counts in finer versions.
func refine(opened *gqlserver.Grant, source func(room gqlserver.Source) gqlserver.Source) *gqlserver.Grant {
	follow := opened.OpenSource
	opened.MinVersion *= versionTicks
	opened.OpenSource = func(ctx context.Context) (gqlserver.Source, error) {
		room, err := follow(ctx)
		if err != nil {
			return nil, err
		}
		return source(room), nil
	}
	return opened
}
