package party

import (
	"errors"
)

// Lease is the right of one server, a node, to drive the player of a room. The epoch grows whenever another node takes it.
type Lease struct {
	RoomID, NodeID string
	Epoch          int64
}

// ErrLeaseLost says that another node drives the room's player now.
var ErrLeaseLost = errors.New("the lease of the room's player is another node's")

// OpenRoom is a room that may have to be driven.
type OpenRoom struct {
	ID      string
	Version int64
	NodeID  string // who has the lease; empty: nobody who is alive
}
