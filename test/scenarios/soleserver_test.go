package scenarios_test

import (
	"context"
	"slices"
	"sync"
	"time"

	"antwon.dj/backend/internal/party"
)

// soleServerRooms is the database access of a server that is the only one in its scenario. Every two seconds a server
// renews its node and lists the open rooms. Without other servers nobody can see this, but it would slow down a test of
// several hours, so most of these calls are answered from memory. When the server is killed, expireEarly writes what
// the database would contain without this shortcut.
type soleServerRooms struct {
	suspendableRooms

	mu        sync.Mutex
	node      string
	life      time.Duration
	renewed   time.Time // when the server last called RenewNode
	renewNext time.Time // when RenewNode has to write to the database again
	nodes     int
	open      []party.OpenRoom
	listed    time.Time // when the open rooms were read from the database
}

const (
	soleRenewEvery = 10 * time.Minute
	soleListEvery  = time.Minute
)

// RenewNode writes to the database once every soleRenewEvery.
func (r *soleServerRooms) RenewNode(ctx context.Context, nodeID string, life time.Duration) (nodes int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	r.node, r.life, r.renewed = nodeID, life, now
	if now.Before(r.renewNext) {
		return r.nodes, nil
	}
	r.nodes, err = r.suspendableRooms.RenewNode(ctx, nodeID, soleRenewEvery+life)
	if err == nil {
		r.renewNext = now.Add(soleRenewEvery)
	}
	return r.nodes, err
}

// OpenRooms reads the database once every soleListEvery, and at every call as long as a server that was killed before
// still has a room.
func (r *soleServerRooms) OpenRooms(ctx context.Context) (open []party.OpenRoom, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.listed) < soleListEvery {
		return r.open, nil
	}
	r.open, err = r.suspendableRooms.OpenRooms(ctx)
	others := func(room party.OpenRoom) bool { return room.NodeID != "" && room.NodeID != r.node }
	if err == nil && !slices.ContainsFunc(r.open, others) {
		r.listed = time.Now()
	}
	return r.open, err
}

// expireEarly shortens the node's life in the database to what it would be if every renewal had been written.
func (r *soleServerRooms) expireEarly(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.node == "" {
		return nil
	}
	_, err := r.Driver.RenewNode(ctx, r.node, r.life-time.Since(r.renewed))
	return err
}
