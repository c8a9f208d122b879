package jukebox

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"

	"antwon.dj/backend/ent/queueitem"
)

const maxPage = 100

// Play is one time that a song was played, or plays now.
type Play struct {
	Item      *QueueItem
	StartedAt time.Time
	EndedAt   *time.Time // nil while it plays
	Skipped   bool       // it did not reach its end
	SkippedBy *SkippedBy // who wanted that; nil: nobody here
	Cursor    string     // where it stands in the history
}

// History returns what a room played, newest first: up to first (1–100) songs after the cursor, and whether there are
// more. For members.
func (j *Jukebox) History(ctx context.Context, r *Room, first int, after *string) (played []Play, more bool, err error) {
	if err := r.MembersOnly(); err != nil {
		return nil, false, err
	}
	if first < 1 || first > maxPage {
		return nil, false, badInput("first", "must be 1 to %d", maxPage)
	}
	query := j.store.read.QueueItem.Query().Where(queueitem.RoomID(r.ID), queueitem.StartedAtNotNil()).
		Order(queueitem.ByStartedAt(sql.OrderDesc()), queueitem.ByID(sql.OrderDesc())).Limit(first + 1)
	if after != nil {
		at, id, err := parseCursor(*after)
		if err != nil {
			return nil, false, err
		}
		query.Where(queueitem.StartedAtLTE(at), queueitem.Or(queueitem.StartedAtLT(at), queueitem.IDLT(id)))
	}
	rows, err := query.All(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("load history: %w", err)
	}
	if more = len(rows) > first; more {
		rows = rows[:first]
	}
	items, err := j.loader.itemsOf(ctx, r.ID, rows)
	if err != nil {
		return nil, false, err
	}
	for i, row := range rows {
		play := Play{
			Item: items[i], StartedAt: row.StartedAt.UTC(), EndedAt: row.EndedAt, Skipped: items[i].State == Skipped,
			Cursor: cursor(*row.StartedAt, row.ID),
		}
		if play.Skipped {
			play.SkippedBy = (*SkippedBy)(row.SkippedBy)
		}
		played = append(played, play)
	}
	return played, more, nil
}

func cursor(at time.Time, id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(at.UTC().Format(time.RFC3339Nano) + " " + id))
}

func parseCursor(text string) (at time.Time, id string, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		moment, rest, _ := strings.Cut(string(raw), " ")
		id = rest
		at, err = time.Parse(time.RFC3339Nano, moment)
	}
	if _, idErr := parseID("after", id); err != nil || idErr != nil || at.Year() < 1970 || at.Year() > 9999 {
		return time.Time{}, "", badInput("after", "is not a cursor of this list")
	}
	return at, id, nil
}
