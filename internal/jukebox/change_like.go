package jukebox

import (
	"context"

	"antwon.dj/backend/internal/bulk"
	"antwon.dj/backend/internal/likes"
)

// applyLikes runs changes of likes, of which none has run yet, with one statement of each kind for all of them. It sets
// the Err of each to its refusal or nil, and Left if it could not lock the room. After a failure the transaction must
// be rolled back.
func (r *lockedRooms) applyLikes(ctx context.Context, group []*pendingChange) (failure error) {
	changes, raised, err := r.lockForLikes(ctx, group)
	if err != nil || len(changes) == 0 {
		return err
	}
	wanted := make([]bulk.Wanted, len(changes))
	for i, p := range changes {
		wanted[i] = p.Job.like.Wanted()
	}
	found, err := r.bulk.ReadLikes(ctx, wanted)
	if err != nil {
		return err
	}
	batch := likes.New(len(changes))
	for i, p := range changes {
		p.Err = errRoomClosed
		if found[i] == nil { // the room was closed, and has been deleted
			continue
		}
		room := r.rooms[p.Key]
		if room == nil {
			room = r.add(p.Key, lockedRoomOf(found[i].Room, raised))
		}
		if room.open && !room.closed {
			p.Err = batch.Decide(&room.Room, p.Job.like, found[i], r.now())
		}
	}
	return batch.Write(ctx, r.bulk)
}

// lockForLikes locks the rooms of changes, and returns the changes whose rooms it has locked. On MySQL it locks a
// single room by raising its version, and waits until the room is free. Of several rooms it locks only those that are
// free now: waiting for one would delay all the others. On SQLite, which has one writer, it locks nothing. raised
// reports whether it has raised a version, so that a version read later is one higher than before.
func (r *lockedRooms) lockForLikes(
	ctx context.Context, group []*pendingChange,
) (locked []*pendingChange, raised bool, err error) {
	var ids []string
	seen := map[string]bool{}
	for _, p := range group {
		p.Left = false
		if r.rooms[p.Key] == nil && !seen[p.Key] {
			seen[p.Key] = true
			ids = append(ids, p.Key)
		}
	}
	if r.oneWriter || len(ids) == 0 {
		return group, false, nil
	}
	if len(ids) == 1 {
		open, err := r.bulk.RaiseVersion(ctx, ids[0])
		if err == nil && !open {
			r.add(ids[0], &lockedRoom{})
		}
		return group, true, err
	}
	free, err := r.bulk.LockRooms(ctx, ids)
	if err != nil {
		return nil, false, err
	}
	for _, p := range group {
		if p.Left = !free[p.Key]; !p.Left {
			locked = append(locked, p)
		}
	}
	return locked, false, nil
}
