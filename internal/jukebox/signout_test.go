package jukebox_test

import (
	"testing"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/testdb"
)

// A guest whose session has ended is told so, also if the database then fails to end her presence in the room.
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
