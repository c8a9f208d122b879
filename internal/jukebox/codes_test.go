package jukebox_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/testdb"
)

func TestWrongCodesAreRateLimited(t *testing.T) {
	p := newParty(t, testdb.SQLite(t))
	mallory := account.WithCaller(p.Context(), account.Caller{Address: "192.0.2.1", BrowserID: "phone"})
	for n := range 200 {
		if _, err := p.JoinRoom(mallory, fmt.Sprintf("X%04d", n), "Mallory"); party.CodeOf(err) == party.RateLimited {
			return
		}
	}
	t.Error("200 wrong codes came from one address, and none was refused")
}

// Once a network has sent too many wrong codes, its right codes are refused, too: otherwise it could go on guessing.
// Members of the room are exempt, and so is a browser that comes back after a refusal.
func TestRightCodeAmongTooManyWrongOnesIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newParty(t, testdb.SQLite(t))
		gina := p.join("Gina")
		wrong, caller := 0, account.Caller{Address: "192.0.2.1"}
		try := func(who context.Context, from account.Caller, code string) error {
			return second(p.RoomByCode(account.WithCaller(who, from), code))
		}
		for ; try(p.Context(), caller, fmt.Sprintf("X%04d", wrong)) == nil; wrong++ {
		}
		if wrong != 100 {
			t.Errorf("%d wrong codes of one network were answered", wrong)
		}
		p.wants(party.RateLimited, try(p.Context(), caller, p.room.Code))
		p.must(try(gina, caller, p.room.Code))
		p.must(second(p.JoinRoom(account.WithCaller(gina, caller), p.room.Code, "Gina")))
		p.must(try(p.Context(), account.Caller{Address: "192.0.2.2"}, p.room.Code))
		newcomer := account.Caller{Address: "192.0.2.1", BrowserID: "phone", NewBrowser: true}
		p.wants(party.RateLimited, try(p.Context(), newcomer, p.room.Code))
		newcomer.NewBrowser = false
		p.must(try(p.Context(), newcomer, p.room.Code))
		for n := 0; n < 20; n++ {
			p.must(try(p.Context(), newcomer, fmt.Sprintf("Y%04d", n)))
		}
		p.wants(party.RateLimited, try(p.Context(), newcomer, p.room.Code)) // one browser has few guesses
	})
}

// However many networks somebody has, the whole server answers only so many wrong codes.
func TestWrongCodesToTheWholeServerAreRateLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newParty(t, testdb.SQLite(t))
		wrong := 0
		from := func() context.Context {
			return account.WithCaller(p.Context(), account.Caller{Address: fmt.Sprintf("10.0.%d.%d", wrong/250, wrong%250)})
		}
		for ; wrong < 5_000 && second(p.RoomByCode(from(), fmt.Sprintf("X%04d", wrong))) == nil; wrong++ {
		}
		if wrong != 2_000 {
			t.Errorf("%d wrong codes were answered", wrong)
		}
		p.wants(party.RateLimited, second(p.RoomByCode(from(), p.room.Code)))
		time.Sleep(time.Second)
		p.must(second(p.RoomByCode(from(), p.room.Code)))
	})
}

func TestCodesAreLongerWhereMoreRoomsAreOpen(t *testing.T) {
	for open, want := range map[int]int{1: 5, 2: 5, 3: 6, 88: 6, 89: 7, 2_751: 7, 2_752: 8} {
		if got := jukebox.CodeLength(open); got != want {
			t.Errorf("with %d open rooms a code has %d characters, want %d", open, got, want)
		}
	}
	p := newParty(t, testdb.SQLite(t))
	for n, want := range []int{5, 6} { // one room is open already
		room, err := p.CreateRoom(p.newHost("Otto"), jukebox.RoomInput{}, nil)
		p.must(err)
		if len(room.Code) != want {
			t.Errorf("room %d has the code %s", n+2, room.Code)
		}
	}
}
