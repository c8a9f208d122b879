package graph

import "context"

// Node is an object that clients can load again by its id: a *party.Room, *party.QueueItem, *party.Participant or
// *party.User.
type Node any

func (r queryResolver) Node(ctx context.Context, id string) (Node, error) {
	return r.jukebox.Node(ctx, id)
}
