package lists

import (
	"context"
	"fmt"
	"time"

	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/internal/party"
)

// Play is one time that a song was played, or plays now.
type Play struct {
	Item      *party.QueueItem
	StartedAt time.Time
	EndedAt   *time.Time       // nil while it plays
	Skipped   bool             // it was not played to its end
	SkippedBy *party.SkippedBy // who skipped it; nil: nobody in the room did
	Cursor    string           // the place in the history, for History
}

// History returns what a room played, the latest first: one page of it, by default of 20 plays, and whether there are
// more in the direction of the page. For members.
func (l *Lists) History(
	ctx context.Context, r *party.Room, args PageArgs,
) (played []Play, more bool, err error) {
	if err := r.MembersOnly(); err != nil {
		return nil, false, err
	}
	page, err := newPage(r.ID, queueitem.FieldStartedAt, args, 20)
	if err != nil {
		return nil, false, err
	}
	rows, err := l.db.Read.QueueItem.Query().Where(page.rows, queueitem.StartedAtNotNil()).
		Order(page.order).All(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("load history: %w", err)
	}
	rows, more = cutPage(page, rows)
	items, err := l.loader.ItemsOf(ctx, r.ID, rows)
	if err != nil {
		return nil, false, err
	}
	for i, row := range rows {
		play := Play{
			Item: items[i], StartedAt: row.StartedAt.UTC(), EndedAt: row.EndedAt,
			Skipped: items[i].State == party.Skipped, Cursor: cursor(*row.StartedAt, row.ID),
		}
		if play.Skipped {
			play.SkippedBy = (*party.SkippedBy)(row.SkippedBy)
		}
		played = append(played, play)
	}
	return played, more, nil
}

// CountPlays returns how many plays the history of a room has. For members.
func (l *Lists) CountPlays(ctx context.Context, r *party.Room) (int, error) {
	if err := r.MembersOnly(); err != nil {
		return 0, err
	}
	return l.db.Read.QueueItem.Query().Where(queueitem.RoomID(r.ID), queueitem.StartedAtNotNil()).Count(ctx)
}
