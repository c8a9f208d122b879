package jukebox

import (
	"cmp"
	"slices"
)

// Rank puts a room's waiting songs into the order in which they will play: the committed song first, then by likes, then
// by age, then by id; songs that nobody added and nobody likes come last. It returns a new slice; items whose position changed are new values, the others are shared.
func Rank(items []*QueueItem) []*QueueItem { return rankInto(nil, items) }

// rankInto ranks items together with those of a queue that is ranked already, which costs hardly more than copying it.
func rankInto(queue, items []*QueueItem) []*QueueItem {
	items = slices.SortedFunc(slices.Values(items), compareItems)
	ranked := make([]*QueueItem, 0, len(queue)+len(items))
	for _, item := range items {
		n, _ := slices.BinarySearchFunc(queue, item, compareItems)
		ranked = append(append(ranked, queue[:n]...), item)
		queue = queue[n:]
	}
	ranked = append(ranked, queue...)
	for i, item := range ranked {
		if position := i + 1; item.Position == nil || *item.Position != position {
			moved := *item
			moved.Position = &position
			ranked[i] = &moved
		}
	}
	return ranked
}

// compareItems says which of two songs plays first.
func compareItems(a, b *QueueItem) int {
	switch {
	case (a.State == Committed) != (b.State == Committed):
		if a.State == Committed {
			return -1
		}
		return 1
	case a.fillsIn() != b.fillsIn():
		if b.fillsIn() {
			return -1
		}
		return 1
	case a.LikeCount != b.LikeCount:
		return cmp.Compare(b.LikeCount, a.LikeCount)
	case a.Age != b.Age:
		return cmp.Compare(a.Age, b.Age)
	default:
		return cmp.Compare(a.ID, b.ID)
	}
}

// fillsIn says that nobody asked for a song: it gives way to all others.
func (i *QueueItem) fillsIn() bool { return i.Fallback() && i.LikeCount == 0 }
