package jukebox_test

import (
	"testing"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
)

func (p *fixture) refresh(token string) *account.Session {
	p.Helper()
	session, err := p.RefreshSession(p.Context(), token)
	p.must(err)
	return session
}

// ended asserts that a refresh token is no longer valid.
func (p *fixture) ended(token string) {
	p.Helper()
	_, err := p.RefreshSession(p.Context(), token)
	p.wants(party.Unauthenticated, err)
}

func TestJoiningAndWatchingBeginSessions(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		joined, err := p.JoinRoom(p.Context(), "PARTY", "Gina")
		p.must(err)
		watching, err := p.WatchRoom(p.Context(), "PARTY")
		p.must(err)
		for _, first := range []account.Session{joined.Session, watching.Session} {
			viewer, err := p.tokens.Check(p.refresh(first.Refresh).AccessToken)
			p.must(err)
			p.expect("user", viewer.UserID, first.User.UserID)
			p.expect("kind", string(viewer.Kind), string(first.User.Kind))
		}
	})
}

// An access token is not enough to get a refresh token: a user who joins with one stays in their session, which ends
// when it would have ended anyway.
func TestJoiningWithAnAccessTokenBeginsNoSession(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		joined, err := p.JoinRoom(p.Context(), "PARTY", "Gina")
		p.must(err)
		first, err := p.tokens.Check(joined.Session.AccessToken)
		p.must(err)
		again, err := p.JoinRoom(p.as(&joined.Session), "PARTY", "Regina")
		p.must(err)
		second, err := p.tokens.Check(again.Session.AccessToken)
		p.must(err)
		if again.Session.Refresh != "" || second.UserID != first.UserID || second.SessionID != first.SessionID ||
			second.ExpiresAt.After(first.ExpiresAt) {
			p.Errorf("joined as %+v, and with that token as %+v with %q", first, second, again.Session.Refresh)
		}
		p.must(p.SignOut(p.Context(), joined.Session.Refresh))
		_, err = p.Authenticate(again.Session.AccessToken)
		p.wants(party.Unauthenticated, err)
	})
}
