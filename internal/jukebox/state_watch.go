package jukebox

import (
	"context"

	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
)

// AuthorizeSubscription returns the current version of a room that the viewer may watch. It also publishes a hint of
// that version, so that watchers that are open already soon get a state at least as new. For members.
func (j *Jukebox) AuthorizeSubscription(ctx context.Context, roomID string) (version int64, err error) {
	a, err := j.authorize(ctx, roomID, party.ActView)
	if err != nil {
		return 0, err
	}
	j.hub.Hint(live.VersionHint(roomID, a.version))
	j.cfg.Bus.Publish(live.VersionHint(roomID, a.version)) // the room's driver may wait on another server
	return a.version, nil
}

// Watcher reads the states of one room.
type Watcher = live.Watcher[*party.State]

// Watch returns a watcher of a room. It does not check permissions: call AuthorizeSubscription first. The watcher
// delivers the current state immediately and newer states as they are loaded; a slow reader skips states. The last
// state of a room that closes has the status Closed. The caller must close the watcher.
func (j *Jukebox) Watch(ctx context.Context, roomID string) (*Watcher, error) {
	return j.hub.Watch(ctx, roomID)
}

// currentState returns the room's current state. It loads only what is newer than the last state that a request loaded
// on this server.
func (j *Jukebox) currentState(ctx context.Context, roomID string) (*party.State, error) {
	have, _ := j.states.Get(roomID)
	state, err := j.loader.Load(ctx, roomID, have, nil)
	if err != nil {
		return nil, err
	}
	if state != have {
		j.states.Add(roomID, state)
	}
	return state, nil
}

// ForgetRoom removes the cached state of a room that was deleted.
func (j *Jukebox) ForgetRoom(roomID string) { j.states.Remove(roomID) }
