package playback

import (
	"context"
	"errors"
	"sync"

	"antwon.dj/backend/internal/party"
)

// reconciler starts and stops the drivers of one Supervisor so that they match the open rooms and their leases. Only
// the goroutine of [Supervisor.Run] uses it. An idle room costs nothing but its entry.
type reconciler struct {
	*Supervisor
	ctx     context.Context
	workers *sync.WaitGroup
	entries map[string]*roomEntry // by room id
}

// roomEntry is what a reconciler knows of a room.
type roomEntry struct {
	stop        context.CancelFunc // ends the room's driver; nil: the room is not driven here
	idleVersion int64              // with stop nil: the room's version when it became idle
	elsewhere   bool               // another node drives the room
}

// wake starts a driver for a room after a hint, unless a driver of the room runs already, here or on another node.
func (r *reconciler) wake(roomID string) {
	if entry := r.entries[roomID]; entry == nil || entry.stop == nil && !entry.elsewhere {
		r.start(roomID, false)
	}
}

// reconcile compares the drivers with the list of all open rooms, and starts and stops drivers where they differ.
func (r *reconciler) reconcile(open []party.OpenRoom) {
	isOpen := make(map[string]bool, len(open))
	for _, room := range open {
		isOpen[room.ID] = true
		r.reconcileRoom(room)
	}
	for id, entry := range r.entries {
		switch {
		case isOpen[id] || entry.stop != nil:
		case entry.elsewhere:
			delete(r.entries, id)
		default:
			r.start(id, false) // it was closed while it was idle, and its playlist has to be removed
		}
	}
}

func (r *reconciler) reconcileRoom(room party.OpenRoom) {
	entry := r.entries[room.ID]
	drivenElsewhere := room.NodeID != "" && room.NodeID != r.opts.NodeID
	switch {
	case drivenElsewhere && entry != nil && entry.stop != nil:
		entry.stop() // another node took it over while this process was suspended
	case drivenElsewhere:
		r.entries[room.ID] = &roomEntry{elsewhere: true}
	case entry == nil || entry.elsewhere:
		r.start(room.ID, true)
	case entry.stop == nil && (entry.idleVersion != room.Version || r.rooms.CountWatchers(room.ID) > 0):
		r.start(room.ID, false)
	}
}

// start starts a room's driver. unrequested says that the room was only found in the list of open rooms.
func (r *reconciler) start(roomID string, unrequested bool) {
	ctx, stop := context.WithCancel(r.ctx)
	r.entries[roomID] = &roomEntry{stop: stop}
	r.workers.Go(func() {
		defer stop()
		select {
		case r.Supervisor.ended <- r.drive(ctx, roomID, unrequested):
		case <-r.ctx.Done():
		}
	})
}

// driverEnded updates the entry of a room whose driver has ended.
func (r *reconciler) driverEnded(end driverEnd) {
	switch {
	case errors.Is(end.err, errIdle):
		r.entries[end.roomID] = &roomEntry{idleVersion: end.version}
	case errors.Is(end.err, party.ErrLeaseLost):
		r.entries[end.roomID] = &roomEntry{elsewhere: true}
	default:
		delete(r.entries, end.roomID)
	}
}
