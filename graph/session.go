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
		return nil, inviteBack(ctx, err)
	}
	setSessionCookie(ctx, session.Refresh)
	return session, nil
}

func (r mutationResolver) JoinRoom(ctx context.Context, code, displayName string) (*jukebox.JoinedRoom, error) {
	if err := overHTTP(ctx); err != nil {
		return nil, err
	}
	joined, err := r.jukebox.JoinRoom(ctx, code, displayName)
	if err != nil {
		return nil, inviteBack(ctx, err)
	}
	setSessionCookie(ctx, joined.Session.Refresh)
	return joined, nil
}

func (r mutationResolver) WatchRoom(ctx context.Context, code string) (*jukebox.JoinedRoom, error) {
	if err := overHTTP(ctx); err != nil {
		return nil, err
	}
	joined, err := r.jukebox.WatchRoom(ctx, code)
	if err != nil {
		return nil, inviteBack(ctx, err)
	}
	setSessionCookie(ctx, joined.Session.Refresh)
	return joined, nil
}

func (r mutationResolver) RefreshSession(ctx context.Context) (*account.Session, error) {
	refresh, err := refreshToken(ctx)
	if err != nil {
		return nil, err
	}
	session, err := r.accounts.RefreshSession(ctx, refresh)
	if err != nil {
		return nil, err
	}
	setSessionCookie(ctx, session.Refresh)
	return session, nil
}

func (r mutationResolver) SignOut(ctx context.Context) (*bool, error) {
	return signOut(ctx, r.accounts.SignOut)
}

func (r mutationResolver) SignOutEverywhere(ctx context.Context) (*bool, error) {
	return signOut(ctx, r.accounts.SignOutEverywhere)
}

// signOut ends the session of the browser's refresh token, and makes the browser forget it.
func signOut(ctx context.Context, end func(context.Context, string) error) (*bool, error) {
	refresh, err := refreshToken(ctx)
	if err == nil {
		err = end(ctx, refresh)
	}
	if err != nil {
		return nil, err
	}
	cookiesFrom(ctx).ClearSession()
	return trueUnless(nil)
}

// refreshToken returns the refresh token that the operation's browser sent, or "".
func refreshToken(ctx context.Context) (string, error) {
	if err := overHTTP(ctx); err != nil {
		return "", err
	}
	return cookiesFrom(ctx).Session()
}

// setSessionCookie has the browser keep a session's refresh token. Without one the browser's cookie stays as it is.
func setSessionCookie(ctx context.Context, refreshToken string) {
	if refreshToken != "" {
		cookiesFrom(ctx).SetSession(refreshToken)
	}
}

// inviteBack returns err. If err is that of a rate limit, it has the browser keep an id: with this id, a later attempt
// is served from the network's reserve.
func inviteBack(ctx context.Context, err error) error {
	if party.CodeOf(err) == party.RateLimited && !gqlserver.OverWebSocket(ctx) {
		cookiesFrom(ctx).KeepBrowser()
	}
	return err
}

// overHTTP refuses to begin or end a session over a WebSocket: it can set no cookies, and its own session cannot
// change.
func overHTTP(ctx context.Context) error {
	if gqlserver.OverWebSocket(ctx) {
		return &party.Error{Code: party.BadUserInput, Message: "Send this mutation over HTTP, not over a WebSocket."}
	}
	return nil
}
