package jukebox

import (
	"cmp"
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
	"antwon.dj/backend/internal/roomstate"
)

const (
	undoWithin      = 30 * time.Second // for one's own songs and likes
	undoHostsWithin = time.Minute      // for what a host does to others' songs
)

// undoable are the kinds of events that can be undone. Each undo returns a Conflict if what has happened since prevents
// it.
var undoable = map[party.EventKind]struct {
	within time.Duration
	act    party.Action // which the member's role must still permit
	undo   func(*roomTx, context.Context, *ent.RoomEvent) error
}{
	party.EventLiked:        {undoWithin, party.ActLike, (*roomTx).undoLike},
	party.EventUnliked:      {undoWithin, party.ActLike, (*roomTx).undoUnlike},
	party.EventAdded:        {undoWithin, party.ActAdd, (*roomTx).undoAdd},
	party.EventAddedFor:     {undoWithin, party.ActAddFor, (*roomTx).undoAdd},
	party.EventWithdrawn:    {undoWithin, party.ActRemoveOwn, (*roomTx).undoRemoval},
	party.EventPassedOn:     {undoWithin, party.ActRemoveOwn, (*roomTx).undoPassedOn},
	party.EventRemoved:      {undoHostsWithin, party.ActRemoveAny, (*roomTx).undoRemoval},
	party.EventCleared:      {undoHostsWithin, party.ActClear, (*roomTx).undoClear},
	party.EventSongsRemoved: {undoHostsWithin, party.ActClear, (*roomTx).undoClear},
}

// Undo takes back the viewer's action with this idempotency key or, without a key, the viewer's last one: a like, an
// unlike, an added or a withdrawn song; for hosts also a removed song, the removed songs of a guest, or a cleared
// queue. Undoing the same key twice is no error. The error is Conflict if there is nothing to undo, it is too long ago,
// or what has happened since prevents it. For guests.
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

// eventToUndo returns the event of the actor's action with this key or, without a key, of the last one.
func (t *roomTx) eventToUndo(ctx context.Context, of *string) (*ent.RoomEvent, error) {
	if err := t.storeEvents(ctx); err != nil {
		return nil, err
	}
	which := roomevent.Undone(false)
	if of != nil {
		var err error
		if which, err = t.eventsOfKey(ctx, *of); err != nil {
			return nil, err
		}
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

// eventsOfKey selects the events of the actor's mutation with this key. They have the time of the key, because one
// change wrote both.
func (t *roomTx) eventsOfKey(ctx context.Context, key string) (predicate.RoomEvent, error) {
	row, err := t.tx.IdempotencyKey.Query().
		Where(idempotencykey.UserID(t.actor), idempotencykey.Key(database.Hash([]byte(key)))).Only(ctx)
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

// undo undoes an event, and marks it as undone.
func (t *roomTx) undo(ctx context.Context, e *ent.RoomEvent) error {
	way := undoable[party.EventKind(e.Kind)]
	if t.now.Sub(e.At) > way.within {
		return errNothingToUndo
	}
	if err := t.role.May(way.act); err != nil {
		return err
	}
	if err := way.undo(t, ctx, e); err != nil {
		return err
	}
	if kind := party.EventKind(e.Kind); kind == party.EventLiked || kind == party.EventUnliked {
		if err := t.forgetLikes(ctx, valueOrEmpty(e.ItemID), t.actor, e.ID); err != nil {
			return err
		}
	}
	// Replace the events that undoing has logged, because they could be undone in turn.
	t.events = []logEvent{{kind: party.EventUndone, actor: t.actor, itemID: valueOrEmpty(e.ItemID), detail: e.Kind}}
	return t.versioned().RoomEvent.Update().Where(roomevent.ID(e.ID)).SetUndone(true).Exec(ctx)
}

var errNothingToUndo = party.Errorf(party.Conflict, "There is nothing left to undo.")

// undoConflict returns a Conflict; why is what has happened since, as a clause.
func undoConflict(why string) error {
	return party.Errorf(party.Conflict, "This can no longer be undone: %s.", why)
}

// waitingItem returns the event's song, or an error unless it can still be liked.
func (t *roomTx) waitingItem(ctx context.Context, e *ent.RoomEvent) (*ent.QueueItem, error) {
	item, err := t.tx.QueueItem.Get(ctx, valueOrEmpty(e.ItemID))
	if err != nil {
		return nil, err
	}
	switch party.QueueItemState(item.State) {
	case party.Queued, party.AwaitingApproval:
		return item, nil
	case party.Removed:
		return nil, undoConflict("the song is no longer in the queue")
	}
	return nil, party.MayLike(party.QueueItemState(item.State)).Err()
}

// undoLike deletes the actor's like.
func (t *roomTx) undoLike(ctx context.Context, e *ent.RoomEvent) error {
	item, err := t.waitingItem(ctx, e)
	if err != nil {
		return err
	}
	return t.unlike(ctx, item, t.actor)
}

// undoUnlike adds the actor's like again.
func (t *roomTx) undoUnlike(ctx context.Context, e *ent.RoomEvent) error {
	item, err := t.waitingItem(ctx, e)
	if err != nil {
		return err
	}
	return t.like(ctx, item, t.actor)
}

// undoAdd withdraws the song, which passes to the next owner if others like it, and refunds its owner's quota.
func (t *roomTx) undoAdd(ctx context.Context, e *ent.RoomEvent) error {
	item, err := t.waitingItem(ctx, e)
	if err != nil {
		return err
	}
	owner := cmp.Or(valueOrEmpty(e.SubjectID), t.actor)
	if valueOrEmpty(item.AddedByID) != owner {
		return undoConflict("the song belongs to somebody else now")
	}
	if err := t.withdraw(ctx, item, party.EventWithdrawn, party.EventPassedOn); err != nil {
		return err
	}
	if t.affectedUsers != nil {
		t.affects(owner)
	}
	settings, err := t.settings(ctx)
	if err != nil || settings.AddsPerHour == nil {
		return err
	}
	row, err := t.tx.Membership.Query().Where(membership.RoomID(t.roomID), membership.UserID(owner)).Only(ctx)
	if err != nil || row.AddsFullAt == nil {
		return err
	}
	return t.tx.Membership.Update().Where(membership.ID(row.ID)).
		SetAddsFullAt(database.Microseconds(allowanceOf(row, &settings).Refund().FullAt)).Exec(ctx)
}

// undoRemoval restores a song with its likes and its age. A committed one is then not skipped when it starts.
func (t *roomTx) undoRemoval(ctx context.Context, e *ent.RoomEvent) error {
	item, err := t.tx.QueueItem.Get(ctx, valueOrEmpty(e.ItemID))
	if err != nil {
		return err
	}
	switch {
	case item.State == string(party.Committed) && item.SkipOnStart:
		return t.versioned().QueueItem.Update().Where(queueitem.ID(item.ID)).
			SetSkipOnStart(false).SetVersion(t.version).Exec(ctx)
	case item.State != string(party.Removed):
		return undoConflict("the song has been played or skipped")
	}
	back, err := t.restoreItems(ctx, []*ent.QueueItem{item})
	if err == nil && back == 0 {
		err = undoConflict("the song is back in the queue, or the queue is full")
	}
	return err
}

// undoPassedOn returns a song, and the like that was deleted with it, to the member who withdrew it.
func (t *roomTx) undoPassedOn(ctx context.Context, e *ent.RoomEvent) error {
	item, err := t.waitingItem(ctx, e)
	if err != nil {
		return err
	}
	if valueOrEmpty(item.AddedByID) != valueOrEmpty(e.SubjectID) {
		return undoConflict("the song belongs to somebody else now")
	}
	t.affects(t.actor)
	t.affects(valueOrEmpty(e.SubjectID))
	err = t.versioned().QueueItem.Update().Where(queueitem.ID(item.ID)).
		SetAddedByID(t.actor).SetVersion(t.version).Exec(ctx)
	if err != nil {
		return err
	}
	if valueOrEmpty(e.Detail) != likedToo {
		return nil
	}
	return t.like(ctx, item, t.actor)
}

// undoClear restores the songs that were cleared, the oldest first, as far as the queue has room for them.
func (t *roomTx) undoClear(ctx context.Context, e *ent.RoomEvent) error {
	items, err := t.tx.QueueItem.Query().
		Where(queueitem.RoomID(t.roomID), queueitem.Version(e.Version), queueitem.State(string(party.Removed))).
		Order(queueitem.ByAge()).All(ctx)
	if err != nil {
		return err
	}
	back, err := t.restoreItems(ctx, items)
	if err == nil && back == 0 {
		err = undoConflict("the songs are back in the queue, or the queue is full")
	}
	return err
}

// restoreItems restores removed songs, as many as the queue has room for, except those whose recording is queued again.
// It returns how many it restored.
func (t *roomTx) restoreItems(ctx context.Context, items []*ent.QueueItem) (n int, err error) {
	active, err := t.tx.QueueItem.Query().Where(queueitem.RoomID(t.roomID), queueitem.ActiveRecordingNotNil()).
		Select(queueitem.FieldActiveRecording).Strings(ctx)
	if err != nil {
		return 0, err
	}
	queued := map[string]bool{}
	for _, recording := range active {
		queued[recording] = true
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
		fallback := roomstate.IsUnlikedFallback(item) // does not count towards the queue's length
		if queued[item.Recording] || !fallback && room <= 0 || fallback && !settings.Fallback {
			continue
		}
		queued[item.Recording] = true
		if !fallback {
			room--
		}
		if err := t.restoreItem(ctx, item); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// restoreItem makes a removed song wait again. If it was committed when it was removed, it is then not skipped when it
// starts.
func (t *roomTx) restoreItem(ctx context.Context, item *ent.QueueItem) error {
	state := party.Queued
	if valueOrEmpty(item.Approval) == approvalWaiting {
		state = party.AwaitingApproval
	}
	return t.versioned().QueueItem.Update().Where(queueitem.ID(item.ID)).SetState(string(state)).SetSkipOnStart(false).
		SetActiveRecording(item.Recording).SetVersion(t.version).Exec(ctx)
}
