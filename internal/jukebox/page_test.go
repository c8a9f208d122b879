package jukebox_test

import (
	"strings"
	"testing"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/lists"
)

// longList is how many played songs, log lines and members the room of a test has.
const longList = 10_000

// TestPageOfALongListReadsOnlyItsRows explains the queries of long lists: each must use an index that has the order of
// the list, so that the database neither reads nor sorts the rest of the room.
func TestPageOfALongListReadsOnlyItsRows(t *testing.T) {
	first := 50
	onBothDatabases(t, func(p *fixture) {
		p.must(jukebox.PlayMuch(p.Context(), p.store, p.room.ID, longList))
		plans := jukebox.Explain(p.store)
		asked := p.newJukebox(p.bus)
		room, err := asked.Room(p.host, p.room.ID)
		p.must(err)

		lists := []struct {
			name, table, index string
			reads              int // rows that may be read for each row of the page
			page               func(after *string) (cursor string, n int, more bool)
		}{
			{"history", "queue_items", "queueitem_room_id_started_at_id", 1, func(after *string) (string, int, bool) {
				songs, more, err := asked.Lists().History(p.host, room, lists.First(first, after))
				p.must(err)
				return songs[len(songs)-1].Cursor, len(songs), more
			}},
			{"history, backwards", "queue_items", "queueitem_room_id_started_at_id", 1, func(before *string) (
				string, int, bool,
			) {
				songs, more, err := asked.Lists().History(p.host, room, lists.PageArgs{Last: pointer(first), Before: before})
				p.must(err)
				return songs[0].Cursor, len(songs), more
			}},
			{"log with likes", "room_events", "roomevent_room_id_at_id_kind", 1, func(after *string) (string, int, bool) {
				lines, more, err := asked.Lists().Log(p.host, room, lists.First(first, after), true)
				p.must(err)
				return lines[len(lines)-1].Cursor, len(lines), more
			}},
			{"log", "room_events", "roomevent_room_id_at_id_kind", 10, func(after *string) (string, int, bool) {
				lines, more, err := asked.Lists().Log(p.host, room, lists.First(first, after), false)
				p.must(err)
				return lines[len(lines)-1].Cursor, len(lines), more
			}},
			{"members", "memberships", "membership_room_id_joined_at_id", 1, func(after *string) (string, int, bool) {
				members, more, err := asked.Lists().Members(p.host, room, lists.First(first, after))
				p.must(err)
				return members[len(members)-1].Cursor, len(members), more
			}},
		}
		for _, list := range lists {
			var after *string
			for range 10 { // the last page begins far behind the first
				cursor, n, more := list.page(after)
				if n != first || !more {
					p.Fatalf("%s: a page of %d rows, more: %t; want %d and true", list.name, n, more, first)
				}
				after = &cursor
			}
			p.checkPagePlans(list.name, plans(), list.table, list.index, 10, list.reads*(first+2))
		}
	})
}

// checkPagePlans checks that each page of a table was read by the index, without sorting, and with at most so many
// rows.
func (p *fixture) checkPagePlans(name string, plans []jukebox.Plan, table, index string, pages, most int) {
	p.Helper()
	checked := 0
	for _, plan := range plans {
		if !strings.Contains(plan.Statement, "FROM `"+table+"`") || !strings.Contains(plan.Statement, "ORDER BY") {
			continue
		}
		checked++
		sorts := strings.Contains(plan.Text, "TEMP B-TREE") || strings.Contains(plan.Text, "filesort") ||
			strings.Contains(plan.Text, "temporary")
		seeks := strings.Contains(plan.Statement, "<=") == strings.Contains(plan.Text, "<?)") || plan.Read > 0
		if !strings.Contains(plan.Text, index) || sorts || !seeks || plan.Read > most {
			p.Fatalf("page %d of the %s: %s\nreads %d rows by: %s", checked, name, plan.Statement, plan.Read, plan.Text)
		}
	}
	if checked != pages {
		p.Errorf("%s: %d pages were read, want %d", name, checked, pages)
	}
}

// TestGuestQueriesReadOnlyThatGuestsLikes explains the queries about one guest's songs and likes. They must be cheap:
// one of them runs in the transaction that adds a song, while every other change on SQLite waits, and at the end of a
// party all guests ask for their recaps.
func TestGuestQueriesReadOnlyThatGuestsLikes(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina, ben := p.join("Gina"), p.join("Ben")
		mine := p.add(gina, 1)
		p.like(gina, mine)
		p.like(ben, mine)
		p.like(gina, p.add(gina, 2))
		p.must(jukebox.PlayMuch(p.Context(), p.store, p.room.ID, 500))
		plans := jukebox.Explain(p.store)
		asked := p.newJukebox(p.bus)
		if accepted, err := jukebox.Accepted(p.Context(), p.store, p.room.ID, p.id(gina)); accepted != 1 || err != nil {
			p.Errorf("%d of her songs were accepted, %v; want 1", accepted, err)
		}
		recap, err := asked.Lists().Recap(gina, p.room)
		p.must(err)
		if recap.LikesGiven != 2 || recap.LikesGot != 1 {
			p.Errorf("she gave %d likes and got %d, want 2 and 1", recap.LikesGiven, recap.LikesGot)
		}
		liked, err := asked.LikedItems(gina, p.room.ID)
		p.must(err)
		if len(liked) != 2 {
			p.Errorf("she likes %v, want two songs", liked)
		}
		for _, plan := range plans() {
			if strings.Contains(plan.Text, "SCAN") || strings.Contains(plan.Text, "LIST SUBQUERY") || plan.Read > 20 {
				p.Errorf("%s\nreads %d rows by: %s", plan.Statement, plan.Read, plan.Text)
			}
		}
	})
}
