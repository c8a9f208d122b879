package jukebox

import (
	"context"

	"antwon.dj/backend/ent/roomevent"
	"antwon.dj/backend/internal/bulk"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

// logEvent is an event of a change. The log shows it, and Undo can take it back.
type logEvent struct {
	kind    party.EventKind
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

// logLatest is log for events that the actor can repeat on one song: of each kind, the log keeps only the last one.
func (t *roomTx) logLatest(ctx context.Context, e logEvent) error {
	if err := t.storeEvents(ctx); err != nil {
		return err
	}
	_, err := t.tx.RoomEvent.Delete().Where(roomevent.RoomID(t.roomID), roomevent.ActorID(t.actor),
		roomevent.Kind(string(e.kind)), roomevent.ItemID(e.itemID)).Exec(ctx)
	t.log(e)
	return err
}

// row returns the event as it is stored.
func (e logEvent) row(t *roomTx) bulk.Event {
	return bulk.Event{
		ID: database.NewID(), RoomID: t.roomID, Kind: string(e.kind), At: t.now, Version: t.version,
		ActorID: e.actor, ItemID: e.itemID, SubjectID: e.subject, Detail: party.Truncate(e.detail, 1024),
	}
}
