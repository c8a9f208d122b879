package graph

import (
	"context"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

func (r mutationResolver) DemoLogin(ctx context.Context, displayName string) (*account.Session, error) {
	if err := overHTTP(ctx); err != nil {
		return nil, err
	}
	session, err := r.accounts.DemoLogin(ctx, displayName)
	return keepSession(ctx, session, err)
}

func (r mutationResolver) JoinRoom(ctx context.Context, code, displayName string) (*jukebox.JoinedRoom, error) {
	if err := overHTTP(ctx); err != nil {
		return nil, err
	}
	joined, err := r.jukebox.JoinRoom(ctx, code, displayName)
	return keepJoined(ctx, joined, err)
}

func (r mutationResolver) WatchRoom(ctx context.Context, code string) (*jukebox.JoinedRoom, error) {
	if err := overHTTP(ctx); err != nil {
		return nil, err
	}
	joined, err := r.jukebox.WatchRoom(ctx, code)
	return keepJoined(ctx, joined, err)
}

func (r mutationResolver) RefreshSession(ctx context.Context) (*account.Session, error) {
	refresh, err := sessionSecret(ctx)
	if err != nil {
		return nil, err
	}
	session, err := r.accounts.RefreshSession(ctx, refresh)
	if party.CodeOf(err) == party.Unauthenticated {
		dropSecret(ctx, SessionSecret)
	}
	return keepSession(ctx, session, err)
}

func (r mutationResolver) SignOut(ctx context.Context) (bool, error) {
	return signOut(ctx, r.accounts.SignOut)
}

func (r mutationResolver) SignOutEverywhere(ctx context.Context) (bool, error) {
	return signOut(ctx, r.accounts.SignOutEverywhere)
}

func signOut(ctx context.Context, end func(context.Context, string) error) (bool, error) {
	refresh, err := sessionSecret(ctx)
	if err == nil {
		err = end(ctx, refresh)
	}
	if err != nil {
		return false, err
	}
	dropSecret(ctx, SessionSecret)
	return true, nil
}

func sessionSecret(ctx context.Context) (string, error) {
	if err := overHTTP(ctx); err != nil {
		return "", err
	}
	return takeSecret(ctx, SessionSecret)
}

// keepSession has the browser keep what the session is renewed with.
func keepSession(ctx context.Context, session *account.Session, err error) (*account.Session, error) {
	if err != nil {
		return nil, err
	}
	giveSecret(ctx, SessionSecret, session.Refresh)
	return session, nil
}

func keepJoined(ctx context.Context, joined *jukebox.JoinedRoom, err error) (*jukebox.JoinedRoom, error) {
	if err != nil {
		return nil, err
	}
	giveSecret(ctx, SessionSecret, joined.Session.Refresh)
	return joined, nil
}

// overHTTP refuses to make or end a session over a WebSocket, whose own session cannot change any more.
func overHTTP(ctx context.Context) error {
	if gqlserver.OverWebSocket(ctx) {
		return &party.Error{Code: party.BadUserInput, Message: "Send this mutation over HTTP, not over a WebSocket."}
	}
	return nil
}
