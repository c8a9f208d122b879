package scenarios_test

import (
	"cmp"
	"slices"

	"antwon.dj/backend/internal/party"
)

// canPlay reports whether a song waits, is not held and has no pin.
func canPlay(item *party.QueueItem) bool {
	return item.State == party.Queued && item.Refusal == nil && item.Pin == nil
}

// checkOrder checks that the room's order mode did not require another song to be committed before this one.
func (k *checker) checkOrder(item *party.QueueItem, before, now *party.State) {
	if item.Pin != nil {
		return
	}
	others := slices.DeleteFunc(
		slices.Clone(before.Queue), func(o *party.QueueItem) bool { return o.ID == item.ID || !canPlay(o) },
	)
	switch now.Settings.OrderMode {
	case party.OrderLikes:
		k.checkLikes(item, others, now)
	case party.OrderTurns:
		k.checkTurns(item, others)
	case party.OrderFair:
		k.checkFair(item, others)
	}
}

// checkLikes checks that no other song has more likes.
func (k *checker) checkLikes(item *party.QueueItem, others []*party.QueueItem, now *party.State) {
	for _, other := range others {
		at := slices.IndexFunc(now.Queue, func(o *party.QueueItem) bool { return o.ID == other.ID })
		if at >= 0 && canPlay(now.Queue[at]) && min(other.LikeCount, now.Queue[at].LikeCount) > item.LikeCount {
			k.t.Errorf(
				"%s is committed with %d likes, and %s waits with %d", item.Song.Name, item.LikeCount, other.Song.Name,
				other.LikeCount,
			)
		}
	}
}

// checkTurns checks that, between two songs of one guest, every other guest who has a song waiting all that time has a
// turn.
func (k *checker) checkTurns(item *party.QueueItem, others []*party.QueueItem) {
	mine := k.guest(item.AddedBy.User.ID)
	for _, other := range others {
		theirs := k.guest(other.AddedBy.User.ID)
		if theirs != mine && theirs.waits != "" && theirs.waitsSince < mine.lastTurn {
			k.t.Errorf("%s has another turn, while %s still waits for one", item.AddedBy.DisplayName, other.AddedBy.DisplayName)
		}
	}
}

// checkFair checks that a guest's oldest song goes first if it was passed over too often.
func (k *checker) checkFair(item *party.QueueItem, others []*party.QueueItem) {
	waiting := append(others, item)
	oldest := oldestOfEach(waiting)
	limit := max(10, 2*len(oldest))
	for _, o := range waiting {
		if oldest[o.AddedBy.User.ID] == o.ID && o.ID != item.ID && k.passedOver(o) >= limit && (k.passedOver(
			item,
		) < limit || item.Age > o.Age) {
			k.t.Errorf("%s is committed, and %s was passed over %d times", item.Song.Name, o.Song.Name, k.passedOver(o))
		}
	}
}

// passedOver returns how many younger songs have started before this one.
func (k *checker) passedOver(item *party.QueueItem) (n int) {
	for _, start := range k.starts {
		if start.ID == item.ID {
			break
		}
		if start.Age > item.Age {
			n++
		}
	}
	return n
}

// recordWaits records since which state each guest's oldest song has been waiting.
func (k *checker) recordWaits(state *party.State) {
	oldest := oldestOfEach(slices.DeleteFunc(
		slices.Clone(state.Queue), func(i *party.QueueItem) bool { return !canPlay(i) },
	))
	for id := range oldest {
		k.guest(id)
	}
	for id, guest := range k.guests {
		if now := oldest[id]; now != guest.waits {
			guest.waits, guest.waitsSince = now, k.seen
		}
	}
}

// oldestOfEach returns the id of each guest's oldest song.
func oldestOfEach(items []*party.QueueItem) map[string]string {
	oldest := map[string]string{}
	for _, item := range slices.Backward(slices.SortedFunc(
		slices.Values(items), func(a, b *party.QueueItem) int { return cmp.Compare(a.Age, b.Age) },
	)) {
		oldest[item.AddedBy.User.ID] = item.ID
	}
	return oldest
}
