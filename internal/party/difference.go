package party

// RoomQueue is a room's whole queue at one version.
type RoomQueue struct {
	RoomID  string
	Version int64
	Items   []*QueueItem
}

// ID returns the queue's id, by which clients' caches tell queues apart.
func (q RoomQueue) ID() string { return "RoomQueue:" + q.RoomID }

// RoomQueueChange is the difference that leads from any version in [Since, Version) to Version. To apply it, drop
// RemovedIDs, store Upserted, and set the numbers of likes of Likes. Then replace the order by Order if it is set;
// otherwise take the ids of Moved out of the list and insert each at its position, in the given order.
type RoomQueueChange struct {
	RoomID     string
	Version    int64
	Since      *int64 // nil if Reset
	Reset      bool   // discard the queue that you have: Upserted is all of it
	Upserted   []*QueueItem
	Likes      []ItemLikes // items of which nothing but the number of likes changed; they are not among Upserted
	RemovedIDs []string
	Moved      []MovedItem
	Order      []string
}

// ItemLikes is an item and its new number of likes.
type ItemLikes struct {
	ItemID    string
	LikeCount int
}

// MovedItem is an item and its position in the new order, from 1.
type MovedItem struct {
	ItemID   string
	Position int
}

// RoomQueue returns the queue of this state. Its items are shared and must not be changed.
func (s *State) RoomQueue() RoomQueue {
	return RoomQueue{RoomID: s.RoomID, Version: s.Version, Items: s.Queue}
}

// QueueChange returns what changed in the queue after the version since. It returns the whole queue, as a reset, if
// since is nil, newer than this state, or older than this state remembers.
//
// The difference is computed from the version of each item and not by comparing two states. So it can be applied to any
// state from since on, which matters for a client that was connected to another server and saw other states in between.
// Items that did not change keep their order among each other, so the positions of those that changed are enough. Of
// the items of which only the likes changed, only those that moved need a position.
func (s *State) QueueChange(since *int64) RoomQueueChange {
	c := RoomQueueChange{RoomID: s.RoomID, Version: s.Version}
	if since == nil || *since < s.dequeuedSince || *since > s.Version {
		c.Reset, c.Upserted, c.Order = true, s.Queue, s.queueIDs()
		return c
	}
	c.Since = since
	moved, known := s.movedSince(*since)
	for _, item := range s.Queue {
		switch {
		case item.Version <= *since: // it did not change
		case item.detailsVersion <= *since:
			c.Likes = append(c.Likes, ItemLikes{item.ID, item.LikeCount})
		default:
			c.Upserted = append(c.Upserted, item)
		}
		if item.placeVersion > *since || moved[item.ID] {
			c.Moved = append(c.Moved, MovedItem{item.ID, *item.Position})
		}
	}
	if !known {
		c.Moved, c.Order = nil, s.queueIDs()
	}
	for _, left := range s.dequeued {
		if left.version > *since {
			c.RemovedIDs = append(c.RemovedIDs, left.id)
		}
	}
	return c
}

// queueIDs returns the ids of the queue in playing order. It is not nil for an empty queue, because an empty order is
// an order, too.
func (s *State) queueIDs() []string {
	ids := make([]string, len(s.Queue))
	for i, item := range s.Queue {
		ids[i] = item.ID
	}
	return ids
}

// Empty reports whether the difference changes nothing.
func (c RoomQueueChange) Empty() bool {
	return !c.Reset && len(c.Upserted) == 0 && len(c.Likes) == 0 && len(c.RemovedIDs) == 0 &&
		len(c.Moved) == 0 && c.Order == nil
}
