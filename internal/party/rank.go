package party

import (
	"cmp"
	"math"
	"slices"
)

// OrderMode says how the queue is ranked. docs/rules.md explains the modes.
type OrderMode string

const (
	OrderLikes OrderMode = "LIKES" // by likes, then by age
	OrderFair  OrderMode = "FAIR"  // by likes divided among a guest's songs; nobody waits forever
	OrderTurns OrderMode = "TURNS" // one song of each guest in turn
)

// minOverdue is, in FAIR, the least number of younger songs that have to be played before a guest's oldest song goes
// next. With many guests it takes more: twice the number of guests whose songs wait.
const minOverdue = 10

// Ranking is what the order of a queue depends on, besides its items.
type Ranking struct {
	Mode  OrderMode
	Plays *PlayHistory              // nil: nothing has played
	Away  map[string]bool           // the users who are away, so that their songs wait; nil: nobody
	Holds func(*QueueItem) *Refusal // returns why a song may not play at present; nil: no song is held
}

// rankedItem is an item with the values that decide its place.
type rankedItem struct {
	item   *QueueItem
	reason OrderReason
	served int   // FAIR: songs of the same owner that were played recently or stand before it; TURNS: that stand before it
	total  int   // FAIR: the same, with all plays of the history
	passed int   // FAIR, with OrderTurn: younger songs that were played before it
	since  int64 // TURNS: the version since which its owner has waited for a turn
}

// OrderReason says why a song stands at its place.
type OrderReason string

const (
	OrderCommitted OrderReason = "COMMITTED" // it was handed to the player
	OrderPinned    OrderReason = "PINNED"    // a host pinned it there
	OrderByLikes   OrderReason = "LIKES"
	OrderTurn      OrderReason = "TURN" // it is its owner's turn or, in FAIR, it was passed over too often
	OrderAge       OrderReason = "AGE"
	OrderFallback  OrderReason = "FALLBACK" // it is a fallback song that nobody likes
	OrderAway      OrderReason = "AWAY"     // the guest who added it is away
	OrderHeld      OrderReason = "HELD"     // a rule keeps it from playing
)

// Rank computes the playing order of a room's waiting songs. It returns a new slice. Items whose position changed are
// new values; the others are shared.
//
// The order is total and deterministic: the committed song, then the songs that somebody added or likes, by the mode,
// then those of guests who are away, by the mode too, then fallback songs that nobody likes, then held songs. Pinned
// songs take their places among those between the committed and the held ones. A like never moves a song down.
func Rank(items []*QueueItem, by Ranking) []*QueueItem {
	ranked := make([]*QueueItem, len(items))
	for i, p := range by.order(items) {
		ranked[i] = p.item.withPosition(i + 1)
	}
	return ranked
}

// withPosition returns the item with this position, sharing it if it has the position already.
func (i *QueueItem) withPosition(position int) *QueueItem {
	if i.Position != nil && *i.Position == position {
		return i
	}
	moved := *i
	moved.Position = &position
	if moved.content == nil {
		moved.content = new(byte)
	}
	return &moved
}

// order returns the ranked items, from the first to the last.
func (by Ranking) order(items []*QueueItem) []*rankedItem {
	var first, pinned, wanted, away, fallback, held []*rankedItem
	for _, item := range items {
		switch {
		case item.State == Committed:
			first = append(first, &rankedItem{item: item, reason: OrderCommitted})
		case by.Holds != nil && by.Holds(item) != nil:
			held = append(held, &rankedItem{item: item, reason: OrderHeld})
		case item.Pin != nil && item.Pin.Until == UntilPlayed:
			pinned = append(pinned, &rankedItem{item: item, reason: OrderPinned})
		case item.IsUnlikedFallback():
			fallback = append(fallback, &rankedItem{item: item, reason: OrderFallback})
		case by.Away[item.OwnerID()]:
			away = append(away, &rankedItem{item: item})
		default:
			wanted = append(wanted, &rankedItem{item: item, reason: reasonOf(item)})
		}
	}
	by.byMode(wanted)
	by.byMode(away)
	for _, p := range away {
		p.reason, p.passed = OrderAway, 0 // everybody who is not away can overtake it
	}
	slices.SortFunc(fallback, byLikes)
	slices.SortFunc(held, byLikes)
	playable := by.liftPinned(slices.Concat(first, wanted, away, fallback), len(first))
	return slices.Concat(by.insertPinned(playable, pinned, len(first)), held)
}

// byMode orders songs by the mode.
func (by Ranking) byMode(songs []*rankedItem) {
	switch by.Mode {
	case OrderFair:
		by.byFairness(songs)
	case OrderTurns:
		by.byTurns(songs)
	default:
		slices.SortFunc(songs, byLikes)
	}
}

// reasonOf returns why a song that is ranked by likes stands at its place.
func reasonOf(item *QueueItem) OrderReason {
	if item.LikeCount > 0 {
		return OrderByLikes
	}
	return OrderAge
}

// byLikes orders by likes, the most first, and then by age.
func byLikes(a, b *rankedItem) int {
	return cmp.Or(cmp.Compare(b.item.LikeCount, a.item.LikeCount), byAge(a, b))
}

// byAge orders by age, the oldest first. Ids break ties, so the order is total.
func byAge(a, b *rankedItem) int {
	return cmp.Or(cmp.Compare(a.item.Age, b.item.Age), cmp.Compare(a.item.ID, b.item.ID))
}

// OwnerID returns the id of the user whose song this is, and "" for a fallback song.
func (i *QueueItem) OwnerID() string {
	if i.AddedBy == nil {
		return ""
	}
	return i.AddedBy.User.ID
}

// IsUnlikedFallback reports whether this is a fallback song that nobody likes. It gives way to all others.
func (i *QueueItem) IsUnlikedFallback() bool { return i.IsFallback() && i.LikeCount == 0 }

// songsByOwner groups the items by owner, each group ordered by likes. It also sorts wanted by likes.
func songsByOwner(wanted []*rankedItem) map[string][]*rankedItem {
	slices.SortFunc(wanted, byLikes)
	guests := map[string][]*rankedItem{}
	for _, p := range wanted {
		owner := p.item.OwnerID()
		guests[owner] = append(guests[owner], p)
	}
	return guests
}

// byFairness orders by (likes + 1) / (songs + 1), where songs counts the owner's recent plays and the owner's songs
// that stand before this one. So the second song of a guest needs twice as many likes as the first one of another.
// Among equals the song of the owner with the fewest plays comes first.
func (by Ranking) byFairness(wanted []*rankedItem) {
	guests := songsByOwner(wanted)
	waiting := len(guests)
	if _, fallback := guests[""]; fallback {
		waiting--
	}
	overdue := max(minOverdue, 2*waiting)
	for owner, songs := range guests {
		recent, total := by.Plays.recentOf(owner), by.Plays.totalOf(owner)
		for i, p := range songs {
			p.served, p.total = recent+i, total+i
		}
		if owner != "" { // a liked fallback song can wait
			by.promoteOverdue(songs, overdue)
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

// promoteOverdue marks the oldest of an owner's songs to go next if at least overdue younger songs were played before
// it.
func (by Ranking) promoteOverdue(songs []*rankedItem, overdue int) {
	oldest := slices.MinFunc(songs, byAge)
	passed := by.Plays.startedSince(oldest.item.Age)
	if passed < overdue {
		return
	}
	oldest.passed, oldest.reason = passed, OrderTurn
	for _, p := range songs[:slices.Index(songs, oldest)] { // it goes before them
		p.served++
		p.total++
	}
}

// byTurns orders by rounds. Each round has one song of every owner, and the owner who has waited longest for a turn
// comes first. A guest who has just added a first song stands behind all who wait already, and liked fallback songs
// stand behind all guests.
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
