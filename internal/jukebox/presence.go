package jukebox

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/membership"
)

const (
	// presentFor is how long after their last connection somebody still counts as present: phones sleep.
	presentFor = 2 * time.Minute
	// notePresence is how often it is noted who is connected, for other servers and for after a restart.
	notePresence = time.Minute
)

// presence is who follows which rooms here.
type presence struct {
	mu    sync.Mutex
	rooms map[string]map[string]int // subscriptions by room and user
}

func newPresence() *presence { return &presence{rooms: map[string]map[string]int{}} }

// come counts a subscription; the function that it returns counts it out, once.
func (p *presence) come(roomID, userID string) (leave func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rooms[roomID] == nil {
		p.rooms[roomID] = map[string]int{}
	}
	p.rooms[roomID][userID]++
	return sync.OnceFunc(func() { p.leave(roomID, userID) })
}

func (p *presence) leave(roomID, userID string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	users := p.rooms[roomID]
	if users[userID]--; users[userID] == 0 {
		delete(users, userID)
	}
	if len(users) == 0 {
		delete(p.rooms, roomID)
	}
}

func (p *presence) has(roomID, userID string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rooms[roomID][userID] > 0
}

// all returns a copy of who is where.
func (p *presence) all() map[string][]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	found := make(map[string][]string, len(p.rooms))
	for room, users := range p.rooms {
		found[room] = slices.Collect(maps.Keys(users))
	}
	return found
}

// Arrive says that the viewer, whom MayFollow has let in, follows a room, until leave is called.
func (j *Jukebox) Arrive(ctx context.Context, roomID string) (userID string, leave func(), err error) {
	viewer, err := ViewerFrom(ctx)
	if err != nil {
		return "", nil, err
	}
	return viewer.UserID, j.presence.come(roomID, viewer.UserID), nil
}

// NotePresence writes down who is connected, every minute until ctx ends.
func (j *Jukebox) NotePresence(ctx context.Context) error {
	ticker := time.NewTicker(notePresence)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
		if err := j.notePresence(ctx); err != nil && ctx.Err() == nil {
			j.cfg.Log.Error("could not note who is connected", "error", err)
		}
	}
}

// notePresence writes at most a few hundred users at once, which the databases take in one statement.
func (j *Jukebox) notePresence(ctx context.Context) error {
	const atOnce = 500
	var errs []error
	for roomID, users := range j.presence.all() {
		for part := range slices.Chunk(users, atOnce) {
			errs = append(errs, j.store.inTx(ctx, func(tx *ent.Tx) error {
				return tx.Membership.Update().Where(membership.RoomID(roomID), membership.UserIDIn(part...)).
					SetSeenAt(microseconds(time.Now())).Exec(ctx)
			}))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("note presence: %w", err)
	}
	return nil
}
