package jukebox

import (
	"context"
	"fmt"
	"time"

	"entgo.io/ent/dialect/sql"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/idempotencykey"
	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/predicate"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/ent/roomevent"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

const (
	undoWithin      = 30 * time.Second // a slip of the thumb
	undoHostsWithin = time.Minute      // what a host does to others' songs
)

// undoable is what can be taken back, and how. All return a Conflict where what happened since does not allow it.
var undoable = map[EventKind]struct {
	within time.Duration
	act    party.Action // of which one has to be capable still
	undo   func(*roomTx, context.Context, *ent.RoomEvent) error
}{
	EventLiked:     {undoWithin, party.ActLike, (*roomTx).undoLike},
	EventUnliked:   {undoWithin, party.ActLike, (*roomTx).undoUnlike},
	EventAdded:     {undoWithin, party.ActAdd, (*roomTx).undoAdd},
	EventWithdrawn: {undoWithin, party.ActRemoveOwn, (*roomTx).undoRemoval},
	EventPassedOn:  {undoWithin, party.ActRemoveOwn, (*roomTx).undoPassedOn},
	EventRemoved:   {undoHostsWithin, party.ActRemoveAny, (*roomTx).undoRemoval},
	EventCleared:   {undoHostsWithin, party.ActClear, (*roomTx).undoClear},
}

// Undo takes back what the viewer did in a room with this idempotency key or, without one, did last: a like, an unlike, an
// added or a withdrawn song, for hosts also a removed song or a cleared queue. What was taken back by its key already is no
// error. Conflict if there is nothing, it is too long ago, or what happened since does not allow it. For guests.
func (j *Jukebox) Undo(ctx context.Context, roomID string, of *string) (*party.RoomQueue, error) {
	a, err := j.authorize(ctx, roomID, party.ActUndo)
	if err != nil {
		return nil, err
	}
	if err := a.checkOpen(); err != nil {
		return nil, err
	}
	err = j.change(ctx, a, func(ctx context.Context, t *roomTx) error {
		e, err := t.eventToUndo(ctx, of)
		if err != nil || e.Undone {
			return err
		}
		return t.undo(ctx, e)
	})
	if err != nil {
		return nil, fmt.Errorf("undo: %w", err)
	}
	return j.queue(ctx, roomID)
}

// eventToUndo returns what the actor did with this key or, without one, did last.
func (t *roomTx) eventToUndo(ctx context.Context, of *string) (*ent.RoomEvent, error) {
	which, err := roomevent.Undone(false), error(nil)
	if of != nil {
		which, err = t.eventsOfKey(ctx, *of)
	}
	if err != nil {
		return nil, err
	}
	var kinds []string
	for kind := range undoable {
		kinds = append(kinds, string(kind))
	}
	e, err := t.tx.RoomEvent.Query().
		Where(roomevent.RoomID(t.roomID), roomevent.ActorID(t.actor), roomevent.KindIn(kinds...), which).
		Order(roomevent.ByVersion(sql.OrderDesc()), roomevent.ByID(sql.OrderDesc())).First(ctx)
	if ent.IsNotFound(err) {
		err = errNothingToUndo
	}
	return e, err
}

// doneWith is true of what the actor's mutation with this key did: event and key were written in one change.
func (t *roomTx) eventsOfKey(ctx context.Context, key string) (predicate.RoomEvent, error) {
	row, err := t.tx.IdempotencyKey.Query().Where(idempotencykey.UserID(t.actor), idempotencykey.Key(database.Hash([]byte(key)))).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, errNothingToUndo
	}
	if err != nil {
		return nil, err
	}
	if row.ObjectID == t.roomID {
		return roomevent.At(row.CreatedAt), nil
	}
	return roomevent.And(roomevent.At(row.CreatedAt), roomevent.ItemID(row.ObjectID)), nil
}

func (t *roomTx) undo(ctx context.Context, e *ent.RoomEvent) error {
	way := undoable[EventKind(e.Kind)]
	if t.now.Sub(e.At) > way.within {
		return errNothingToUndo
	}
	if err := t.role.May(way.act); err != nil {
		return err
	}
	if err := way.undo(t, ctx, e); err != nil {
		return err
	}
	t.events = []logEvent{{kind: EventUndone, actor: t.actor, itemID: valueOrEmpty(e.ItemID), detail: e.Kind}} // and nothing that can be undone in turn
	return t.versioned().RoomEvent.Update().Where(roomevent.ID(e.ID)).SetUndone(true).Exec(ctx)
}

var errNothingToUndo = party.Errorf(party.Conflict, "there is nothing to take back any more")

// overtaken is why something that happened since stands in the way.
func undoConflict(why string) error {
	return party.Errorf(party.Conflict, "it cannot be taken back any more: %s", why)
}

// waitingItem returns the event's song while likes still count.
func (t *roomTx) waitingItem(ctx context.Context, e *ent.RoomEvent) (*ent.QueueItem, error) {
	item, err := t.tx.QueueItem.Get(ctx, valueOrEmpty(e.ItemID))
	if err != nil {
		return nil, err
	}
	switch party.QueueItemState(item.State) {
	case party.Queued, party.AwaitingApproval:
		return item, nil
	case party.Removed:
		return nil, undoConflict("the song is in the queue no more")
	}
	return nil, party.MayLike(party.QueueItemState(item.State)).Err()
}

func (t *roomTx) undoLike(ctx context.Context, e *ent.RoomEvent) error {
	item, err := t.waitingItem(ctx, e)
	if err != nil {
		return err
	}
	return t.unlike(ctx, item, t.actor)
}

func (t *roomTx) undoUnlike(ctx context.Context, e *ent.RoomEvent) error {
	item, err := t.waitingItem(ctx, e)
	if err != nil {
		return err
	}
	return t.like(ctx, item, t.actor)
}

// undoAdd gives back what the song counted, and hands it on to those who like it already.
func (t *roomTx) undoAdd(ctx context.Context, e *ent.RoomEvent) error {
	item, err := t.waitingItem(ctx, e)
	if err != nil {
		return err
	}
	if valueOrEmpty(item.AddedByID) != t.actor {
		return undoConflict("the song is somebody else's now")
	}
	if err := t.withdraw(ctx, item, EventWithdrawn, EventPassedOn); err != nil {
		return err
	}
	settings, err := t.settings(ctx)
	if err != nil || settings.AddsPerHour == nil || t.role != party.RoleGuest {
		return err
	}
	row, err := t.tx.Membership.Query().Where(membership.RoomID(t.roomID), membership.UserID(t.actor)).Only(ctx)
	if err != nil || row.AddsFullAt == nil {
		return err
	}
	return t.tx.Membership.Update().Where(membership.ID(row.ID)).
		SetAddsFullAt(database.Microseconds(allowanceOf(row, &settings).Refund().FullAt)).Exec(ctx)
}

// undoRemoval brings a song back, with its likes and its place; one that was committed is not skipped after all.
func (t *roomTx) undoRemoval(ctx context.Context, e *ent.RoomEvent) error {
	item, err := t.tx.QueueItem.Get(ctx, valueOrEmpty(e.ItemID))
	if err != nil {
		return err
	}
	switch {
	case item.State == string(party.Committed) && item.SkipOnStart:
		return t.versioned().QueueItem.Update().Where(queueitem.ID(item.ID)).SetSkipOnStart(false).SetVersion(t.version).Exec(ctx)
	case item.State != string(party.Removed):
		return undoConflict("the song has been played or skipped")
	}
	back, err := t.restoreItems(ctx, []*ent.QueueItem{item})
	if err == nil && back == 0 {
		err = undoConflict("the song is in the queue again, or the queue is full")
	}
	return err
}

// undoHandOn gives a song back to who withdrew it, and their like.
func (t *roomTx) undoPassedOn(ctx context.Context, e *ent.RoomEvent) error {
	item, err := t.waitingItem(ctx, e)
	if err != nil {
		return err
	}
	if valueOrEmpty(item.AddedByID) != valueOrEmpty(e.SubjectID) {
		return undoConflict("the song is somebody else's now")
	}
	t.affects(t.actor)
	t.affects(valueOrEmpty(e.SubjectID))
	if err := t.versioned().QueueItem.Update().Where(queueitem.ID(item.ID)).SetAddedByID(t.actor).SetVersion(t.version).Exec(ctx); err != nil {
		return err
	}
	if valueOrEmpty(e.Detail) != likedToo {
		return nil
	}
	return t.like(ctx, item, t.actor)
}

// undoClear brings back what was cleared, the oldest first, as far as there is room for it.
func (t *roomTx) undoClear(ctx context.Context, e *ent.RoomEvent) error {
	items, err := t.tx.QueueItem.Query().
		Where(queueitem.RoomID(t.roomID), queueitem.Version(e.Version), queueitem.State(string(party.Removed))).Order(queueitem.ByAge()).All(ctx)
	if err != nil {
		return err
	}
	back, err := t.restoreItems(ctx, items)
	if err == nil && back == 0 {
		err = undoConflict("the songs are in the queue again, or the queue is full")
	}
	return err
}

// bringBack puts removed songs back, except recordings that are there again, and as many as there is room for. It returns how
// many that were.
func (t *roomTx) restoreItems(ctx context.Context, items []*ent.QueueItem) (n int, err error) {
	active, err := t.tx.QueueItem.Query().Where(queueitem.RoomID(t.roomID), queueitem.ActiveRecordingNotNil()).
		Select(queueitem.FieldActiveRecording).Strings(ctx)
	if err != nil {
		return 0, err
	}
	there := map[string]bool{}
	for _, recording := range active {
		there[recording] = true
	}
	settings, err := t.settings(ctx)
	if err != nil {
		return 0, err
	}
	waiting, err := t.waitingItems().Where(isNotUnlikedFallback()).Count(ctx)
	if err != nil {
		return 0, err
	}
	room := settings.MaxQueueLength - waiting
	for _, item := range items {
		filler := isUnlikedFallback(item) // takes nobody's place
		if there[item.Recording] || !filler && room <= 0 || filler && !settings.Fallback {
			continue
		}
		there[item.Recording] = true
		if !filler {
			room--
		}
		if err := t.restoreItem(ctx, item); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// restore lets a removed song wait again. If it was committed when it was removed, it is not skipped after all.
func (t *roomTx) restoreItem(ctx context.Context, item *ent.QueueItem) error {
	state := party.Queued
	if valueOrEmpty(item.Approval) == approvalWaiting {
		state = party.AwaitingApproval
	}
	return t.versioned().QueueItem.Update().Where(queueitem.ID(item.ID)).SetState(string(state)).SetSkipOnStart(false).
		SetActiveRecording(item.Recording).SetVersion(t.version).Exec(ctx)
}
