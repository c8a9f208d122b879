package playback

import (
	"context"
	"errors"
	"sync"

	"antwon.dj/backend/internal/party"
)

// desk is what a supervisor's own goroutine keeps: which rooms there are, and what is done about them here. A room that is
// asleep costs nothing but its seat.
type desk struct {
	*Supervisor
	ctx     context.Context
	workers *sync.WaitGroup
	seats   map[string]*seat // by room
}

// seat is one room's.
type seat struct {
	stop      context.CancelFunc // of its driver; nil: it is not driven here
	asleep    int64              // the version at which nothing happened any more, with stop nil
	elsewhere bool               // another node drives it
}

// wake drives a room of which somebody has heard something, unless it is driven already.
func (d *desk) wake(roomID string) {
	if s := d.seats[roomID]; s == nil || s.stop == nil && !s.elsewhere {
		d.start(roomID, false)
	}
}

// takeIn compares what is done with what should be.
func (d *desk) takeIn(open []party.OpenRoom) {
	there := make(map[string]bool, len(open))
	for _, room := range open {
		there[room.ID] = true
		d.consider(room)
	}
	for id, s := range d.seats {
		switch {
		case there[id] || s.stop != nil:
		case s.elsewhere:
			delete(d.seats, id)
		default:
			d.start(id, false) // it was closed in its sleep, and what is left of it has to be put away
		}
	}
}

func (d *desk) consider(room party.OpenRoom) {
	s := d.seats[room.ID]
	others := room.NodeID != "" && room.NodeID != d.opts.NodeID
	switch {
	case others && s != nil && s.stop != nil:
		s.stop() // it was taken over while this process slept
	case others:
		d.seats[room.ID] = &seat{elsewhere: true}
	case s == nil || s.elsewhere:
		d.start(room.ID, true)
	case s.stop == nil && (s.asleep != room.Version || d.rooms.CountWatchers(room.ID) > 0):
		d.start(room.ID, false)
	}
}

func (d *desk) start(roomID string, cold bool) {
	ctx, stop := context.WithCancel(d.ctx)
	d.seats[roomID] = &seat{stop: stop}
	d.workers.Go(func() {
		defer stop()
		select {
		case d.Supervisor.ended <- d.drive(ctx, roomID, cold):
		case <-d.ctx.Done():
		}
	})
}

// leave frees a seat whose driver has come to an end.
func (d *desk) leave(e ending) {
	switch {
	case errors.Is(e.err, errIdle):
		d.seats[e.roomID] = &seat{asleep: e.version}
	case errors.Is(e.err, party.ErrLeaseLost):
		d.seats[e.roomID] = &seat{elsewhere: true}
	default:
		delete(d.seats, e.roomID)
	}
}
