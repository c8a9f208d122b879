package gqlserver

import (
	"context"
	"errors"
	"time"
)

// Open lets somebody follow a subscription field, or returns the error that says why they may not. It is asked once for
// each subscriber, with the context that Authenticate made for them and the field's arguments as JSON has them.
type SubscribeFunc func(ctx context.Context, args map[string]any) (*Grant, error)

// Opened is what a subscriber may follow.
type Grant struct {
	// Version is that of the present state, by the truth and not by what this server has heard: the subscriber is shown
	// nothing older.
	MinVersion int64
	// Who tells subscribers apart for State.Barred.
	SubscriberID string
	// Left is called once, when the subscription has ended. It must not block. Nil: nobody wants to know.
	OnEnd func()
	// Follow starts a source. It is called where no other subscriber's source serves, at most once, with a context that
	// ends with the handler or, for a stream that is not shared, with the subscription.
	OpenSource func(ctx context.Context) (Source, error)
}

// Source gives the states that a subscription field shows, and makes events of them. Only one goroutine uses it.
type Source interface {
	// Newest returns the newest state, and a channel that is closed as soon as there is a newer one.
	Newest() (State, <-chan struct{})
	// Event returns what the field's resolver gets by Event: what leads from the version since, or from any later one, to
	// the state; everything, if since is nil.
	Event(ctx context.Context, since *int64, state State) (any, error)
	// Close ends the source.
	Close()
}

// State is what a source shows at one version.
type State struct {
	Version    int64 // grows
	ChangedAt  int64 // the version at which what the field shows changed last; grows, and is never above Version
	OldestBase int64 // the oldest version from which an event can lead here; who has an older one gets everything
	Last       bool  // nothing will follow: subscriptions end with it
	// Barred returns why somebody may follow no more, or nil. It is asked about everybody whenever BarredAt has grown, and
	// about who was let in at an older version. Nil: whoever was let in may stay.
	Revoked   func(who string) error
	RevokedAt int64
	Value     any // for Event
	// Again is after how long the newest state is another one even if nothing is told, or is worth asking for; 0: never.
	RefreshAfter time.Duration
}

type eventKey struct{}

var errNoEvent = errors.New("gqlserver: a subscription field was resolved where no event is")

// Event is what the resolver of a subscription field returns: the event that is being sent.
func Event[T any](ctx context.Context) (<-chan T, error) {
	event, ok := ctx.Value(eventKey{}).(T)
	if !ok {
		return nil, errNoEvent
	}
	events := make(chan T, 1) // for the one there is
	events <- event
	close(events)
	return events, nil
}

func withEvent(ctx context.Context, event any) context.Context {
	return context.WithValue(ctx, eventKey{}, event)
}
