package jukebox

import (
	"context"

	"antwon.dj/backend/internal/party"
)

// Queue returns a room's queue as it is now. For members.
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

// RoomPlayback returns what a room's player does. For members.
func (j *Jukebox) RoomPlayback(ctx context.Context, r *party.Room) (*party.Playback, error) {
	state, err := j.stateFor(ctx, r)
	if err != nil {
		return nil, err
	}
	return &state.Playback, nil
}

// PresentCount returns how many people are in a room. For members.
func (j *Jukebox) PresentCount(ctx context.Context, r *party.Room) (*int, error) {
	state, err := j.stateFor(ctx, r)
	if err != nil {
		return nil, err
	}
	return &state.Present, nil
}

// LastAdded returns what somebody added last of what waits or plays in a room, or nil. For members.
func (j *Jukebox) LastAdded(ctx context.Context, r *party.Room) (*party.QueueItem, error) {
	state, err := j.stateFor(ctx, r)
	if err != nil {
		return nil, err
	}
	return state.LastAdded, nil
}

// seen is the present state of a room, for members.
func (j *Jukebox) stateFor(ctx context.Context, r *party.Room) (*party.State, error) {
	if err := r.MembersOnly(); err != nil {
		return nil, err
	}
	return j.currentState(ctx, r.ID)
}

// Position returns the place of an item in its room's queue, from 1, or nil once it plays.
func (j *Jukebox) Position(ctx context.Context, item *party.QueueItem) (*int, error) {
	if item.State != party.Queued && item.State != party.Committed || item.Position != nil {
		return item.Position, nil
	}
	state, err := j.currentState(ctx, item.RoomID)
	if err != nil {
		return nil, err
	}
	for _, queued := range state.Queue {
		if queued.ID == item.ID {
			return queued.Position, nil
		}
	}
	return nil, nil
}
