package graph

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/reactions"
)

func (r mutationResolver) React(ctx context.Context, roomID string, reaction party.Reaction) (*bool, error) {
	return trueUnless(r.jukebox.Reactions().React(ctx, roomID, reaction))
}

func (subscriptionResolver) RoomReactions(ctx context.Context, _ string) (<-chan *party.RoomReactions, error) {
	return gqlserver.Event[*party.RoomReactions](ctx)
}

// roomReactions opens the source of the roomReactions subscription.
func (r *Resolver) roomReactions(ctx context.Context, args map[string]any) (*gqlserver.Grant, error) {
	roomID, err := graphql.UnmarshalID(args["roomId"])
	if err != nil {
		return nil, err
	}
	opened, err := r.open(aspect{changed: func(*party.State) int64 { return 0 }})(ctx, args)
	if err != nil {
		return nil, err
	}
	return refine(opened, func(room gqlserver.Source) gqlserver.Source {
		return &reactionSource{Source: room, watcher: r.jukebox.Reactions().Watch(roomID)}
	}), nil
}

// reactionSource shows the reactions that a room has just got. Of the room's state it needs only who may watch, and
// whether the room is closed. It counts versions in ticks, and makes a new one whenever it shows new counts.
type reactionSource struct {
	gqlserver.Source
	watcher   *reactions.Watcher
	shown     []party.ReactionCount
	changedAt int64
}

// Close implements gqlserver.Source.
func (s *reactionSource) Close() {
	s.watcher.Close()
	s.Source.Close()
}

// Newest implements gqlserver.Source.
func (s *reactionSource) Newest() (gqlserver.State, <-chan struct{}) {
	newest, replaced := s.Source.Newest()
	toTicks(&newest)
	newest.Version = max(newest.Version, s.changedAt)
	now := s.watcher.Look(time.Now())
	if now.IsNew {
		newest.Version++
		s.shown, s.changedAt = now.Counts, newest.Version
	}
	newest.RefreshAfter, newest.RefreshWhen = now.After, now.When
	newest.ChangedAt = s.changedAt
	if newest.Last {
		newest.ChangedAt = newest.Version // everybody gets the last state
	}
	return newest, replaced
}

// Event implements gqlserver.Source.
func (s *reactionSource) Event(_ context.Context, _ *int64, state gqlserver.State) (any, error) {
	return &party.RoomReactions{RoomID: state.Value.(*party.State).RoomID, Counts: s.shown}, nil
}
