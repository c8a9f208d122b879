package jukebox_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/purge"
)

const keepRooms = 30 * 24 * time.Hour

// oldParty is a closed room with two members who were in no other room, Gina and a screen, and with Lou, who was also
// in another one.
type oldParty struct {
	olga, gina, screen, lou context.Context
	room                    *party.Room
	item                    *party.QueueItem
}

// celebrate makes an oldParty that leaves rows in every table with rows of rooms.
func (p *fixture) celebrate(olga, lou context.Context) *oldParty {
	p.Helper()
	here := *p
	old := &oldParty{olga: olga, lou: lou}
	old.room = p.openRoom(olga, "OVER")
	here.host, here.room = olga, old.room
	old.gina = here.join("Gina")
	watching, err := p.WatchRoom(p.Context(), "OVER")
	p.must(err)
	old.screen = p.as(&watching.Session)
	_, err = p.JoinRoom(lou, "OVER", "Lou")
	p.must(err)

	here.settle(party.SettingsChange{SkipVotePercent: pointer(100)})
	here.arrive(old.gina)
	here.play(1) // which others have, too
	old.item = here.add(old.gina, 50)
	here.like(lou, old.item)
	p.must(p.Push().Subscribe(lou, old.room.ID, p.subscription(chrome)))
	time.Sleep(time.Minute) // a vote before that is too early
	p.must(second(p.VoteToSkip(old.gina, old.room.ID, nil)))
	_, err = p.SkipSong(olga, old.room.ID, pointer("key"))
	p.wants(party.UpstreamUnavailable, err) // no driver answers, but the command is stored
	_, err = p.CloseRoom(olga, old.room.ID, nil)
	p.must(err)
	for _, who := range []context.Context{old.gina, old.screen} {
		p.must(p.SignOutEverywhere(who, ""))
	}
	return old
}

func TestPurgeDeletesOldRoomsWithAllTheirRowsAndNothingElse(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		olga, lou := p.newHost("Olga"), p.join("Lou")
		yuri := p.newHost("Yuri")
		other := p.openRoom(yuri, "YOUNG")
		p.play(1)
		p.like(lou, p.add(lou, 2))
		before := p.kept()

		old := p.celebrate(olga, lou)
		for table, n := range p.kept() {
			if n == before[table] {
				p.Errorf("the old party left nothing in %s", table)
			}
		}
		time.Sleep(keepRooms - time.Hour)
		p.purges(purge.Deleted{})
		time.Sleep(2 * time.Hour)
		p.purges(purge.Deleted{Rooms: 1, Guests: 2, Songs: 1})

		for table, n := range p.kept() {
			if n != before[table] {
				p.Errorf("%d rows of %s are left, want %d", n, table, before[table])
			}
		}
		p.expect("the queue of the party that goes on", p.queue(), "2")
		p.isGone(old)
		_, err := p.CloseRoom(yuri, other.ID, nil)
		p.must(err)
		p.purges(purge.Deleted{})
	})
}

// isGone checks what returning members see of an old party that was deleted.
func (p *fixture) isGone(old *oldParty) {
	p.Helper()
	if room, err := p.Room(old.olga, old.room.ID); room != nil || err != nil {
		p.Errorf("the room is %v, %v", room, err)
	}
	for what, try := range map[string]func() error{
		"following":  func() error { _, err := p.AuthorizeSubscription(old.lou, old.room.ID); return err },
		"watching":   func() error { _, err := p.Watch(old.lou, old.room.ID); return err },
		"liking":     func() error { _, err := p.LikeQueueItem(old.lou, old.item.ID, nil); return err },
		"adding":     func() error { _, err := p.AddSong(old.lou, old.room.ID, uri(3), nil); return err },
		"closing":    func() error { _, err := p.CloseRoom(old.olga, old.room.ID, nil); return err },
		"exporting":  func() error { _, err := p.ExportHistory(old.olga, old.room.ID); return err },
		"taken back": func() error { _, err := p.Undo(old.lou, old.room.ID, nil); return err },
	} {
		if err := try(); codeOf(err) != party.NotFound {
			p.Errorf("%s: %v, want NOT_FOUND", what, err)
		}
	}
	_, err := p.Profile(old.gina)
	p.wants(party.Unauthenticated, err)
	joined, err := p.JoinRoom(old.gina, p.room.Code, "Gina")
	p.must(err)
	if joined.Session.User.UserID == p.id(old.gina) {
		p.Error("a guest who was deleted is the same one when she comes back")
	}
	if _, err := p.Profile(old.olga); err != nil {
		p.Errorf("the host: %v", err)
	}
}

func TestInterruptedPurgeShowsNoHalfRoomAndIsContinued(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		old := p.celebrate(p.newHost("Olga"), p.join("Lou"))
		time.Sleep(keepRooms + time.Hour)
		whole := p.shown(old)
		stops := 0
		for {
			_, err := p.purger().Closed(&stopped{Context: context.Background(), after: stops}, keepRooms)
			if shown := p.shown(old); shown != whole && shown != "forbidden" && shown != "nothing" {
				p.Fatalf("after %d steps its host is shown %s", stops, shown)
			}
			if err == nil {
				break
			}
			stops++
		}
		if stops < 9 {
			p.Errorf("it was stopped %d times only", stops)
		}
		p.isGone(old)
	})
}

// stopped is the context of a server that stops: it ends once Err was called more than after times.
type stopped struct {
	context.Context
	asked, after int
}

func (s *stopped) Err() error {
	if s.asked++; s.asked > s.after {
		return context.Canceled
	}
	return nil
}

// shown returns what an old party shows to its host, as a text.
func (p *fixture) shown(old *oldParty) string {
	p.Helper()
	room, err := p.Room(old.olga, old.room.ID)
	p.must(err)
	if room == nil {
		return "nothing"
	}
	played, _, err := p.Lists().History(old.olga, room, lists.First(10, nil))
	if codeOf(err) == party.Forbidden {
		return "forbidden"
	}
	p.must(err)
	lines, _, err := p.Lists().Log(old.olga, room, lists.First(100, nil), true)
	p.must(err)
	return fmt.Sprint(len(played), " songs, ", len(lines), " lines")
}

func TestConcurrentPurgesDoNoHarm(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		old := p.celebrate(p.newHost("Olga"), p.join("Lou"))
		p.must(jukebox.PlayMuch(p.Context(), p.store, old.room.ID, 1_000))
		time.Sleep(keepRooms + time.Hour)
		servers := []*fixture{p, p.replica(live.NewLocalBus()), p.replica(live.NewLocalBus())}
		var purging sync.WaitGroup
		done := make([]purge.Deleted, len(servers))
		for i, server := range servers {
			purging.Go(func() {
				var err error
				if done[i], err = server.purger().Closed(p.Context(), keepRooms); err != nil {
					p.Error(err)
				}
			})
		}
		purging.Wait()
		p.isGone(old)
		var all purge.Deleted
		for _, d := range done {
			all.Rooms, all.Guests, all.Songs = all.Rooms+d.Rooms, all.Guests+d.Guests, all.Songs+d.Songs
		}
		// PlayMuch has one song for each hundred.
		if want := (purge.Deleted{Rooms: 1, Guests: 1_002, Songs: 12}); all != want {
			p.Errorf("together they deleted %+v, want %+v", all, want)
		}
	})
}

func TestOldIdempotencyKeysAreDeletedInBatches(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		p.must(jukebox.RememberMuch(p.Context(), p.store, 500))
		time.Sleep(25 * time.Hour)
		var left []int
		for stops, err := 0, error(context.Canceled); err != nil; stops++ {
			err = p.purger().Keys(&stopped{Context: context.Background(), after: stops})
			rows, failed := jukebox.Rows(p.Context(), p.store)
			p.must(failed)
			left = append(left, rows["idempotency_keys"])
		}
		if left = slices.Compact(left); len(left) < 3 || left[len(left)-1] != 0 {
			p.Errorf("%v were left", left)
		}
	})
}

func (p *fixture) purger() *purge.Purger {
	return purge.New(p.store, p.ForgetRoom, prometheus.NewRegistry())
}

func (p *fixture) purges(want purge.Deleted) {
	p.Helper()
	done, err := p.purger().Closed(p.Context(), keepRooms)
	p.must(err)
	if done != want {
		p.Fatalf("deleted %+v, want %+v", done, want)
	}
}

// kept counts the rows of all tables in which parties leave rows.
func (p *fixture) kept() map[string]int {
	p.Helper()
	kept, err := jukebox.Rows(p.Context(), p.store)
	p.must(err)
	maps.DeleteFunc(kept, func(table string, _ int) bool {
		return slices.Contains([]string{
			"sessions", "ended_sessions", "logins", "idempotency_keys", "nodes", "spotify_accounts",
			"spotify_authorizations", "timelines",
		}, table)
	})
	return kept
}
