package reads

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"

	"antwon.dj/backend/cmd/antwon-bench/fixture"
	"antwon.dj/backend/cmd/antwon-bench/stats"
	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/party"
)

const (
	listLength     = 10_000 // songs that the room has played, and events of its log
	pageLength     = 50
	eventsPerAdded = 10 // one in ten events is a song that was added, the others are likes
)

// pageFunc reads the page after a cursor, or the first page if it is nil, and returns the cursor of the page's last
// row.
type pageFunc func(after *string) (last string, err error)

// MeasurePages prints the times to read the first page and one in the middle of a long history, of a long log, and of
// the same log with its likes.
func MeasurePages(ctx context.Context, out io.Writer, databaseURL string) error {
	app, err := fixture.NewApp(ctx, databaseURL, 1)
	if err != nil {
		return err
	}
	defer app.Close()
	host := app.Rooms[0].Host
	if err := insertLists(ctx, databaseURL, app.Rooms[0]); err != nil {
		return err
	}
	room, err := app.Room(host, app.Rooms[0].ID)
	if err != nil {
		return err
	}
	for _, list := range longLists(app, room, host) {
		first, middle, err := measurePages(list.length, list.page)
		if err != nil {
			return fmt.Errorf("%s: %w", list.name, err)
		}
		fmt.Fprintf(out, "%-14s of %d   median %v first page, %v in the middle\n", list.name, listLength, first, middle)
	}
	return nil
}

// list is a list that is read page by page.
type list struct {
	name   string
	length int
	page   pageFunc
}

func longLists(app *fixture.App, room *party.Room, host context.Context) []list {
	readLog := func(after *string, likes bool) (string, error) {
		events, _, err := app.Lists().Log(host, room, lists.First(pageLength, after), likes)
		if err != nil {
			return "", err
		}
		return events[len(events)-1].Cursor, nil
	}
	return []list{
		{"history", listLength, func(after *string) (string, error) {
			plays, _, err := app.Lists().History(host, room, lists.First(pageLength, after))
			if err != nil {
				return "", err
			}
			return plays[len(plays)-1].Cursor, nil
		}},
		{"log", listLength / eventsPerAdded, func(after *string) (string, error) { return readLog(after, false) }},
		{"log with likes", listLength, func(after *string) (string, error) { return readLog(after, true) }},
	}
}

// measurePages times the first page of a list, and the page in its middle.
func measurePages(length int, page pageFunc) (first, middle time.Duration, err error) {
	cursor, err := page(nil)
	if err != nil {
		return 0, 0, err
	}
	first, err = stats.MedianTime(100, func() error { _, err := page(nil); return err })
	if err != nil {
		return 0, 0, err
	}
	for range length / pageLength / 2 {
		if cursor, err = page(&cursor); err != nil {
			return 0, 0, err
		}
	}
	middle, err = stats.MedianTime(100, func() error { _, err := page(&cursor); return err })
	return first, middle, err
}

// insertLists writes a long history and a long log directly into the tables: copies of the room's one song as played,
// and events about it, one a minute.
func insertLists(ctx context.Context, databaseURL string, room *fixture.Room) error {
	db, err := fixture.OpenSQL(databaseURL)
	if err != nil {
		return err
	}
	defer db.Close()
	const perTransaction = 500
	began := time.Now().UTC().AddDate(0, -1, 0).Truncate(time.Microsecond)
	for first := 0; first < listLength; first += perTransaction {
		var plays, events []any
		for n := first; n < first+perTransaction; n++ {
			at, kind := began.Add(time.Duration(n)*time.Minute), "LIKED"
			if n%eventsPerAdded == 0 {
				kind = "ADDED"
			}
			plays = append(plays, newID(), at, at, at, room.Item.ID)
			events = append(events, newID(), room.ID, at, kind, room.Item.ID)
		}
		if err := insert(ctx, db, plays, events); err != nil {
			return err
		}
	}
	return nil
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// insert inserts plays and events, of which each has five values.
func insert(ctx context.Context, db *sql.DB, plays, events []any) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // no effect after the commit
	const (
		columns = "id, added_at, started_at, ended_at, age, version, state, like_count, room_id, song_id, added_by_id"
		play    = "INSERT INTO queue_items (" + columns + ") " +
			"SELECT ?, ?, ?, ?, age, version, 'PLAYED', 0, room_id, song_id, added_by_id FROM queue_items WHERE id = ?"
		event = "INSERT INTO room_events (id, room_id, at, kind, item_id) VALUES "
	)
	for i := 0; i < len(plays); i += 5 {
		if _, err := tx.ExecContext(ctx, play, plays[i:i+5]...); err != nil {
			return err
		}
	}
	rows := strings.TrimSuffix(strings.Repeat("(?, ?, ?, ?, ?),", len(events)/5), ",")
	if _, err := tx.ExecContext(ctx, event+rows, events...); err != nil {
		return err
	}
	return tx.Commit()
}
