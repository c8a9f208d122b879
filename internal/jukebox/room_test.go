package jukebox_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
)

func asError(err error) *party.Error {
	e, _ := errors.AsType[*party.Error](err)
	return e
}

func TestRoomIsFoundByItsCodeUntilItCloses(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		for _, code := range []string{"PARTY", "party", " Party "} {
			found, err := p.RoomByCode(p.Context(), code)
			p.must(err)
			if found == nil || found.ID != p.room.ID {
				p.Fatalf("RoomByCode(%q) = %v, want the room", code, found)
			}
		}
		closed, err := p.CloseRoom(p.host, p.room.ID, nil)
		p.must(err)
		p.expect("status", string(closed.Status), "CLOSED")
		found, err := p.RoomByCode(p.Context(), "PARTY")
		p.must(err)
		if found != nil {
			p.Errorf("a closed room is still found by its code")
		}
		again, err := p.CloseRoom(p.host, p.room.ID, nil)
		p.must(err)
		p.expect("closing a closed room", string(again.Status), "CLOSED")
		if reopened := p.openRoom(p.host, "party"); reopened.ID == p.room.ID || reopened.Code != "PARTY" {
			p.Errorf("the code of a closed room cannot be used again: %+v", reopened)
		}
	})
}

func TestHostHasOneOpenRoomAndCodesAreUnique(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		_, err := p.CreateRoom(p.host, jukebox.RoomInput{}, nil)
		p.wants(party.Conflict, err)
		other := p.newHost("Otto")
		_, err = p.CreateRoom(other, jukebox.RoomInput{Code: pointer("pArTy")}, nil)
		p.wants(party.Conflict, err)
		room, err := p.CreateRoom(other, jukebox.RoomInput{}, nil)
		p.must(err)
		if len(room.Code) != 5 || strings.ContainsAny(room.Code, "ILO01") {
			p.Errorf("generated code %q, want 5 characters without look-alikes", room.Code)
		}
		p.expect("name", room.Name, "Otto")
	})
}

func TestOpeningARoomIsHinted(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		host := p.newHost("Otto")
		hinted := make(chan live.Hint, 1) // one room is opened
		defer p.bus.Subscribe(func(h live.Hint) { hinted <- h })()
		room := p.openRoom(host, "OTHER")
		p.expect("hint", (<-hinted).Topic, room.ID)
	})
}

func TestConcurrentRequestsOpenOneRoom(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		host := p.newHost("Eager")
		opened := make(chan error, 16)
		for range cap(opened) {
			go func() {
				_, err := p.CreateRoom(host, jukebox.RoomInput{}, nil)
				opened <- err
			}()
		}
		ok := 0
		for range cap(opened) {
			if err := <-opened; err == nil {
				ok++
			} else {
				p.wants(party.Conflict, err)
			}
		}
		if ok != 1 {
			p.Errorf("%d rooms opened, want 1", ok)
		}
	})
}

func TestOnlyHostsOpenRoomsAndChangeThem(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		guest, stranger := p.join("Gina"), p.newHost("Stranger")
		_, err := p.CreateRoom(guest, jukebox.RoomInput{}, nil)
		p.wants(party.Forbidden, err)
		_, err = p.CreateRoom(p.Context(), jukebox.RoomInput{}, nil)
		p.wants(party.Unauthenticated, err)
		for _, who := range []context.Context{guest, stranger} {
			_, err = p.UpdateRoom(who, p.room.ID, jukebox.RoomUpdate{Name: pointer("Mine")}, nil)
			p.wants(party.Forbidden, err)
			_, err = p.CloseRoom(who, p.room.ID, nil)
			p.wants(party.Forbidden, err)
			_, err = p.ClearQueue(who, p.room.ID, nil)
			p.wants(party.Forbidden, err)
		}
		before := p.version()
		renamed, err := p.UpdateRoom(p.host, p.room.ID, jukebox.RoomUpdate{Name: pointer("  Geburtstag  ")}, nil)
		p.must(err)
		p.expect("name", renamed.Name, "Geburtstag")
		_, err = p.UpdateRoom(p.host, p.room.ID, jukebox.RoomUpdate{Name: pointer("Geburtstag")}, nil)
		p.must(err)
		if after := p.version(); after != before+1 {
			p.Errorf("version %d after one change and one that changes nothing, want %d", after, before+1)
		}
	})
}

func TestStrangersSeeOnlyTheRoomsPublicFields(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		for name, ctx := range map[string]context.Context{"anonymous": p.Context(), "another host": p.newHost("Stranger")} {
			room, err := p.Room(ctx, p.room.ID)
			p.must(err)
			p.expect(name+" sees the code", room.Code, "PARTY")
			p.wants(party.Forbidden, room.MembersOnly())
			_, err = p.Queue(ctx, room)
			p.wants(party.Forbidden, err)
			_, err = p.RoomPlayback(ctx, room)
			p.wants(party.Forbidden, err)
			_, err = p.RoomMember(ctx, room, room.HostID)
			p.wants(party.Forbidden, err)
			_, _, err = p.Lists().History(ctx, room, lists.First(10, nil))
			p.wants(party.Forbidden, err)
		}
		_, err := p.AuthorizeSubscription(p.Context(), p.room.ID)
		p.wants(party.Unauthenticated, err)
		_, err = p.AuthorizeSubscription(p.newHost("Other"), p.room.ID)
		p.wants(party.Forbidden, err)
		missing, err := p.Room(p.Context(), "01900000-0000-7000-8000-000000000000")
		if missing != nil || err != nil {
			p.Errorf("Room of an unknown id = %v, %v; want nil", missing, err)
		}
		_, err = p.Room(p.Context(), "1 OR 1=1")
		p.expect("field", p.wants(party.BadUserInput, err).Field, "id")
	})
}

func TestJoiningMakesAGuestAndKeepsASession(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		joined, err := p.JoinRoom(p.Context(), "party", "  Gina \u0301 ")
		p.must(err)
		guest := p.as(&joined.Session)
		p.expect("kind", string(joined.Session.User.Kind), "GUEST")
		p.must(joined.Room.MembersOnly())

		again, err := p.JoinRoom(guest, "PARTY", "Regina")
		p.must(err)
		p.expect("the same user", again.Session.User.UserID, joined.Session.User.UserID)
		item := p.add(guest, 1)
		p.expect("the newest name", item.AddedBy.DisplayName, "Regina")

		other := p.openRoom(p.newHost("Otto"), "OTHER")
		elsewhere, err := p.JoinRoom(guest, other.Code, "Gigi")
		p.must(err)
		p.expect("one user in two rooms", elsewhere.Session.User.UserID, joined.Session.User.UserID)
		p.expect("the name belongs to the room", p.add(guest, 2).AddedBy.DisplayName, "Regina")

		asHost, err := p.JoinRoom(p.host, "PARTY", "The host")
		p.must(err)
		_, err = p.CloseRoom(p.as(&asHost.Session), p.room.ID, nil)
		p.must(err) // a host who joins stays the host
		_, err = p.JoinRoom(p.Context(), "PARTY", "Late")
		p.wants(party.NotFound, err)
	})
}

func TestJoiningWithTheSessionOfAnotherDatabaseCreatesAGuest(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gone := account.WithViewer(p.Context(), account.Viewer{
			UserID: "01900000-0000-7000-8000-000000000000", Kind: party.GuestUser,
		})
		joined, err := p.JoinRoom(gone, "PARTY", "Gina")
		p.must(err)
		p.add(p.as(&joined.Session), 1)
	})
}

func TestScreensOnlyWatch(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		watching, err := p.WatchRoom(p.Context(), "PARTY")
		p.must(err)
		screen := p.as(&watching.Session)
		item := p.add(p.host, 1)
		_, err = p.AddSong(screen, p.room.ID, uri(2), nil)
		p.wants(party.Forbidden, err)
		_, err = p.LikeQueueItem(screen, item.ID, nil)
		p.wants(party.Forbidden, err)
		_, err = p.SearchSongs(screen, p.room.ID, "song", 10, 0)
		p.wants(party.Forbidden, err)
		room, err := p.Room(screen, p.room.ID)
		p.must(err)
		queue, err := p.Queue(screen, room)
		p.must(err)
		p.expect("a screen sees the queue", songs(queue.Items), "1")

		joined, err := p.JoinRoom(screen, "PARTY", "Person") // somebody takes the TV's browser to join
		p.must(err)
		if joined.Session.User.UserID == watching.Session.User.UserID {
			p.Error("the screen became a guest")
		}
	})
}

func TestBadInputNamesItsField(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		badName := func(name string) error { _, err := p.JoinRoom(p.Context(), "PARTY", name); return err }
		badCode := func(code string) error {
			_, err := p.CreateRoom(p.newHost("X"), jukebox.RoomInput{Code: &code}, nil)
			return err
		}
		badURI := func(u string) error { _, err := p.AddSong(p.host, p.room.ID, u, nil); return err }
		for _, c := range []struct {
			name, field string
			err         error
		}{
			{"empty name", "displayName", badName("  ")},
			{"long name", "displayName", badName(strings.Repeat("ä", 41))},
			{"huge name", "displayName", badName(strings.Repeat("x", 10<<20))},
			{"line break in a name", "displayName", badName("a\nb")},
			{"turned name", "displayName", badName("a\u202eb")},
			{"not UTF-8", "displayName", badName("a\xff")},
			{"short code", "input.code", badCode("ABC")},
			{"long code", "input.code", badCode(strings.Repeat("A", 21))},
			{"umlaut in a code", "input.code", badCode("PÄRTY")},
			{"album", "songUri", badURI("spotify:album:0000000000000000000001")},
			{"short id", "songUri", badURI("spotify:track:1")},
			{"another host", "songUri", badURI("https://open.spotify.com.evil.test/track/0000000000000000000001")},
			{"plain http", "songUri", badURI("http://open.spotify.com/track/0000000000000000000001")},
			{"injection", "songUri", badURI("spotify:track:'; DROP TABLE rooms; --")},
			{"no query", "query", second(p.SearchSongs(p.host, p.room.ID, " ", 10, 0))},
			{"limit", "first", second(p.SearchSongs(p.host, p.room.ID, "x", 11, 0))},
			{"offset", "after", second(p.SearchSongs(p.host, p.room.ID, "x", 10, 991))},
			{"item id", "itemId", second(p.LikeQueueItem(p.host, "nope", nil))},
			{"room id", "roomId", second(p.ClearQueue(p.host, "nope", nil))},
			{"empty key", "idempotencyKey", second(p.ClearQueue(p.host, p.room.ID, pointer("")))},
			{"long key", "idempotencyKey", second(p.ClearQueue(p.host, p.room.ID, pointer(strings.Repeat("k", 65))))},
		} {
			t.Run(c.name, func(t *testing.T) {
				if e := asError(c.err); e == nil || e.Code != party.BadUserInput || e.Field != c.field || e.Message == "" {
					t.Errorf("got %v, want BAD_USER_INPUT of %s", c.err, c.field)
				}
			})
		}
		if err := badName(strings.Repeat("ä", 40)); err != nil {
			p.Errorf("a name of 40 characters: %v", err)
		}
	})
}

func second[T any](_ T, err error) error { return err }
