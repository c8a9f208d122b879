package jukebox_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/party"
)

// provider simulates an identity provider: the code that comes back names the user who logged in. It stores the
// arguments of the last call.
type provider struct {
	nonce, verifier, state string
	people                 map[string]account.Identity
}

func (p *provider) LoginURL(_ context.Context, state, nonce, verifier string) (string, error) {
	p.state, p.nonce, p.verifier = state, nonce, verifier
	return "https://provider.test/authorize", nil
}

func (p *provider) Identify(_ context.Context, code, nonce, verifier string) (account.Identity, error) {
	if nonce != p.nonce || verifier != p.verifier {
		return account.Identity{}, fmt.Errorf("asked with nonce %q and verifier %q", nonce, verifier)
	}
	return p.people[code], nil
}

func (p *provider) LogoutURL(_ context.Context, page string) (string, error) {
	return "https://provider.test/logout?to=" + page, nil
}

// identities returns a provider that knows these users.
func identities() *provider {
	return &provider{people: map[string]account.Identity{
		"hanna": {
			Issuer: "https://provider.test", Subject: "1", Names: []string{"", "Hanna"}, Email: "hanna@example.org",
			EmailVerified: true,
		},
		"otto": {Issuer: "https://provider.test", Subject: "2", Names: []string{"Otto"}},
	}}
}

// login signs a user in, in a browser with this refresh token, or without one.
func (p *fixture) login(who, refresh string) *account.Session {
	p.Helper()
	asked, err := p.BeginLogin(p.Context(), "/host")
	p.must(err)
	page, session, err := p.FinishLogin(p.Context(), account.LoginAnswer{
		State: p.provider.state, Browser: asked.Browser, Code: who, Refresh: refresh,
	})
	p.must(err)
	p.expect("page", page, "/host")
	return session
}

// guest joins a new guest, and returns their context and session.
func (p *fixture) guest(name string) (context.Context, *account.Session) {
	p.Helper()
	joined, err := p.JoinRoom(p.Context(), p.room.Code, name)
	p.must(err)
	return p.as(&joined.Session), &joined.Session
}

func (p *fixture) likedBy(who context.Context) string {
	p.Helper()
	liked, err := p.LikedItems(who, p.room.ID)
	p.must(err)
	room, err := p.Room(p.host, p.room.ID)
	p.must(err)
	queue, err := p.Queue(p.host, room)
	p.must(err)
	items := slices.DeleteFunc(slices.Clone(queue.Items), func(item *party.QueueItem) bool { return !liked[item.ID] })
	return songs(items)
}

func TestGuestWhoLogsInKeepsSongsAndLikes(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		guest, session := p.guest("Gina")
		other, _ := p.guest("Olga")
		mine, theirs := p.add(guest, 1), p.add(other, 2)
		p.like(guest, theirs)
		p.like(other, mine)
		before := p.version()

		host := p.login("hanna", session.Refresh)
		hanna := p.as(host)
		p.expect("her likes", p.likedBy(hanna), "2")
		room, err := p.Room(hanna, p.room.ID)
		p.must(err)
		queue, err := p.Queue(hanna, room)
		p.must(err)
		for _, item := range queue.Items {
			if item.ID == mine.ID && (item.AddedBy.User.ID != host.User.UserID || item.AddedBy.DisplayName != "Gina") {
				p.Errorf("her song was added by %+v", item.AddedBy)
			}
			if item.LikeCount != 1 {
				p.Errorf("%s has %d likes, want 1", item.Song.Name, item.LikeCount)
			}
		}
		if after := p.version(); after != before+1 {
			p.Errorf("version %d, want one change after %d", after, before)
		}
		_, err = p.RemoveQueueItem(hanna, mine.ID, nil)
		p.must(err) // it is hers

		p.ended(session.Refresh)
		_, err = p.Profile(guest)
		p.wants(party.Unauthenticated, err)
		_, err = p.AddSong(guest, p.room.ID, uri(3), nil)
		p.wants(party.Forbidden, err)
		state, err := p.LoadState(p.Context(), p.room.ID, nil)
		p.must(err)
		_, err = p.ViewerInRoom(guest, state)
		p.wants(party.Forbidden, err)
	})
}

func TestMergedGuestLikesOnce(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		there := p.login("hanna", "")
		hanna := p.as(there)
		_, err := p.JoinRoom(hanna, p.room.Code, "Hanna")
		p.must(err)
		guest, session := p.guest("Gina")
		both, hers, guests := p.add(p.host, 1), p.add(p.host, 2), p.add(p.host, 3)
		p.like(hanna, both)
		p.like(guest, both)
		p.like(hanna, hers)
		p.like(guest, guests)
		p.add(guest, 4)
		state, err := p.LoadState(p.Context(), p.room.ID, nil)
		p.must(err)

		here := p.login("hanna", session.Refresh)
		p.expect("user", here.User.UserID, there.User.UserID)
		p.expect("her likes", p.likedBy(hanna), "1 2 3")
		next, err := p.LoadState(p.Context(), p.room.ID, state)
		p.must(err)
		whole, err := p.LoadState(p.Context(), p.room.ID, nil)
		p.must(err)
		for i, item := range next.Queue {
			fresh := whole.Queue[i]
			if item.ID != fresh.ID || item.LikeCount != fresh.LikeCount || !sameParticipant(item.AddedBy, fresh.AddedBy) {
				p.Errorf("an older state was updated to %+v, a fresh load has %+v", item, fresh)
			}
			want := map[string]int{"Song 1": 1, "Song 2": 1, "Song 3": 1, "Song 4": 0}[item.Song.Name]
			if item.LikeCount != want {
				p.Errorf("%s has %d likes, want %d", item.Song.Name, item.LikeCount, want)
			}
		}
		p.refresh(there.Refresh) // her other device stays signed in
		_, err = p.UnlikeQueueItem(hanna, both.ID, nil)
		p.must(err)
		p.expect("her likes", p.likedBy(hanna), "2 3")
	})
}

func sameParticipant(a, b *party.Participant) bool { return a == b || a != nil && b != nil && *a == *b }

func TestRolesSurviveALogin(t *testing.T) {
	for _, c := range []struct{ guest, host, want string }{
		{"GUEST", "", "GUEST"},
		{"COHOST", "", "COHOST"},
		{"BANNED", "", "BANNED"},
		{"COHOST", "GUEST", "COHOST"},
		{"GUEST", "COHOST", "COHOST"},
		{"BANNED", "COHOST", "BANNED"},
		{"REMOVED", "GUEST", "REMOVED"},
	} {
		t.Run(c.guest+" and "+c.host, func(t *testing.T) {
			onBothDatabases(t, func(p *fixture) {
				become := func(userID, role string) {
					var err error
					switch role {
					case "BANNED", "REMOVED":
						_, err = p.RemoveGuest(p.host, p.room.ID, userID, role == "BANNED")
					case "COHOST":
						_, err = p.SetRole(p.host, p.room.ID, userID, party.RoleCohost)
					}
					p.must(err)
				}
				_, session := p.guest("Gina")
				become(session.User.UserID, c.guest)
				host := p.login("hanna", "")
				if c.host != "" {
					_, err := p.JoinRoom(p.as(host), p.room.Code, "Hanna")
					p.must(err)
					become(host.User.UserID, c.host)
				}
				p.login("hanna", session.Refresh)
				room, err := p.Room(p.host, p.room.ID)
				p.must(err)
				found, _, err := p.Lists().Members(p.host, room, lists.First(10, nil))
				p.must(err)
				roles := map[string]string{}
				for _, member := range found {
					roles[member.Participant.User.ID] = string(member.Role)
				}
				if len(roles) != 2 || roles[host.User.UserID] != c.want {
					p.Errorf("members %v, want the room's host and %s as %s", roles, host.User.UserID, c.want)
				}
			})
		})
	}
}

func TestHistoryOfClosedRoomsIsMerged(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		guest, session := p.guest("Gina")
		item := p.add(guest, 1)
		_, err := p.CloseRoom(p.host, p.room.ID, nil)
		p.must(err)
		hanna := p.as(p.login("hanna", session.Refresh))
		room, err := p.Room(hanna, p.room.ID)
		p.must(err)
		p.must(room.MembersOnly())
		state, err := p.LoadState(p.Context(), p.room.ID, nil)
		p.must(err)
		viewer, err := account.ViewerFrom(hanna)
		p.must(err)
		if got := state.Queue[0]; got.ID != item.ID || got.AddedBy.User.ID != viewer.UserID {
			p.Errorf("the song was added by %+v", got.AddedBy)
		}
	})
}

// A login does not merge the browser's earlier user if that was a screen or another host.
func TestOnlyGuestsAreMerged(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		watching, err := p.WatchRoom(p.Context(), p.room.Code)
		p.must(err)
		otto := p.login("otto", watching.Session.Refresh)
		_, err = p.JoinRoom(p.as(otto), p.room.Code, "Otto")
		p.must(err)
		hanna := p.as(p.login("hanna", otto.Refresh))
		room, err := p.Room(hanna, p.room.ID)
		p.must(err)
		p.wants(party.Forbidden, room.MembersOnly())
		room, err = p.Room(p.as(otto), p.room.ID)
		p.must(err)
		p.must(room.MembersOnly())
		p.ended(watching.Session.Refresh)
		p.ended(otto.Refresh)
	})
}
