package jukebox_test

import (
	"testing"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/testdb"
)

// Signing out succeeds once the session has ended, even if ending the guest's presence in the room then fails.
func TestCommittedSignOutIsAcknowledged(t *testing.T) {
	p := newParty(t, testdb.SQLite(t))
	gina, err := p.JoinRoom(account.WithCaller(p.Context(), account.Caller{}), "PARTY", "Gina")
	p.must(err)
	p.arrive(p.as(&gina.Session))
	p.must(jukebox.Exec(p.Context(), p.store, `CREATE TRIGGER broken BEFORE UPDATE ON memberships
		BEGIN SELECT RAISE(ABORT, 'broken'); END`))
	p.must(p.SignOut(p.as(&gina.Session), gina.Session.Refresh))
	p.ended(gina.Session.Refresh)
}
