package jukebox_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/purge"
	"antwon.dj/backend/internal/testdb"
)

// deleteExpired deletes everything that the program deletes hourly.
func (p *fixture) deleteExpired(ctx context.Context) error {
	_, idle := p.purger().Idle(ctx)
	_, closed := p.purger().Closed(ctx, keepRooms)
	return errors.Join(p.purger().Keys(ctx), p.purger().Commands(ctx), p.purger().Subscriptions(ctx),
		p.DeleteOldAuthorizations(ctx), p.DeleteOldSessions(ctx), p.Driver().DeleteOldNodes(ctx), idle, closed)
}

// An open room that nobody visits, and whose player no server drives, keeps its songs and its guests who did something.
// Everything else is gone after keepRooms, in every table.
func TestOnlyAccountsAndOpenRoomsStay(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		p.celebrate(p.newHost("Olga"), p.join("Lou"))
		gina := p.join("Gina")
		p.must(p.Push().Subscribe(gina, p.room.ID, p.subscription(chrome)))
		p.add(gina, 1)
		p.add(p.host, 2)
		_, err := p.SkipSong(p.host, p.room.ID, pointer("key"))
		p.wants(party.UpstreamUnavailable, err) // no server drives the player
		_, err = p.BeginLogin(account.WithCaller(p.Context(), account.Caller{}), "/host")
		p.must(err)
		_, err = p.ConnectSpotify(p.host, nil)
		p.must(err)
		p.must(p.SignOutEverywhere(p.newHost("Yuri"), ""))
		before, err := jukebox.Rows(p.Context(), p.store)
		p.must(err)
		time.Sleep(keepRooms + 25*time.Hour)
		for _, expired := range []string{ // by the database's own clock
			"sessions SET created_at = ?, expires_at = ?", "ended_sessions SET ended_at = COALESCE(?, ?)",
			"logins SET expires_at = COALESCE(?, ?)",
		} {
			past := time.Now().Add(-keepRooms).UTC()
			p.must(jukebox.Exec(p.Context(), p.store, "UPDATE "+expired, past, past))
		}
		for range 2 { // guests of a room that was deleted go an hour later
			p.must(p.deleteExpired(p.Context()))
			time.Sleep(time.Hour)
		}
		after, err := jukebox.Rows(p.Context(), p.store)
		p.must(err)
		want := map[string]int{ // users are the hosts, and Gina
			"users": 4, "spotify_accounts": 3, "timelines": before["timelines"],
			"rooms": 1, "room_playbacks": 1, "room_leases": before["room_leases"] - 1, "memberships": 2, "songs": 2,
			"queue_items": 2, "room_events": after["room_events"],
		}
		for _, table := range slices.Sorted(maps.Keys(after)) {
			if after[table] != want[table] {
				p.Errorf("%d rows of %s are left of %d, want %d", after[table], table, before[table], want[table])
			}
		}
	})
}

// A purge that cannot delete a row still deletes the rest.
func TestPurgeGoesOnAfterAFailure(t *testing.T) {
	p := newParty(t, testdb.SQLite(t))
	yuri := p.newHost("Yuri")
	var rooms []string
	for _, code := range []string{"FIRST", "SECOND"} {
		room := p.openRoom(yuri, code)
		p.must(second(p.CloseRoom(yuri, room.ID, nil)))
		rooms = append(rooms, room.ID)
	}
	p.join("Gina")
	p.must(jukebox.AgeGuests(p.Context(), p.store, 25*time.Hour))
	p.must(jukebox.Exec(p.Context(), p.store, "UPDATE rooms SET closed_at = ?", time.Now().Add(-25*time.Hour).UTC()))
	p.must(jukebox.Exec(p.Context(), p.store, `CREATE TRIGGER broken BEFORE DELETE ON rooms
		WHEN old.id = '`+rooms[0]+`' BEGIN SELECT RAISE(ABORT, 'broken'); END`))
	done, err := p.purger().Idle(p.Context())
	if err == nil || !strings.Contains(err.Error(), rooms[0]) || strings.Contains(err.Error(), rooms[1]) {
		t.Errorf("the failure is %v", err)
	}
	if done != (purge.Deleted{Rooms: 1, Guests: 1}) {
		t.Errorf("deleted %+v", done)
	}
}
