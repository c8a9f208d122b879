package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/gqlserver/incremental"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

// aspect is the part of a room's state that one subscription shows.
type aspect struct {
	// viewerID is the id of the only user the subscription belongs to, or "" if it is shared. A removed user gets a
	// last event of their own subscription, whereas a shared one ends with FORBIDDEN.
	viewerID string
	// changed returns the version at which this aspect of the state last changed.
	changed func(s *party.State) int64
	// event returns the event that shows this aspect to a client that has the version since; nil: it has none.
	event func(ctx context.Context, since *int64, s *party.State) (any, error)
}

// Sources returns the functions that admit subscribers and open the sources of events, by subscription field.
func (r *Resolver) Sources() map[string]gqlserver.SubscribeFunc {
	return map[string]gqlserver.SubscribeFunc{
		"room": r.open(aspect{
			changed: func(s *party.State) int64 { return s.RoomVersion },
			event:   func(_ context.Context, _ *int64, s *party.State) (any, error) { return s.Room(), nil },
		}),
		"roomQueue": r.open(aspect{
			changed: func(s *party.State) int64 { return s.QueueVersion },
			event: func(_ context.Context, _ *int64, s *party.State) (any, error) {
				return queueList(s.RoomQueue()), nil
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
		"roomSchedule":  r.roomSchedule,
		"roomReactions": r.roomReactions,
		"viewerInRoom":  r.viewerInRoom,
	}
}

// queueList returns a queue as a list, so that unchanged items are not executed again.
func queueList(queue party.RoomQueue) *incremental.List {
	contents := make([]any, len(queue.Items))
	for i, item := range queue.Items {
		contents[i] = item.Content()
	}
	return &incremental.List{
		Type: "RoomQueue", Field: "items", Place: "position", Elements: contents,
		Of: func(indexes []int) any {
			some := queue
			some.Items = make([]*party.QueueItem, len(indexes))
			for i, index := range indexes {
				some.Items[i] = queue.Items[index]
			}
			return &some
		},
	}
}

// open returns a function that opens the source of an aspect of a room. The viewer has to be a member of the room.
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
		watch := func(ctx context.Context) (gqlserver.Source, error) {
			watcher, err := r.jukebox.Watch(ctx, roomID)
			if err != nil {
				return nil, err
			}
			return roomSource{a, watcher}, nil
		}
		return &gqlserver.Grant{MinVersion: version, SubscriberID: who, OnEnd: left, OpenSource: watch}, nil
	}
}

// roomSource is an aspect of a room's states, as a gqlserver.Source.
type roomSource struct {
	aspect
	watcher *jukebox.Watcher
}

// Close implements gqlserver.Source.
func (s roomSource) Close() { s.watcher.Close() }

// Newest implements gqlserver.Source.
func (s roomSource) Newest() (gqlserver.State, <-chan struct{}) {
	state, replaced := s.watcher.Newest()
	shown := gqlserver.State{
		Version: state.Version, ChangedAt: s.changed(state), OldestBase: state.OldestSince(),
		Last: state.Status == party.Closed, Value: state, RevokedAt: state.MembersVersion,
	}
	if s.viewerID == "" {
		shown.Revoked = state.MayWatch
	} else {
		shown.Last = shown.Last || state.MayWatch(s.viewerID) != nil
	}
	if shown.Last {
		shown.ChangedAt = shown.Version // everybody gets the last state
	}
	return shown, replaced
}

// Event implements gqlserver.Source.
func (s roomSource) Event(ctx context.Context, since *int64, state gqlserver.State) (any, error) {
	return s.event(ctx, since, state.Value.(*party.State))
}

// versionTicks is how many versions of its own a source has for each version of the room. A source that also changes
// with time needs versions between those of the room; it counts in ticks.
const versionTicks = 1 << 16

// toTicks converts the versions of a room's state into ticks.
func toTicks(s *gqlserver.State) {
	s.Version *= versionTicks
	s.ChangedAt *= versionTicks
	s.RevokedAt *= versionTicks
}

// refine wraps the source of a grant in another source, which counts in ticks. It changes the grant and returns it.
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
