package likes

import (
	"slices"
	"time"

	"antwon.dj/backend/internal/bulk"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

// Batch decides changes of likes one after the other, each as if the ones before it were stored, and collects what
// has to be stored.
type Batch struct {
	now    time.Time                   // of the latest change
	items  map[string]*party.QueueItem // by id, as the changes so far have left them
	liked  map[bulk.Like]bool          // whether each like exists after the changes so far
	keys   map[keyOf]bulk.Key          // that this batch stores
	expire []bulk.Key                  // expired keys that are deleted, because the batch stores them again
	stored []bulk.Key                  // the keys in order

	inserted, deleted []bulk.Like
	changed           []string       // ids of the items whose number of likes has changed
	forgotten         []bulk.LikesOf // whose stored events are deleted
	kept              map[bulk.Like]*keptKeys
}

// keyOf identifies an idempotency key.
type keyOf struct{ userID, hash string }

// keptKeys are the idempotency keys of one user for one item.
type keptKeys struct {
	added  int  // keys that this batch stores, since forget was last set
	forget bool // of the keys before those, the oldest have to be deleted
}

// New returns a Batch for about this many changes.
func New(size int) *Batch {
	return &Batch{
		items: make(map[string]*party.QueueItem, size), liked: make(map[bulk.Like]bool, size),
		keys: map[keyOf]bulk.Key{}, kept: map[bulk.Like]*keptKeys{},
	}
}

// Decide decides a change of a like in an open room, at the time now, and returns its refusal or nil. found is what the
// database has for the change. Decide stores the outcome in l, and what changes about the room in room.
func (b *Batch) Decide(room *Room, l *Change, found *bulk.Found, now time.Time) (refusal error) {
	l.Item, l.Repeated = nil, false
	if err := found.Role.May(party.ActLike); err != nil {
		return err
	}
	done, err := b.earlier(l.Once, found.Key)
	if err != nil || done {
		l.Repeated = done
		return err
	}
	item := b.items[l.ItemID]
	if item == nil {
		item = found.Item
		b.items[l.ItemID] = item
	}
	if err := mayChange(item.State); err != nil {
		return err
	}
	if !l.Unlike && room.LikesAfterMinutes > 0 {
		if refusal := party.MayLikeYet(room.LikesAfterMinutes, found.Role, found.JoinedAt, now); refusal != nil {
			return refusal.Err()
		}
	}
	b.now = now
	changed := b.change(room, l, item, found)
	if l.Once != nil {
		b.store(room, l, found, changed)
	}
	after := *item
	l.Item = &after
	return nil
}

// earlier reports whether a request with this key was done before. It returns a Conflict if that was another request.
func (b *Batch) earlier(once *Key, stored *bulk.Key) (done bool, err error) {
	if once == nil {
		return false, nil
	}
	if key, ok := b.keys[keyOf{once.UserID, once.Hash}]; ok {
		stored = &key
	}
	if stored == nil || time.Since(stored.CreatedAt) > KeyLifetime {
		return false, nil
	}
	return true, once.CheckSame(stored.Mutation, stored.ArgumentsHash)
}

// change adds or takes back the like. It returns false if there was nothing to change.
func (b *Batch) change(room *Room, l *Change, item *party.QueueItem, found *bulk.Found) bool {
	like := bulk.Like{ItemID: l.ItemID, UserID: l.UserID}
	liked, known := b.liked[like]
	if !known {
		liked = found.Liked
	}
	if liked != l.Unlike {
		return false
	}
	room.Version++
	event := bulk.Event{
		ID: database.NewID(), RoomID: room.ID, Kind: bulk.Liked, At: b.now, Version: room.Version,
		ActorID: like.UserID, ItemID: like.ItemID,
	}
	if l.Unlike {
		event.Kind = bulk.Unliked
		b.remove(like)
		b.forget(room, like, found.Keys)
		item.LikeCount--
	} else {
		b.inserted = append(b.inserted, like)
		item.LikeCount++
	}
	b.liked[like] = !l.Unlike
	item.Version = room.Version
	if !slices.Contains(b.changed, item.ID) {
		b.changed = append(b.changed, item.ID)
	}
	room.Written, room.Events = true, append(room.Events, event)
	room.AffectedUsers = append(room.AffectedUsers, like.UserID)
	return true
}

// remove takes back a like, which this batch may have added.
func (b *Batch) remove(like bulk.Like) {
	if i := slices.Index(b.inserted, like); i >= 0 {
		b.inserted = slices.Delete(b.inserted, i, i+1)
		return
	}
	b.deleted = append(b.deleted, like)
}

// forget deletes the events of a user's earlier likes and unlikes of an item, and all but the newest idempotency keys.
// keys is how many of these were stored before this batch.
func (b *Batch) forget(room *Room, like bulk.Like, keys int) {
	room.Events = slices.DeleteFunc(room.Events, func(e bulk.Event) bool {
		return e.ActorID == like.UserID && e.ItemID == like.ItemID && isLikeEvent(e)
	})
	of := bulk.LikesOf{RoomID: room.ID, ActorID: like.UserID, ItemID: like.ItemID}
	if !slices.Contains(b.forgotten, of) {
		b.forgotten = append(b.forgotten, of)
	}
	b.makeRoom(like, keys)
}

// makeRoom has the oldest idempotency keys of a user for an item deleted if one more key would be too many. keys is how
// many were stored before this batch.
func (b *Batch) makeRoom(of bulk.Like, keys int) {
	kept := b.keptOf(of)
	if kept.forget {
		keys = KeysPerObject - 1
	}
	if keys+kept.added >= KeysPerObject {
		kept.forget, kept.added = true, 0
	}
}

func isLikeEvent(e bulk.Event) bool {
	kind := e.Kind
	if kind == bulk.Undone {
		kind = e.Detail
	}
	return kind == bulk.Liked || kind == bulk.Unliked
}

func (b *Batch) keptOf(like bulk.Like) *keptKeys {
	kept := b.kept[like]
	if kept == nil {
		kept = &keptKeys{}
		b.kept[like] = kept
	}
	return kept
}

// store adds the idempotency key of a change to those that Write stores. A like that changed nothing has a key as well:
// if the request is delivered again later, it must not undo what the user has done since.
func (b *Batch) store(room *Room, l *Change, found *bulk.Found, changed bool) {
	key := bulk.Key{
		UserID: l.Once.UserID, Hash: l.Once.Hash, Mutation: l.Once.Mutation, ArgumentsHash: l.Once.ArgumentsHash,
		ObjectID: l.ItemID, CreatedAt: b.now,
	}
	if found.Key != nil {
		b.expire = append(b.expire, *found.Key)
	}
	b.keys[keyOf{key.UserID, key.Hash}] = key
	b.stored = append(b.stored, key)
	of := bulk.Like{ItemID: l.ItemID, UserID: key.UserID}
	if !changed {
		b.makeRoom(of, found.Keys)
	}
	b.keptOf(of).added++
	room.Written = true
}
