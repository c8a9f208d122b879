package jukebox

import (
	"context"

	"antwon.dj/backend/internal/party"
)

// Queue returns a room's present queue. For members.
func (j *Jukebox) Queue(ctx context.Context, r *party.Room) (*party.RoomQueue, error) {
	if err := r.MembersOnly(); err != nil {
		return nil, err
	}
	return j.queue(ctx, r.ID)
}

func (j *Jukebox) queue(ctx context.Context, roomID string) (*party.RoomQueue, error) {
	state, err := j.currentState(ctx, roomID)
	if err != nil {
		return nil, err
	}
	queue := state.RoomQueue()
	return &queue, nil
}

// RoomPlayback returns what a room's player is doing. For members.
func (j *Jukebox) RoomPlayback(ctx context.Context, r *party.Room) (*party.Playback, error) {
	state, err := j.stateFor(ctx, r)
	if err != nil {
		return nil, err
	}
	return &state.Playback, nil
}

// PresentCount returns how many members are present in a room. For members.
func (j *Jukebox) PresentCount(ctx context.Context, r *party.Room) (*int, error) {
	state, err := j.stateFor(ctx, r)
	if err != nil {
		return nil, err
	}
	return &state.Present, nil
}

// LastAdded returns the song that was added last among those that wait or play in a room, or nil. For members.
func (j *Jukebox) LastAdded(ctx context.Context, r *party.Room) (*party.QueueItem, error) {
	state, err := j.stateFor(ctx, r)
	if err != nil {
		return nil, err
	}
	return state.LastAdded, nil
}

// stateFor returns the present state of a room. For members.
func (j *Jukebox) stateFor(ctx context.Context, r *party.Room) (*party.State, error) {
	if err := r.MembersOnly(); err != nil {
		return nil, err
	}
	return j.currentState(ctx, r.ID)
}

// InQueue returns an item of a room's queue as the queue shows it, with its position and the refusal that holds it. An
// item that is not in the queue is returned as it is.
func (j *Jukebox) InQueue(ctx context.Context, item *party.QueueItem) (*party.QueueItem, error) {
	if item.State != party.Queued && item.State != party.Committed || item.Position != nil {
		return item, nil
	}
	state, err := j.currentState(ctx, item.RoomID)
	if err != nil {
		return nil, err
	}
	for _, queued := range state.Queue {
		if queued.ID == item.ID {
			return queued, nil
		}
	}
	return item, nil
}
