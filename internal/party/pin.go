package party

import (
	"cmp"
	"slices"
)

// PinRule says how long a pin lasts.
type PinRule string

const (
	UntilPlayed    PinRule = "PLAYED"    // it lasts until the song has been played
	UntilOvertaken PinRule = "OVERTAKEN" // it lasts until another waiting song has Margin more likes
)

// Pin is the place in the queue that a host gave a song. The song plays when the song at that place would have played,
// so with each song that begins the place is one nearer to the head.
type Pin struct {
	Until    PinRule
	Position int   // in the queue when the song was pinned, from 1
	Margin   int   // with UntilOvertaken: how many more likes another song needs to overtake this one
	Version  int64 // the room's version when the song was pinned
}

// Likes returns the margin of an UntilOvertaken pin, and nil for any other.
func (p *Pin) Likes() *int {
	if p.Until != UntilOvertaken {
		return nil
	}
	return &p.Margin
}

// byPinnedPosition orders pinned songs by position. Of two songs with the same position, the one that was pinned last
// comes first.
func (by Ranking) byPinnedPosition(a, b *QueueItem) int {
	return cmp.Or(cmp.Compare(by.pinnedPosition(a), by.pinnedPosition(b)),
		cmp.Compare(b.Pin.Version, a.Pin.Version), cmp.Compare(a.ID, b.ID))
}

// pinnedPosition returns the position to which a pinned song belongs now, from 1. It is 0 or less when more songs have
// begun since than stood before it.
func (by Ranking) pinnedPosition(item *QueueItem) int {
	return item.Pin.Position - by.Plays.startedAfter(item.Pin.Version)
}

// insertPinned inserts the pinned songs at their positions among the others. The first fixed of the others keep their
// places.
func (by Ranking) insertPinned(others, pinned []*rankedItem, fixed int) []*rankedItem {
	slices.SortFunc(pinned, func(a, b *rankedItem) int { return by.byPinnedPosition(a.item, b.item) })
	for _, p := range pinned {
		others = slices.Insert(others, max(fixed, min(by.pinnedPosition(p.item)-1, len(others))), p)
	}
	return others
}

// liftPinned moves songs that are pinned until they are overtaken up to their positions. A song that its likes have
// carried further stays there.
func (by Ranking) liftPinned(all []*rankedItem, fixed int) []*rankedItem {
	var lifted []*QueueItem
	for _, p := range all[fixed:] {
		if p.item.Pin != nil && !p.item.isOvertaken(all) {
			lifted = append(lifted, p.item)
		}
	}
	slices.SortFunc(lifted, by.byPinnedPosition)
	for _, item := range lifted {
		from := slices.IndexFunc(all, func(p *rankedItem) bool { return p.item == item })
		to := max(fixed, min(by.pinnedPosition(item)-1, from))
		p := all[from]
		p.reason = OrderPinned
		all = slices.Insert(slices.Delete(all, from, from+1), to, p)
	}
	return all
}

// isOvertaken reports whether a waiting song has so many more likes that the item's pin no longer has an effect.
func (i *QueueItem) isOvertaken(all []*rankedItem) bool {
	return slices.ContainsFunc(all, func(other *rankedItem) bool {
		return other.reason != OrderCommitted && other.item.LikeCount >= i.LikeCount+i.Pin.Margin
	})
}
