package jukebox

import (
	"context"

	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
)

// MayFollow returns the present version of a room that the viewer may follow, and sees to it that its watchers are shown
// nothing older for long. For members.
func (j *Jukebox) AuthorizeSubscription(ctx context.Context, roomID string) (version int64, err error) {
	a, err := j.authorize(ctx, roomID, party.ActView)
	if err != nil {
		return 0, err
	}
	j.hub.Hint(live.Claim(roomID, a.version))
	j.cfg.Bus.Publish(live.Claim(roomID, a.version)) // whoever drives the room may be asleep, at another server
	return a.version, nil
}

// Watcher follows a room's states.
type Watcher = live.Watcher[*party.State]

// Watch follows a room, for those whom MayFollow lets in: the watcher gives its present state at once, and then every newer
// one. A closed room gives one last state whose Status is Closed. The watcher is the caller's to close.
func (j *Jukebox) Watch(ctx context.Context, roomID string) (*Watcher, error) {
	return j.hub.Watch(ctx, roomID)
}

// current returns the room's present state, loading only what is newer than what is known here.
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
