package jukebox_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"entgo.io/ent/dialect"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/purge"
)

// toggles returns how often a guest likes and unlikes a song: on MySQL, where each takes longer, less often.
func (p *fixture) toggles() int {
	if p.store.Dialect == dialect.MySQL {
		return 300
	}
	return 1_000
}

// growth returns how many rows each table got while fn ran, and prints the rows before and after.
func (p *fixture) growth(what string, fn func()) (grown map[string]int) {
	p.Helper()
	before, err := jukebox.Rows(p.Context(), p.store)
	p.must(err)
	fn()
	after, err := jukebox.Rows(p.Context(), p.store)
	p.must(err)
	grown = map[string]int{}
	var lines []string
	for table, n := range after {
		if grown[table] = n - before[table]; n > 0 || before[table] > 0 {
			lines = append(lines, fmt.Sprintf("  %-24s %5d %5d", table, before[table], n))
		}
	}
	slices.Sort(lines)
	p.Logf("rows before and after %s\n%s", what, strings.Join(lines, "\n"))
	return grown
}

// A guest who likes and unlikes a song a thousand times, each time with a key of its own, leaves few rows; undoing
// leaves no more.
func TestTogglingALikeLeavesFewRows(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		gina, item := p.join("Gina"), p.add(p.host, 1)
		key := func(i int) *string { return pointer(fmt.Sprint("key ", i)) }
		grown := p.growth(fmt.Sprint(p.toggles(), " toggles"), func() {
			for i := range p.toggles() / 2 {
				p.must(second(p.LikeQueueItem(gina, item.ID, key(2*i))))
				p.must(second(p.UnlikeQueueItem(gina, item.ID, key(2*i+1))))
				time.Sleep(time.Second) // as the rate allows
			}
		})
		if n := grown["idempotency_keys"]; n > 100 {
			p.Errorf("%d idempotency keys", n)
		}
		if n := grown["room_events"]; n != 1 {
			p.Errorf("%d events", n)
		}
		grown = p.growth("100 likes that are undone", func() {
			for range 100 {
				p.must(second(p.LikeQueueItem(gina, item.ID, nil)))
				p.must(second(p.Undo(gina, p.room.ID, nil)))
				time.Sleep(2 * time.Second)
			}
		})
		if n := grown["room_events"]; n > 1 {
			p.Errorf("%d events", n)
		}
	})
}

// Mutations that change nothing leave nothing but a few idempotency keys, and can be repeated without harm, with the
// same key or another one.
func TestActsThatDoNothingLeaveFewRows(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		gina, item := p.join("Gina"), p.add(p.host, 1)
		yuri := p.newHost("Yuri")
		empty := p.openRoom(yuri, "EMPTY")
		p.like(gina, item)
		for table, n := range p.growth("acts that did nothing", func() {
			for i := range 110 {
				p.must(second(p.LikeQueueItem(gina, item.ID, pointer(fmt.Sprint("like ", i)))))
				p.must(second(p.AddSong(gina, p.room.ID, uri(1), pointer(fmt.Sprint("add ", i)))))
				p.must(second(p.ClearQueue(yuri, empty.ID, pointer(fmt.Sprint("clear ", i)))))
				time.Sleep(6 * time.Second)
			}
		}) {
			if want := map[string]int{"idempotency_keys": 100 + 100}[table]; n != want {
				p.Errorf("%d rows of %s, want %d", n, table, want)
			}
		}
		p.expect("who likes it", p.likedBy(gina), "1")
	})
}

// After many likes and unlikes of a song, the log has the last like and the last unlike; only the later of the two can
// be undone.
func TestLogShowsTheLastOfManyLikes(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		gina, item := p.join("Gina"), p.add(p.host, 1)
		for range 3 {
			p.like(gina, item)
			p.must(second(p.UnlikeQueueItem(gina, item.ID, nil)))
		}
		p.like(gina, item)
		events, _, err := p.Lists().Log(p.host, p.room, lists.First(100, nil), true)
		p.must(err)
		var kinds []string
		for _, e := range events {
			if e.Kind == party.EventLiked || e.Kind == party.EventUnliked {
				kinds = append(kinds, string(e.Kind))
			}
		}
		p.expect("the likes in the log, the latest first", strings.Join(kinds, " "), "LIKED UNLIKED")
		p.must(second(p.Undo(gina, p.room.ID, nil)))
		p.expect("what she likes", p.likedBy(gina), "")
		p.wants(party.Conflict, second(p.Undo(gina, p.room.ID, nil)))
	})
}

// Guests who joined, did nothing and are gone are deleted after a day, with their sessions; all others stay.
func TestIdleGuestsAreDeletedAfterADay(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		item := p.add(p.host, 1)
		lou, ben, vera := p.join("Lou"), p.join("Ben"), p.join("Vera")
		p.like(lou, item)
		p.add(ben, 2)
		p.must(second(p.Undo(ben, p.room.ID, nil)))
		p.must(second(p.RemoveGuest(p.host, p.room.ID, p.id(vera), true)))
		before, err := jukebox.Rows(p.Context(), p.store)
		p.must(err)
		var idle []account.Session
		for i := range 450 {
			joined, err := p.JoinRoom(account.WithCaller(p.Context(), account.Caller{}), "PARTY", fmt.Sprint("Idle ", i))
			p.must(err)
			idle = append(idle, joined.Session)
		}
		watching, err := p.WatchRoom(p.Context(), "PARTY")
		p.must(err)
		deletes := func(want int) {
			p.Helper()
			servers, done := []*fixture{p, p.replica(live.NewLocalBus())}, make([]purge.Deleted, 2)
			var all sync.WaitGroup
			for i, server := range servers {
				all.Go(func() {
					var err error
					if done[i], err = server.purger().Idle(p.Context()); err != nil {
						p.Error(err)
					}
				})
			}
			all.Wait()
			if done[0].Guests+done[1].Guests != want || done[0].Rooms+done[1].Rooms > 0 {
				p.Errorf("%+v were deleted, want %d guests", done, want)
			}
		}
		p.must(jukebox.AgeGuests(p.Context(), p.store, 23*time.Hour))
		deletes(0)
		returned := p.refresh(idle[0].Refresh) // her phone is open again
		p.must(jukebox.AgeGuests(p.Context(), p.store, 2*time.Hour))
		deletes(450)
		after, err := jukebox.Rows(p.Context(), p.store)
		p.must(err)
		for table, n := range after { // one guest has returned, whose refresh made a row
			want := before[table]
			if slices.Contains([]string{"users", "memberships", "room_events"}, table) {
				want++
			}
			if table != "sessions" && n != want {
				p.Errorf("%d rows of %s are left, want %d", n, table, want)
			}
		}
		p.refresh(returned.Refresh)
		p.ended(idle[1].Refresh)
		p.ended(watching.Session.Refresh)
		for _, stays := range []context.Context{lou, ben} {
			p.must(second(p.Profile(stays)))
		}
		if _, err := p.JoinRoom(vera, "PARTY", "Vera"); codeOf(err) != party.Forbidden {
			p.Errorf("the banned guest: %v", err)
		}
	})
}

// Rooms that were opened and closed again without a song are deleted after a day, with the log and the guests.
func TestRoomsWithoutASongAreDeletedAfterADay(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		yuri := p.newHost("Yuri")
		before, err := jukebox.Rows(p.Context(), p.store)
		p.must(err)
		for i := range 5 {
			room := p.openRoom(yuri, fmt.Sprint("EMPTY", i))
			_, err := p.JoinRoom(p.host, room.Code, "Hanna")
			p.must(err)
			p.must(second(p.CloseRoom(yuri, room.ID, nil)))
		}
		p.add(p.host, 1)
		p.must(second(p.CloseRoom(p.host, p.room.ID, nil)))
		time.Sleep(23 * time.Hour)
		done, err := p.purger().Idle(p.Context())
		p.must(err)
		if done.Rooms != 0 {
			p.Errorf("%d rooms were deleted too early", done.Rooms)
		}
		time.Sleep(2 * time.Hour)
		done, err = p.purger().Idle(p.Context())
		p.must(err)
		after, err := jukebox.Rows(p.Context(), p.store)
		p.must(err)
		if done.Rooms != 5 || after["rooms"] != before["rooms"] || after["memberships"] != before["memberships"] {
			p.Errorf("%d rooms were deleted, %d are left with %d members", done.Rooms, after["rooms"], after["memberships"])
		}
	})
}
