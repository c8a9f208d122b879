package party

import "slices"

// maxReorders is how many steps a state remembers together with the songs that moved in them.
const maxReorders = 64

// reorder is a step from one state to a newer one, with the songs that it moved past others although they themselves
// did not change. With turns and pins, a change of one song moves others.
type reorder struct {
	from, to int64
	ids      []string
}

// rememberOrder records the step from have to this state, unless the place of each song depends on its own row alone.
func (s *State) rememberOrder(have *State) {
	rows := s.orderedByRows() && have.orderedByRows() && s.awayVersion == have.awayVersion
	if s.settingsVersion != have.settingsVersion || rows {
		return
	}
	moved := movedAmong(have.Queue, s.Queue, have.Version)
	if len(moved) > 0 {
		s.QueueVersion = s.Version
	}
	if len(s.reorders) == maxReorders {
		s.ordersSince = s.reorders[0].to
		s.reorders = s.reorders[1:]
	}
	s.reorders = append(s.reorders, reorder{have.Version, s.Version, moved})
}

// rememberPlaces sets the placeVersion of the items that changed since have, the previous state or nil. An item of
// which only the likes changed keeps its placeVersion, if no song moved and the step skips no version: at a skipped
// version another server may have shown another order.
func (s *State) rememberPlaces(have *State) {
	stay := have != nil && s.Version == have.Version+1 && slices.EqualFunc(have.Queue, s.Queue, (*QueueItem).isSameItem)
	for i, item := range s.Queue {
		switch {
		case have != nil && item.Version <= have.Version: // it did not change, and is shared with have
		case stay && item.detailsVersion < item.Version:
			item.placeVersion = have.Queue[i].placeVersion
		default:
			item.placeVersion = item.Version
		}
	}
}

// orderedByRows reports whether the place of each song depends on its own row alone.
func (s *State) orderedByRows() bool {
	isPinned := func(item *QueueItem) bool { return item.Pin != nil }
	return s.Settings.OrderMode == OrderLikes && len(s.awayUsers()) == 0 && !slices.ContainsFunc(s.Queue, isPinned)
}

// movedAmong returns the smallest set of items whose moving explains the new order, considering only items that did not
// change after the version since.
func movedAmong(before, after []*QueueItem, since int64) (moved []string) {
	places := make(map[string]int, len(before))
	for place, item := range before {
		places[item.ID] = place
	}
	var kept []*QueueItem
	var old []int
	for _, item := range after {
		if place, known := places[item.ID]; known && item.Version <= since {
			kept, old = append(kept, item), append(old, place)
		}
	}
	if slices.IsSorted(old) {
		return nil
	}
	stays := longestIncreasing(old)
	for i, item := range kept {
		if !stays[i] {
			moved = append(moved, item.ID)
		}
	}
	return moved
}

// longestIncreasing marks the members of a longest increasing subsequence of distinct numbers.
func longestIncreasing(numbers []int) (in []bool) {
	var tails []int // for each length, the index of the smallest number that ends an increasing subsequence of it
	before := make([]int, len(numbers))
	for i, n := range numbers {
		length, _ := slices.BinarySearchFunc(tails, n, func(tail, n int) int { return numbers[tail] - n })
		before[i] = -1
		if length > 0 {
			before[i] = tails[length-1]
		}
		tails = append(tails[:length], append([]int{i}, tails[min(length+1, len(tails)):]...)...)
	}
	in = make([]bool, len(numbers))
	if len(tails) == 0 {
		return in
	}
	for i := tails[len(tails)-1]; i >= 0; i = before[i] {
		in[i] = true
	}
	return in
}

// movedSince returns the songs that moved after the version since although they did not change. known is false if that
// is unknown: the state no longer remembers it, or a step skips versions. Another server may have shown other orders at
// the skipped versions, and its client may ask here now.
func (s *State) movedSince(since int64) (ids map[string]bool, known bool) {
	if since < s.ordersSince {
		return nil, false
	}
	ids = map[string]bool{}
	for _, step := range s.reorders {
		if step.to <= since {
			continue
		}
		if step.to > step.from+1 {
			return nil, false
		}
		for _, id := range step.ids {
			ids[id] = true
		}
	}
	return ids, true
}
