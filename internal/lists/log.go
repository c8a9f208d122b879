package lists

import (
	"context"
	"fmt"
	"slices"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/roomevent"
	"antwon.dj/backend/internal/party"
)

// Log returns the events of a room, the latest first: one page of them, by default of 50, and whether there are more in
// the direction of the page. It leaves out likes and unlikes unless likes is true. For hosts.
func (l *Lists) Log(
	ctx context.Context, r *party.Room, args PageArgs, likes bool,
) (events []party.RoomEvent, more bool, err error) {
	if _, err := l.authorize(ctx, r.ID, party.ActViewLog); err != nil {
		return nil, false, err
	}
	page, err := newPage(r.ID, roomevent.FieldAt, args, 50)
	if err != nil {
		return nil, false, err
	}
	query := l.db.Read.RoomEvent.Query().Where(page.rows).Order(page.order)
	if !likes {
		query.Where(roomevent.KindNotIn(string(party.EventLiked), string(party.EventUnliked)))
	}
	rows, err := query.All(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("load the log: %w", err)
	}
	rows, more = cutPage(page, rows)
	events, err = l.eventsOf(ctx, r.ID, rows)
	return events, more, err
}

// eventsOf returns the events of these rows, with their songs and users.
func (l *Lists) eventsOf(ctx context.Context, roomID string, rows []*ent.RoomEvent) ([]party.RoomEvent, error) {
	var itemIDs, userIDs []string
	for _, row := range rows {
		itemIDs = appendIf(itemIDs, row.ItemID)
		userIDs = appendIf(appendIf(userIDs, row.ActorID), row.SubjectID)
	}
	items, err := l.loader.ItemsByID(ctx, roomID, itemIDs)
	if err != nil {
		return nil, err
	}
	people, err := l.loader.Participants(ctx, roomID, userIDs)
	if err != nil {
		return nil, err
	}
	events := make([]party.RoomEvent, len(rows))
	for i, row := range rows {
		events[i] = party.RoomEvent{
			ID: row.ID, At: row.At.UTC(), Kind: party.EventKind(row.Kind), Detail: row.Detail, Cursor: cursor(row.At, row.ID),
			Actor: participantOrNil(people, row.ActorID), Subject: participantOrNil(people, row.SubjectID),
		}
		if row.ItemID != nil {
			events[i].Item = items[*row.ItemID]
		}
	}
	return events, nil
}

// participantOrNil returns the participant of the user with this id, or nil if id is nil or unknown.
func participantOrNil(people map[string]party.Participant, id *string) *party.Participant {
	if id == nil {
		return nil
	}
	if found, ok := people[*id]; ok {
		return &found
	}
	return nil
}

// appendIf appends an id unless it is nil or in the list already.
func appendIf(ids []string, id *string) []string {
	if id == nil || slices.Contains(ids, *id) {
		return ids
	}
	return append(ids, *id)
}
