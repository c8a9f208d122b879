package jukebox

import (
	"context"
	"time"
)

// UserKind says how somebody came here.
type UserKind string

const (
	HostUser   UserKind = "HOST"   // signed in, may open rooms
	GuestUser  UserKind = "GUEST"  // joined by a code, without an account
	ScreenUser UserKind = "SCREEN" // a display that only watches
)

// Viewer is who asks: the checked content of an access token.
type Viewer struct {
	UserID    string
	Kind      UserKind
	ExpiresAt time.Time // when the access token ends
}

type viewerKey struct{}

// WithViewer returns a context in which v is the one who asks.
func WithViewer(ctx context.Context, v Viewer) context.Context {
	return context.WithValue(ctx, viewerKey{}, v)
}

// ViewerFrom returns who asks, or an Unauthenticated error where nobody is signed in.
func ViewerFrom(ctx context.Context) (Viewer, error) {
	if v, ok := ctx.Value(viewerKey{}).(Viewer); ok {
		return v, nil
	}
	return Viewer{}, errorf(Unauthenticated, "sign in or join a room first")
}

// Tokens makes and checks access tokens.
type Tokens interface {
	// Mint returns a signed token for v and when it ends; v.ExpiresAt is ignored.
	Mint(v Viewer) (token string, expiresAt time.Time, err error)
	// Check returns who a token belongs to, or an Unauthenticated error that says what is wrong with it.
	Check(token string) (Viewer, error)
}
