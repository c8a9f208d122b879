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
	if err != nil {
		return nil, err
	}
	giveSecret(ctx, SessionSecret, session.Refresh)
	return session, nil
}

func (r mutationResolver) JoinRoom(ctx context.Context, code, displayName string) (*jukebox.JoinedRoom, error) {
	if err := overHTTP(ctx); err != nil {
		return nil, err
	}
	joined, err := r.jukebox.JoinRoom(ctx, code, displayName)
	if err != nil {
		return nil, err
	}
	giveSecret(ctx, SessionSecret, joined.Session.Refresh)
	return joined, nil
}

func (r mutationResolver) WatchRoom(ctx context.Context, code string) (*jukebox.JoinedRoom, error) {
	if err := overHTTP(ctx); err != nil {
		return nil, err
	}
	joined, err := r.jukebox.WatchRoom(ctx, code)
	if err != nil {
		return nil, err
	}
	giveSecret(ctx, SessionSecret, joined.Session.Refresh)
	return joined, nil
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
	if err != nil {
		return nil, err
	}
	giveSecret(ctx, SessionSecret, session.Refresh)
	return session, nil
}

func (r mutationResolver) SignOut(ctx context.Context) (bool, error) {
	return signOut(ctx, r.accounts.SignOut)
}

func (r mutationResolver) SignOutEverywhere(ctx context.Context) (bool, error) {
	return signOut(ctx, r.accounts.SignOutEverywhere)
}

// signOut ends the session of the browser's refresh token, and makes the browser forget it.
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

// sessionSecret returns the browser's refresh token, or "" if it has none.
func sessionSecret(ctx context.Context) (string, error) {
	if err := overHTTP(ctx); err != nil {
		return "", err
	}
	return takeSecret(ctx, SessionSecret)
}

// overHTTP returns an error if the operation came over a WebSocket. The session of a WebSocket cannot change, so
// mutations that begin or end sessions make no sense there.
func overHTTP(ctx context.Context) error {
	if gqlserver.OverWebSocket(ctx) {
		return &party.Error{Code: party.BadUserInput, Message: "Send this mutation over HTTP, not over a WebSocket."}
	}
	return nil
}
