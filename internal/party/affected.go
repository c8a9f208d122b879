package party

import "slices"

// maxConcerns bounds how many changes a state remembers with whom they concern. Whoever comes back with an older version
// than the oldest of them is told rather than forgotten.
const maxAffectedSteps = 64

// Affected tells to which users a step from one state to a newer one means something in particular.
type Affected struct {
	Users     []string // sorted, each once
	Everybody bool     // or it is not known
}

// concern is a step from one state to a newer one that meant something to somebody in particular, or to all.
type affectedStep struct {
	version int64 // of the newer state
	users   []string
	all     bool
}

// Concerned returns the newest version at which something concerned this user as far as the state remembers: what they
// liked, added, or own at the head of the queue may be different from before, or whatever concerns everybody. It is never
// older than the last thing that did, and may be newer. It speaks of the states that were made one after the other, as a
// feed makes them: what came and went between two of them concerned nobody who saw only these.
func (s *State) AffectedSince(userID string) int64 {
	for _, c := range slices.Backward(s.affectedSteps) {
		if c.all {
			return c.version
		}
		if _, found := slices.BinarySearch(c.users, userID); found {
			return c.version
		}
	}
	return s.affectedSince
}

// rememberConcerns adds whom the step from have, the state before or nil, to this state concerns: whom the hints named, and
// whose song stands or stood first.
func (s *State) rememberAffected(have *State, affected Affected) {
	if have == nil {
		s.affectedSince = s.Version
		return
	}
	s.affectedSteps, s.affectedSince = slices.Clip(have.affectedSteps), have.affectedSince
	users := affected.Users
	if affected.Everybody || s.affectsEverybody(have) {
		s.addAffectedStep(affectedStep{version: s.Version, all: true})
		return
	}
	if users = s.addHeadOwners(have, users); len(users) > 0 {
		s.addAffectedStep(affectedStep{version: s.Version, users: users})
	}
}

func (s *State) affectsEverybody(have *State) bool {
	return s.Status != have.Status || !sameItem(s.Committed(), have.Committed()) || !sameItem(s.NowPlaying, have.NowPlaying)
}

// addFirst adds those whose songs stand and stood first, where that changed. The users stay sorted, each once.
func (s *State) addHeadOwners(have *State, users []string) []string {
	first, before := firstItem(s.Queue), firstItem(have.Queue)
	if sameItem(first, before) {
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
func (s *State) addAffectedStep(c affectedStep) {
	if len(s.affectedSteps) == maxAffectedSteps {
		s.affectedSince = s.affectedSteps[0].version
		s.affectedSteps = s.affectedSteps[1:]
	}
	s.affectedSteps = append(s.affectedSteps, c)
}

func firstItem(queue []*QueueItem) *QueueItem {
	if len(queue) == 0 {
		return nil
	}
	return queue[0]
}

// same says that both are the same item, or that there is neither.
func sameItem(a, b *QueueItem) bool { return a.isSameItem(b) || a == nil && b == nil }
