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
		elsewhere, err := p.JoinRoom(p.as(&joined.Session), "PARTY", "Gina") // the same user on another device
		p.must(err)
		watching, err := p.WatchRoom(p.Context(), "PARTY")
		p.must(err)
		p.expect("the user on the other device", elsewhere.Session.User.UserID, joined.Session.User.UserID)
		for _, first := range []account.Session{joined.Session, elsewhere.Session, watching.Session} {
			viewer, err := p.tokens.Check(p.refresh(first.Refresh).AccessToken)
			p.must(err)
			p.expect("user", viewer.UserID, first.User.UserID)
			p.expect("kind", string(viewer.Kind), string(first.User.Kind))
		}
	})
}
