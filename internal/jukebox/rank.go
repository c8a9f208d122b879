package jukebox

import (
	"cmp"
	"slices"
)

// Rank puts a room's waiting songs into the order in which they will play: the committed song first, then by likes, then
// by age, then by id. It returns a new slice; items whose position changed are new values, the others are shared.
func Rank(items []*QueueItem) []*QueueItem {
	ranked := slices.Clone(items)
	slices.SortFunc(ranked, func(a, b *QueueItem) int {
		return cmp.Or(
			-compareBool(a.State == Committed, b.State == Committed),
			-cmp.Compare(a.LikeCount, b.LikeCount),
			cmp.Compare(a.Age, b.Age),
			cmp.Compare(a.ID, b.ID),
		)
	})
	for i, item := range ranked {
		if position := i + 1; item.Position == nil || *item.Position != position {
			moved := *item
			moved.Position = &position
			ranked[i] = &moved
		}
	}
	return ranked
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
