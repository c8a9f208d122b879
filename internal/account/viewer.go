package account

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/internal/party"
)

// Viewer is who asks: the checked content of an access token.
type Viewer struct {
	UserID    string
	Kind      party.UserKind
	ExpiresAt time.Time // when the access token ends
}

type viewerKey struct{}

// WithViewer returns a context in which v is the one who asks.
func WithViewer(ctx context.Context, v Viewer) context.Context {
	return context.WithValue(ctx, viewerKey{}, v)
}

// everybody stands where a Viewer stands otherwise.
type everybody struct{ asked prometheus.Counter }

// WithoutViewer returns a context for what is sent to many at once, each of whom was let in by themselves. Whatever asks
// there who is asking would show one person's to all, so it fails, and is counted.
func (a *Accounts) WithoutViewer(ctx context.Context) context.Context {
	return context.WithValue(ctx, viewerKey{}, everybody{a.viewerAsked})
}

// ViewerFrom returns who asks, or an Unauthenticated error where nobody is signed in. In a context WithoutViewer the error
// is Internal.
func ViewerFrom(ctx context.Context) (Viewer, error) {
	switch v := ctx.Value(viewerKey{}).(type) {
	case Viewer:
		return v, nil
	case everybody:
		v.asked.Inc()
		return Viewer{}, party.Errorf(party.Internal, "the viewer was asked for in what is sent to many")
	}
	return Viewer{}, party.Errorf(party.Unauthenticated, "sign in or join a room first")
}

// viewerIfAny returns who asks, or nil where nobody is signed in.
func OptionalViewer(ctx context.Context) (*Viewer, error) {
	v, err := ViewerFrom(ctx)
	if party.CodeOf(err) == party.Unauthenticated {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &v, nil
}

// Tokens makes and checks access tokens.
type Tokens interface {
	// Mint returns a signed token for v and when it ends; v.ExpiresAt is ignored.
	Mint(v Viewer) (token string, expiresAt time.Time, err error)
	// Check returns who a token belongs to, or an Unauthenticated error that says what is wrong with it.
	Check(token string) (Viewer, error)
}
