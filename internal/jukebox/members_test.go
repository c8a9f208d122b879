package jukebox_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/testdb"
)

func (p *fixture) members() string {
	p.Helper()
	room, err := p.Room(p.host, p.room.ID)
	p.must(err)
	var all []string
	var after *string
	for more := true; more; {
		var found []lists.Member
		found, more, err = p.Lists().Members(p.host, room, lists.First(2, after))
		p.must(err)
		for _, m := range found {
			all = append(all, fmt.Sprint(m.Participant.DisplayName, " ", m.Role))
			after = &m.Cursor
		}
	}
	return strings.Join(all, ", ")
}

func TestHostsSeeWhoIsPresent(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina, gustav := p.join("Gina"), p.join("Gustav")
		_, err := p.WatchRoom(p.Context(), p.room.Code)
		p.must(err)
		_, err = p.SetRole(p.host, p.room.ID, p.id(gina), party.RoleCohost)
		p.must(err)
		m, err := p.RemoveGuest(gina, p.room.ID, p.id(gustav), true)
		p.must(err)
		p.expect("answer", fmt.Sprint(m.Participant.DisplayName, m.Participant.User.Kind, m.Role), "GustavGUESTBANNED")
		p.expect("members", p.members(), "Screen SCREEN, Gustav BANNED, Gina COHOST, Hanna HOST")
	})
}

func TestInvalidRolesAreRefused(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		guest, cohost, gone := p.join("Gina"), p.join("Carla"), p.join("Rita")
		screen, err := p.WatchRoom(p.Context(), p.room.Code)
		p.must(err)
		_, err = p.SetRole(p.host, p.room.ID, p.id(cohost), party.RoleCohost)
		p.must(err)
		_, err = p.RemoveGuest(p.host, p.room.ID, p.id(gone), false)
		p.must(err)
		for _, tt := range []struct {
			code party.Code
			err  error
		}{
			{party.BadUserInput, second(p.SetRole(p.host, p.room.ID, p.id(guest), party.RoleHost))},
			{party.BadUserInput, second(p.SetRole(p.host, p.room.ID, p.id(guest), party.RoleBanned))},
			{party.BadUserInput, second(p.SetRole(p.host, p.room.ID, "x", party.RoleGuest))},
			{party.NotFound, second(p.SetRole(p.host, p.room.ID, p.id(p.newHost("Otto")), party.RoleGuest))},
			{party.Forbidden, second(p.SetRole(p.host, p.room.ID, p.id(p.host), party.RoleGuest))},
			{party.Conflict, second(p.SetRole(p.host, p.room.ID, screen.Session.User.UserID, party.RoleCohost))},
			{party.Conflict, second(p.SetRole(p.host, p.room.ID, p.id(gone), party.RoleCohost))},
			{party.Forbidden, second(p.RemoveGuest(p.host, p.room.ID, p.id(p.host), false))},
			{party.Forbidden, second(p.RemoveGuest(cohost, p.room.ID, p.id(p.host), false))},
			{party.Forbidden, second(p.RemoveGuest(cohost, p.room.ID, p.id(cohost), false))},
		} {
			p.wants(tt.code, tt.err)
		}
	})
}

func TestBanHoldsForTheUserAndTheBrowser(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		phone := account.WithCaller(p.Context(), account.Caller{BrowserID: "phone"})
		joined, err := p.JoinRoom(phone, p.room.Code, "Boris")
		p.must(err)
		boris := p.as(&joined.Session)
		p.must(second(p.RemoveGuest(p.host, p.room.ID, p.id(boris), false)))
		p.must(second(p.JoinRoom(boris, p.room.Code, "Boris again"))) // he was only removed
		p.expect("he is back", p.members(), "Boris again GUEST, Hanna HOST")
		p.add(boris, 1)

		p.must(second(p.RemoveGuest(p.host, p.room.ID, p.id(boris), true)))
		p.must(second(p.RemoveGuest(p.host, p.room.ID, p.id(boris), false))) // which makes it no better
		p.expect("his song stays", p.queue(), "1")
		p.wants(party.Forbidden, second(p.JoinRoom(boris, p.room.Code, "Boris")))
		p.wants(party.Forbidden, second(p.JoinRoom(phone, p.room.Code, "Somebody else")))
		p.wants(party.Forbidden, second(p.WatchRoom(phone, p.room.Code)))
		laptop := account.WithCaller(p.Context(), account.Caller{BrowserID: "laptop"})
		p.must(second(p.JoinRoom(laptop, p.room.Code, "Lara")))
		other := p.openRoom(p.newHost("Otto"), "OTHERS")
		p.must(second(p.JoinRoom(phone, other.Code, "Boris"))) // the ban is this room's
	})
}

func TestOnlyHostsAddSongsWhileRequestsAreClosed(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		guest, cohost := p.join("Gina"), p.join("Carla")
		p.must(second(p.SetRole(p.host, p.room.ID, p.id(cohost), party.RoleCohost)))
		item := p.add(guest, 1)
		closed := jukebox.RoomUpdate{Settings: &party.SettingsChange{RequestsOpen: pointer(false)}}
		p.must(second(p.UpdateRoom(p.host, p.room.ID, closed, nil)))
		refused := p.wants(party.Refused, second(p.AddSong(guest, p.room.ID, uri(2), nil)))
		p.expect("reason", string(refused.Reason), "REQUESTS_CLOSED")
		found, err := p.SearchSongs(guest, p.room.ID, "song", 2, 0)
		p.must(err)
		if !found.Hits[0].CanAdd || found.Hits[1].CanAdd || found.Hits[1].Refusal.Reason != party.ReasonRequestsClosed {
			p.Errorf("a guest finds %+v", found.Hits) // the first one is queued, and adding it is a like
		}
		p.like(guest, item)
		p.add(cohost, 3)
		p.add(p.host, 4)
		p.expect("queue", p.queue(), "1 3 4")
	})
}

func TestTooManyActionsAreRateLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newParty(t, testdb.SQLite(t))
		p.free = func(v account.Viewer) bool { return v.Kind == party.HostUser }
		p.Jukebox = p.newJukebox(p.bus)
		gina, gustav, item := p.join("Gina"), p.join("Gustav"), p.add(p.host, 1)
		storm := func(n int) (refused *party.Error, done int) {
			for ; done < n; done++ {
				like := p.LikeQueueItem
				if done%2 == 1 {
					like = p.UnlikeQueueItem
				}
				if _, err := like(gina, item.ID, nil); err != nil {
					return p.wants(party.RateLimited, err), done
				}
			}
			return nil, done
		}
		refused, done := storm(1000)
		if refused == nil || done < 20 || done > 60 || refused.RetryAfter <= 0 || refused.RetryAfter > time.Second {
			t.Errorf("refused after %d likes: %+v", done, refused)
		}
		p.like(gustav, item) // others are not held up
		time.Sleep(refused.RetryAfter)
		if again, _ := storm(1); again != nil {
			t.Errorf("after the time that it was told: %v", again)
		}
		if !strings.Contains(refused.Message, "too often") {
			t.Errorf("told %q", refused.Message)
		}
		for range 300 { // the host may
			p.must(second(p.UpdateRoom(p.host, p.room.ID, jukebox.RoomUpdate{Name: pointer("A")}, nil)))
		}
	})
}

func TestJoinsFromOneAddressAreRateLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newParty(t, testdb.SQLite(t))
		from := func(address string) error {
			return second(p.JoinRoom(account.WithCaller(p.Context(), account.Caller{Address: address}), p.room.Code, "Guest"))
		}
		came := 0
		for ; came < 1000 && from("192.0.2.1") == nil; came++ {
		}
		if came < 200 || came > 400 {
			t.Errorf("%d guests came from one address", came)
		}
		refused := p.wants(party.RateLimited, from("192.0.2.1"))
		p.must(from("192.0.2.2"))
		p.must(from(""))
		p.wants(party.RateLimited, from("192.0.2.1"))
		time.Sleep(refused.RetryAfter)
		p.must(from("192.0.2.1"))
	})
}

func TestPresence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newParty(t, testdb.SQLite(t))
		gina := p.join("Gina")
		present := func(q *fixture) bool {
			t.Helper()
			room, err := q.Room(p.host, p.room.ID)
			p.must(err)
			found, _, err := q.Lists().Members(p.host, room, lists.First(1, nil))
			p.must(err)
			return found[0].Present
		}
		noting := make(chan error, 1)
		go func() { noting <- p.RunPresence(t.Context()) }()
		other := p.replica(p.bus)
		if present(p) {
			t.Error("present before she came")
		}
		_, leave, err := p.Connect(gina, p.room.ID)
		p.must(err)
		_, leaveAgain, err := p.Connect(gina, p.room.ID)
		p.must(err)
		leaveAgain()
		leaveAgain()
		if !present(p) {
			t.Error("not present here at once")
		}
		time.Sleep(90 * time.Second)
		if !present(other) {
			t.Error("not present at another server after a minute")
		}
		time.Sleep(time.Hour)
		if !present(p) || !present(other) {
			t.Error("no longer present although she is connected")
		}
		leave()
		time.Sleep(3*time.Minute + time.Second)
		if present(p) || present(other) {
			t.Error("still present three minutes after she left")
		}
	})
}
