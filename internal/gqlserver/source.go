package gqlserver

import (
	"context"
	"errors"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// SubscribeFunc decides whether a client may subscribe to a field: it returns a Grant, or the error to send. It is
// called once for each subscription, with the context that Authenticate returned and the field's arguments in the form
// that JSON gives them.
type SubscribeFunc func(ctx context.Context, args map[string]any) (*Grant, error)

// Grant is the permission of one subscriber to get the states of a source.
type Grant struct {
	// MinVersion is the present version according to the database, which may be newer than what this server has loaded:
	// the subscriber is sent no older state.
	MinVersion int64
	// SubscriberID identifies the subscriber for State.Revoked.
	SubscriberID string
	// OnEnd is called exactly once, when the subscription has ended. It must not block. May be nil.
	OnEnd func()
	// OpenSource opens the source. It is called at most once, and only if no stream exists that the subscriber can share.
	// Its context ends with the handler or, for a stream that is not shared, with the subscription.
	OpenSource func(ctx context.Context) (Source, error)
}

// Source provides the states of a subscription field and the events that lead to them. Only one goroutine calls its
// methods.
type Source interface {
	// Newest returns the newest state, and a channel that is closed as soon as there is a newer one.
	Newest() (State, <-chan struct{})
	// Event returns the value for the field's resolver, which gets it from the function Event: the difference from the
	// version since, or from a later one, to the state. If since is nil, it is the whole state. Instead of a value with a
	// long list it may return a *incremental.List.
	Event(ctx context.Context, since *int64, state State) (any, error)
	// Close releases the source.
	Close()
}

// State is what a source shows at one version.
type State struct {
	Version    int64 // increases from state to state
	ChangedAt  int64 // the version of the last change to what the field shows; never decreases, and is at most Version
	OldestBase int64 // the oldest version that Event accepts as since; subscribers with an older one get the whole state
	Last       bool  // no state follows: all subscriptions end with this one
	// Revoked returns an error if a subscriber has lost permission. It is called for all subscribers when RevokedAt has
	// increased, and for a subscriber whose Grant is older than RevokedAt. Nil: nobody has lost permission.
	Revoked   func(who string) error
	RevokedAt int64
	Value     any // passed on to Event
	// RefreshAfter is the time after which Newest has to be called again although its channel was not closed; 0: never.
	RefreshAfter time.Duration
	RefreshWhen  <-chan struct{} // Newest has also to be called again once it is closed; nil: never
}

type eventKey struct{}

var errNoEvent = errors.New("gqlserver: a subscription field was resolved outside of an event")

// Event returns a channel with the one event that is being sent. The resolver of a subscription field returns it.
func Event[T any](ctx context.Context) (<-chan T, error) {
	event, ok := ctx.Value(eventKey{}).(T)
	if !ok {
		return nil, errNoEvent
	}
	events := make(chan T, 1) // for the only event
	events <- event
	close(events)
	return events, nil
}

func withEvent(ctx context.Context, event any) context.Context {
	return context.WithValue(ctx, eventKey{}, event)
}

// withRootField returns the context in which gqlgen resolves the fields of an event. gqlgen leaves the root field out
// of it, and so out of the paths of errors.
func withRootField(ctx context.Context, op *graphql.OperationContext) context.Context {
	fields := graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Subscription"})
	return graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: "Subscription", Field: fields[0]})
}
