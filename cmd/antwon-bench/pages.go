package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

const evening = 10_000 // songs that a room has played, and lines of its log

// benchPages measures a page of 50 of a long history and of a long log: the first one, and one from the middle.
func benchPages(ctx context.Context, url string) error {
	p, err := newParty(ctx, url, 1)
	if err != nil {
		return err
	}
	defer p.close()
	if err := playMuch(ctx, url, p.rooms[0].ID, p.items[0].ID); err != nil {
		return err
	}
	room, err := p.Room(p.hosts[0], p.rooms[0].ID)
	if err != nil {
		return err
	}
	for _, list := range []struct {
		name string
		page func(after *string) (next string, err error)
	}{
		{"history", func(after *string) (string, error) {
			songs, _, err := p.History(p.hosts[0], room, 50, after)
			return songs[len(songs)-1].Cursor, err
		}},
		{"log", func(after *string) (string, error) {
			lines, _, err := p.Log(p.hosts[0], room, 50, after, false)
			return lines[len(lines)-1].Cursor, err
		}},
		{"log with likes", func(after *string) (string, error) {
			lines, _, err := p.Log(p.hosts[0], room, 50, after, true)
			return lines[len(lines)-1].Cursor, err
		}},
	} {
		if err := benchPage(list.name, list.page); err != nil {
			return err
		}
	}
	return nil
}

func benchPage(name string, page func(after *string) (string, error)) error {
	next, err := page(nil)
	if err != nil {
		return err
	}
	begin, err := median(100, func() error { _, err := page(nil); return err })
	if err != nil {
		return err
	}
	pages := evening / 50 / 2
	if name == "log" {
		pages /= 10 // nine in ten lines are likes
	}
	for range pages {
		if next, err = page(&next); err != nil {
			return err
		}
	}
	middle, err := median(100, func() error { _, err := page(&next); return err })
	if err != nil {
		return err
	}
	fmt.Printf("%-14s of %d   median %v first page, %v in the middle\n", name, evening, begin, middle)
	return nil
}

// playMuch makes of one song that is queued many that were played, each liked by nine.
func playMuch(ctx context.Context, url, roomID, itemID string) error {
	db, err := bareDB(url)
	if err != nil {
		return err
	}
	defer db.Close()
	const atOnce = 500
	began := time.Now().UTC().AddDate(0, -1, 0).Truncate(time.Microsecond)
	for first := 0; first < evening; first += atOnce {
		var plays, deeds []any
		for n := first; n < first+atOnce; n++ {
			at, kind, id := began.Add(time.Duration(n)*time.Minute), "LIKED", uuid.Must(uuid.NewV7()).String()
			if n%10 == 0 {
				kind = "ADDED"
			}
			plays = append(plays, id, at, at, at, itemID)
			deeds = append(deeds, uuid.Must(uuid.NewV7()).String(), roomID, at, kind, itemID)
		}
		if err := insert(ctx, db, plays, deeds); err != nil {
			return err
		}
	}
	return nil
}

func insert(ctx context.Context, db *sql.DB, plays, deeds []any) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after a commit it does nothing
	const play = `INSERT INTO queue_items (id, added_at, started_at, ended_at, age, version, state, like_count, room_id, song_id, added_by_id)
SELECT ?, ?, ?, ?, age, version, 'PLAYED', 0, room_id, song_id, added_by_id FROM queue_items WHERE id = ?`
	for i := 0; i < len(plays); i += 5 {
		if _, err := tx.ExecContext(ctx, play, plays[i:i+5]...); err != nil {
			return err
		}
	}
	rows := strings.TrimSuffix(strings.Repeat("(?, ?, ?, ?, ?),", len(deeds)/5), ",")
	if _, err := tx.ExecContext(ctx, "INSERT INTO room_events (id, room_id, at, kind, item_id) VALUES "+rows, deeds...); err != nil {
		return err
	}
	return tx.Commit()
}
