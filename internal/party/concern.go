package party

import "slices"

// maxConcerns bounds how many changes a state remembers with whom they concern. Whoever comes back with an older version
// than the oldest of them is told rather than forgotten.
const maxConcerns = 64

// Affected tells to which users a step from one state to a newer one means something in particular.
type Affected struct {
	Users     []string // sorted, each once
	Everybody bool     // or it is not known
}

// concern is a step from one state to a newer one that meant something to somebody in particular, or to all.
type concern struct {
	version int64 // of the newer state
	users   []string
	all     bool
}

// Concerned returns the newest version at which something concerned this user as far as the state remembers: what they
// liked, added, or own at the head of the queue may be different from before, or whatever concerns everybody. It is never
// older than the last thing that did, and may be newer. It speaks of the states that were made one after the other, as a
// feed makes them: what came and went between two of them concerned nobody who saw only these.
func (s *State) Concerned(userID string) int64 {
	for _, c := range slices.Backward(s.concerns) {
		if c.all {
			return c.version
		}
		if _, found := slices.BinarySearch(c.users, userID); found {
			return c.version
		}
	}
	return s.concernsSince
}

// rememberConcerns adds whom the step from have, the state before or nil, to this state concerns: whom the hints named, and
// whose song stands or stood first.
func (s *State) rememberConcerns(have *State, affected Affected) {
	if have == nil {
		s.concernsSince = s.Version
		return
	}
	s.concerns, s.concernsSince = slices.Clip(have.concerns), have.concernsSince
	users := affected.Users
	if affected.Everybody || s.concernsEverybody(have) {
		s.addConcern(concern{version: s.Version, all: true})
		return
	}
	if users = s.addFirst(have, users); len(users) > 0 {
		s.addConcern(concern{version: s.Version, users: users})
	}
}

func (s *State) concernsEverybody(have *State) bool {
	return s.Status != have.Status || !same(s.Committed(), have.Committed()) || !same(s.NowPlaying, have.NowPlaying)
}

// addFirst adds those whose songs stand and stood first, where that changed. The users stay sorted, each once.
func (s *State) addFirst(have *State, users []string) []string {
	first, before := head(s.Queue), head(have.Queue)
	if same(first, before) {
		return users
	}
	users = slices.Clone(users)
	for _, item := range []*QueueItem{first, before} {
		if item != nil && item.AddedBy != nil {
			users = append(users, item.AddedBy.ID)
		}
	}
	slices.Sort(users)
	return slices.Compact(users)
}

// addConcern forgets the oldest where there are too many. Nothing that have shares is altered.
func (s *State) addConcern(c concern) {
	if len(s.concerns) == maxConcerns {
		s.concernsSince = s.concerns[0].version
		s.concerns = s.concerns[1:]
	}
	s.concerns = append(s.concerns, c)
}

func head(queue []*QueueItem) *QueueItem {
	if len(queue) == 0 {
		return nil
	}
	return queue[0]
}

// same says that both are the same item, or that there is neither.
func same(a, b *QueueItem) bool { return a.is(b) || a == nil && b == nil }
