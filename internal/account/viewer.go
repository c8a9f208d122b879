package account

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/internal/party"
)

// Viewer is the user who makes the current request: the content of a verified access token.
type Viewer struct {
	UserID    string
	Kind      party.UserKind
	SessionID string    // the session that the access token belongs to: the family of its refresh tokens
	IssuedAt  time.Time // when the access token was issued
	ExpiresAt time.Time // when the access token expires
}

type viewerKey struct{}

// WithViewer returns a context in which v is the viewer.
func WithViewer(ctx context.Context, v Viewer) context.Context {
	return context.WithValue(ctx, viewerKey{}, v)
}

// noViewer stands in the place of a Viewer in a context of WithoutViewer.
type noViewer struct{ accesses prometheus.Counter }

// WithoutViewer returns a context for an execution whose result goes to many users, who were all authorized before.
// A result that depended on one viewer would be shown to all of them, so ViewerFrom fails in this context and counts
// the access in antwon_shared_viewer_access_total.
func (a *Accounts) WithoutViewer(ctx context.Context) context.Context {
	return context.WithValue(ctx, viewerKey{}, noViewer{a.viewerAccesses})
}

// ViewerFrom returns the viewer. The error is Unauthenticated if nobody is signed in, and Internal in a context of
// WithoutViewer.
func ViewerFrom(ctx context.Context) (Viewer, error) {
	switch v := ctx.Value(viewerKey{}).(type) {
	case Viewer:
		return v, nil
	case noViewer:
		v.accesses.Inc()
		return Viewer{}, party.Errorf(party.Internal, "A shared subscription tried to read the viewer.")
	}
	return Viewer{}, party.Errorf(party.Unauthenticated, "Sign in or join a room first.")
}

// OptionalViewer returns the viewer, or nil if nobody is signed in. In a context of WithoutViewer the error is
// Internal.
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

// Tokens signs and verifies access tokens.
type Tokens interface {
	// Mint returns a signed token for v and the time at which it expires, which is not after v.ExpiresAt unless that is
	// zero. It ignores v.IssuedAt.
	Mint(v Viewer) (token string, expiresAt time.Time, err error)
	// Check returns the user that a token was issued to. The error is Unauthenticated, and says what is wrong with the
	// token. Check does not know which sessions have ended: Accounts.Authenticate does.
	Check(token string) (Viewer, error)
}
