package party

import (
	"cmp"
	"math"
	"slices"
)

// OrderMode says in which order songs play.
type OrderMode string

const (
	OrderLikes OrderMode = "LIKES" // by likes, then by age
	OrderFair  OrderMode = "FAIR"  // by likes, shared by the guest's songs; nobody waits for ever
	OrderTurns OrderMode = "TURNS" // one song of each guest in turn
)

// patience in FAIR: a guest's oldest song goes next once so many younger ones were played before it, or twice as many as
// guests wait, whichever is more.
const minOverdue = 10

// Ranking is what the order of a queue depends on besides its songs.
type Ranking struct {
	Mode  OrderMode
	Plays *PlayHistory              // nil: nothing has played
	Holds func(*QueueItem) *Refusal // why a song may not play at present; nil: none is held
}

// placed is a song at its place, and what has put it there.
type rankedItem struct {
	item   *QueueItem
	reason OrderReason
	served int   // FAIR: songs of the same guest that were played lately or stand before it; TURNS: that stand before it
	total  int   // FAIR: likewise, with all that were played
	passed int   // FAIR, with OrderTurn: younger songs that were played before it
	since  int64 // TURNS: since when its guest waits for a turn
}

// OrderReason says why a song stands at its place.
type OrderReason string

const (
	OrderCommitted OrderReason = "COMMITTED" // it was handed to the player
	OrderPinned    OrderReason = "PINNED"    // a host wants it there
	OrderByLikes   OrderReason = "LIKES"
	OrderTurn      OrderReason = "TURN" // it is its guest's turn, or was passed over too often
	OrderAge       OrderReason = "AGE"
	OrderFallback  OrderReason = "FALLBACK" // nobody asked for it
	OrderHeld      OrderReason = "HELD"     // the rules do not let it play
)

// Rank puts a room's waiting songs into the order in which they will play. It returns a new slice; items whose position
// changed are new values, the others are shared.
//
// The committed song comes first, then what somebody added or likes by the mode, then fallback music, then what is held.
// Pinned songs take their places among all but the first and the last of these. A like never moves a song down.
func Rank(items []*QueueItem, by Ranking) []*QueueItem {
	ranked := make([]*QueueItem, len(items))
	for i, p := range by.order(items) {
		ranked[i] = p.item.withPosition(i + 1)
	}
	return ranked
}

// at returns the item at this position.
func (i *QueueItem) withPosition(position int) *QueueItem {
	if i.Position != nil && *i.Position == position {
		return i
	}
	moved := *i
	moved.Position = &position
	return &moved
}

func (by Ranking) order(items []*QueueItem) []*rankedItem {
	var first, pinned, wanted, fillers, held []*rankedItem
	for _, item := range items {
		switch {
		case item.State == Committed:
			first = append(first, &rankedItem{item: item, reason: OrderCommitted})
		case by.Holds != nil && by.Holds(item) != nil:
			held = append(held, &rankedItem{item: item, reason: OrderHeld})
		case item.Pin != nil && item.Pin.Until == UntilPlayed:
			pinned = append(pinned, &rankedItem{item: item, reason: OrderPinned})
		case item.IsUnlikedFallback():
			fillers = append(fillers, &rankedItem{item: item, reason: OrderFallback})
		default:
			wanted = append(wanted, &rankedItem{item: item, reason: reasonOf(item)})
		}
	}
	switch by.Mode {
	case OrderFair:
		by.byFairness(wanted)
	case OrderTurns:
		by.byTurns(wanted)
	default:
		slices.SortFunc(wanted, byLikes)
	}
	slices.SortFunc(fillers, byLikes)
	slices.SortFunc(held, byLikes)
	return slices.Concat(by.insertPinned(by.liftPinned(slices.Concat(first, wanted, fillers), len(first)), pinned, len(first)), held)
}

func reasonOf(item *QueueItem) OrderReason {
	if item.LikeCount > 0 {
		return OrderByLikes
	}
	return OrderAge
}

func byLikes(a, b *rankedItem) int {
	return cmp.Or(cmp.Compare(b.item.LikeCount, a.item.LikeCount), byAge(a, b))
}

func byAge(a, b *rankedItem) int {
	return cmp.Or(cmp.Compare(a.item.Age, b.item.Age), cmp.Compare(a.item.ID, b.item.ID))
}

// owner is whose song this is for the sake of turns; fallback music is nobody's.
func (i *QueueItem) OwnerID() string {
	if i.AddedBy == nil {
		return ""
	}
	return i.AddedBy.ID
}

// FillsIn says that nobody asked for a song: it gives way to all others.
func (i *QueueItem) IsUnlikedFallback() bool { return i.IsFallback() && i.LikeCount == 0 }

// guestSongs are the songs of each guest, those with the most likes first.
func songsByOwner(wanted []*rankedItem) map[string][]*rankedItem {
	slices.SortFunc(wanted, byLikes)
	guests := map[string][]*rankedItem{}
	for _, p := range wanted {
		owner := p.item.OwnerID()
		guests[owner] = append(guests[owner], p)
	}
	return guests
}

// byFairness orders by likes for each of the guest's songs, with what was played lately: (likes + 1) / (songs + 1). So the
// second song of a guest needs twice as many likes as the first one of another. Among equals goes who was served least.
func (by Ranking) byFairness(wanted []*rankedItem) {
	guests := songsByOwner(wanted)
	waiting := len(guests)
	if _, house := guests[""]; house {
		waiting--
	}
	patience := max(minOverdue, 2*waiting)
	for owner, songs := range guests {
		lately, total := by.Plays.recentOf(owner), by.Plays.totalOf(owner)
		for i, p := range songs {
			p.served, p.total = lately+i, total+i
		}
		if owner != "" { // the house can wait
			by.promoteOverdue(songs, patience)
		}
	}
	slices.SortFunc(wanted, func(a, b *rankedItem) int {
		if a.passed > 0 && b.passed > 0 {
			return byAge(a, b)
		}
		return cmp.Or(
			cmp.Compare(b.passed, a.passed),
			cmp.Compare((b.item.LikeCount+1)*(a.served+1), (a.item.LikeCount+1)*(b.served+1)),
			cmp.Compare(a.total, b.total),
			byAge(a, b))
	})
}

// hurry marks a guest's oldest song, if it was passed over so often.
func (by Ranking) promoteOverdue(songs []*rankedItem, patience int) {
	oldest := slices.MinFunc(songs, byAge)
	passed := by.Plays.startedSince(oldest.item.Age)
	if passed < patience {
		return
	}
	oldest.passed, oldest.reason = passed, OrderTurn
	for _, p := range songs[:slices.Index(songs, oldest)] { // it goes before them
		p.served++
		p.total++
	}
}

// byTurns orders by rounds: in each round plays one song of every guest, and who has waited longest for a turn comes first.
// A newcomer stands behind all who wait already, and liked fallback music behind all guests.
func (by Ranking) byTurns(wanted []*rankedItem) {
	for owner, songs := range songsByOwner(wanted) {
		since := max(slices.MinFunc(songs, byAge).item.Age, by.Plays.lastTurn(owner))
		if owner == "" {
			since = math.MaxInt64
		}
		for i, p := range songs {
			p.served, p.since, p.reason = i, since, OrderTurn
		}
	}
	slices.SortFunc(wanted, func(a, b *rankedItem) int {
		return cmp.Or(cmp.Compare(a.served, b.served), cmp.Compare(a.since, b.since), byAge(a, b))
	})
}
