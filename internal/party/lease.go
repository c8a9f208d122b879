package party

import "errors"

// Lease is the right of one node, a running server, to drive the player of a room. The epoch grows whenever another
// node acquires it.
type Lease struct {
	RoomID, NodeID string
	Epoch          int64
	Calls          CallCount // the room's calls that drivers had recorded when the lease was acquired
	Inherited      bool      // another node had it before, and may have made calls that it did not record
}

// ErrLeaseLost says that another node has acquired the lease since: this node must stop driving the room's player.
var ErrLeaseLost = errors.New("another node holds the lease of the room's player")

// OpenRoom is an open room whose player a node may have to drive.
type OpenRoom struct {
	ID      string
	Version int64
	NodeID  string // the live node that holds the lease; empty: none
}
