package party

import (
	"cmp"
	"slices"
)

// PinRule says until when a pin holds.
type PinRule string

const (
	UntilPlayed    PinRule = "PLAYED"
	UntilOvertaken PinRule = "OVERTAKEN" // while no other waiting song has so many likes more
)

// Pin is a place that a host has given a song: it plays as the song at this place would have.
type Pin struct {
	Until    PinRule
	Position int   // in the queue when it was pinned, from 1
	Margin   int   // with UntilOvertaken: so many likes more
	Version  int64 // of the room when it was pinned
}

// Likes is the margin, where the rule has one.
func (p *Pin) Likes() *int {
	if p.Until != UntilOvertaken {
		return nil
	}
	return &p.Margin
}

// byPlace orders pinned songs by their places; of two for the same place the one that was pinned last has it.
func (by Ranking) byPinnedPosition(a, b *QueueItem) int {
	return cmp.Or(cmp.Compare(by.pinnedPosition(a), by.pinnedPosition(b)), cmp.Compare(b.Pin.Version, a.Pin.Version), cmp.Compare(a.ID, b.ID))
}

// place is where a pinned song belongs now, from 1, or less: with each song that began to play since, it is one nearer.
func (by Ranking) pinnedPosition(item *QueueItem) int {
	return item.Pin.Position - by.Plays.startedAfter(item.Pin.Version)
}

// pin puts pinned songs at their places among the others, of which the first few give none away.
func (by Ranking) insertPinned(others, pinned []*rankedItem, fixed int) []*rankedItem {
	slices.SortFunc(pinned, func(a, b *rankedItem) int { return by.byPinnedPosition(a.item, b.item) })
	for _, p := range pinned {
		others = slices.Insert(others, max(fixed, min(by.pinnedPosition(p.item)-1, len(others))), p)
	}
	return others
}

// lift moves up songs that are pinned until they are overtaken. Where likes have carried one further, it stays.
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

// overtaken says that another waiting song has so many likes more that a pin holds no more.
func (i *QueueItem) isOvertaken(all []*rankedItem) bool {
	return slices.ContainsFunc(all, func(other *rankedItem) bool {
		return other.reason != OrderCommitted && other.item.LikeCount >= i.LikeCount+i.Pin.Margin
	})
}
