package jukebox

import (
	"context"
	"fmt"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/roomevent"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

// EventKind is the kind of an event in a room's log.
type EventKind string

const (
	EventAdded           EventKind = "ADDED"
	EventApproved        EventKind = "APPROVED"
	EventLiked           EventKind = "LIKED"
	EventUnliked         EventKind = "UNLIKED"
	EventWithdrawn       EventKind = "WITHDRAWN"
	EventPassedOn        EventKind = "PASSED_ON" // withdrawn, and passed to somebody who likes it
	EventRemoved         EventKind = "REMOVED"   // somebody's song, as a host
	EventCleared         EventKind = "CLEARED"
	EventPinned          EventKind = "PINNED"
	EventUnpinned        EventKind = "UNPINNED"
	EventVoted           EventKind = "VOTED"   // to skip
	EventSkipped         EventKind = "SKIPPED" // detail: HOST or VOTE
	EventRefused         EventKind = "REFUSED" // by Spotify, again and again
	EventPaused          EventKind = "PAUSED"
	EventResumed         EventKind = "RESUMED"
	EventTransferred     EventKind = "TRANSFERRED"
	EventSettingsChanged EventKind = "SETTINGS" // detail: which
	EventJoined          EventKind = "JOINED"
	EventGuestRemoved    EventKind = "GUEST_REMOVED" // detail: REMOVED or BANNED
	EventRoleChanged     EventKind = "ROLE"          // detail: the new one
	EventUndone          EventKind = "UNDONE"        // detail: what
	EventExported        EventKind = "EXPORTED"
	EventClosed          EventKind = "CLOSED"
)

// logEvent is an event of a change. The log shows it, and Undo can take it back.
type logEvent struct {
	kind    EventKind
	actor   string // empty: the actor of the change
	itemID  string
	subject string // the other member who is affected; empty: nobody
	detail  string
}

// log adds an event to the room's log. It is written with the change.
func (t *roomTx) log(e logEvent) {
	if e.actor == "" {
		e.actor = t.actor
	}
	t.events = append(t.events, e)
}

// row returns the statement that stores the event.
func (e logEvent) row(t *roomTx) *ent.RoomEventCreate {
	return t.tx.RoomEvent.Create().SetID(database.NewID()).SetRoomID(t.roomID).
		SetAt(t.now).SetKind(string(e.kind)).SetVersion(t.version).
		SetNillableActorID(nilIfEmpty(e.actor)).SetNillableItemID(nilIfEmpty(e.itemID)).
		SetNillableSubjectID(nilIfEmpty(e.subject)).SetNillableDetail(nilIfEmpty(party.Truncate(e.detail, 1024)))
}

// RoomEvent is an event of a room's log.
type RoomEvent struct {
	ID      string
	At      time.Time
	Actor   *party.Participant // nil: the server itself
	Kind    EventKind
	Item    *party.QueueItem   // nil: no song was involved
	Subject *party.Participant // the other member who is affected; nil: nobody
	Detail  *string
	Cursor  string // the place in the log, for Log
}

// Log returns the events of a room, the latest first: one page of them, by default of 50, and whether there are more in
// the direction of the page. It leaves out likes and unlikes unless likes is true. For hosts.
func (j *Jukebox) Log(
	ctx context.Context, r *party.Room, args PageArgs, likes bool,
) (events []RoomEvent, more bool, err error) {
	if _, err := j.authorize(ctx, r.ID, party.ActViewLog); err != nil {
		return nil, false, err
	}
	page, err := newPage(r.ID, roomevent.FieldAt, args, 50)
	if err != nil {
		return nil, false, err
	}
	query := j.db.Read.RoomEvent.Query().Where(page.rows).Order(page.order)
	if !likes {
		query.Where(roomevent.KindNotIn(string(EventLiked), string(EventUnliked)))
	}
	rows, err := query.All(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("load the log: %w", err)
	}
	rows, more = cutPage(page, rows)
	events, err = j.eventsOf(ctx, r.ID, rows)
	return events, more, err
}

// eventsOf returns the events of these rows, with their songs and users.
func (j *Jukebox) eventsOf(ctx context.Context, roomID string, rows []*ent.RoomEvent) ([]RoomEvent, error) {
	var itemIDs, userIDs []string
	for _, row := range rows {
		itemIDs = appendIf(itemIDs, row.ItemID)
		userIDs = appendIf(appendIf(userIDs, row.ActorID), row.SubjectID)
	}
	items, err := j.loader.ItemsByID(ctx, roomID, itemIDs)
	if err != nil {
		return nil, err
	}
	people, err := j.loader.Participants(ctx, roomID, userIDs)
	if err != nil {
		return nil, err
	}
	events := make([]RoomEvent, len(rows))
	for i, row := range rows {
		events[i] = RoomEvent{
			ID: row.ID, At: row.At.UTC(), Kind: EventKind(row.Kind), Detail: row.Detail, Cursor: cursor(row.At, row.ID),
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
