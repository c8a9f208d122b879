package party

// RoomQueue is a room's whole queue at one version.
type RoomQueue struct {
	RoomID  string
	Version int64
	Items   []*QueueItem
}

// RoomQueueChange leads from any version in [Since, Version) to Version: drop RemovedIDs, store Upserted, then take Order,
// or take the ids of Moved out of the list and insert each at its place, in the order given.
type RoomQueueChange struct {
	RoomID     string
	Version    int64
	Since      *int64 // nil when Reset
	Reset      bool   // forget what you had: Upserted is everything
	Upserted   []*QueueItem
	RemovedIDs []string
	Moved      []MovedItem
	Order      []string
}

// MovedItem is an item's place, from 1, in the new order.
type MovedItem struct {
	ID       string
	Position int
}

// RoomQueue returns the queue this state shows.
func (s *State) RoomQueue() RoomQueue {
	return RoomQueue{RoomID: s.RoomID, Version: s.Version, Items: s.Queue}
}

// QueueChange returns what changed in the queue after since, or everything (a reset) when since is nil, newer than this
// state, or older than it remembers.
//
// The difference goes by the version of each item, not by comparing two states: so it may be applied to any state from
// since on, which is what a client needs that comes from a replica which saw other states in between. Items that did not
// change themselves keep their order among each other, so it is enough to tell the places of those that did.
func (s *State) QueueChange(since *int64) RoomQueueChange {
	c := RoomQueueChange{RoomID: s.RoomID, Version: s.Version}
	if since == nil || *since < s.dequeuedSince || *since > s.Version {
		c.Reset, c.Upserted, c.Order = true, s.Queue, s.queueIDs()
		return c
	}
	c.Since = since
	moved, known := s.movedSince(*since)
	for _, item := range s.Queue {
		if item.Version > *since {
			c.Upserted = append(c.Upserted, item)
		}
		if item.Version > *since || moved[item.ID] {
			c.Moved = append(c.Moved, MovedItem{item.ID, *item.Position})
		}
	}
	if !known {
		c.Moved, c.Order = nil, s.queueIDs()
	}
	for _, gone := range s.dequeued {
		if gone.version > *since {
			c.RemovedIDs = append(c.RemovedIDs, gone.id)
		}
	}
	return c
}

// ids are all of the queue; no songs is an order, too.
func (s *State) queueIDs() []string {
	ids := make([]string, len(s.Queue))
	for i, item := range s.Queue {
		ids[i] = item.ID
	}
	return ids
}

// Empty says that the change tells nothing about the queue.
func (c RoomQueueChange) Empty() bool {
	return !c.Reset && len(c.Upserted) == 0 && len(c.RemovedIDs) == 0 && len(c.Moved) == 0 && c.Order == nil
}
