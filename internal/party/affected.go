package party

import "slices"

// maxAffectedSteps bounds how many steps a state remembers together with the users they affected. A user who returns
// with an older version than the oldest step is treated as affected: one message too many is better than one too few.
const maxAffectedSteps = 64

// Affected says which users a step from one state to a newer one affects: those who see something change
// that others do not see.
type Affected struct {
	Users     []string // sorted, without duplicates
	Everybody bool     // all users are affected, or it is unknown which ones
	OnlyLikes bool     // the step is known to consist of likes and unlikes only, and of no other change of the room
}

// affectedStep is a step from one state to a newer one that affected some users, or all of them.
type affectedStep struct {
	version int64 // of the newer state
	users   []string
	all     bool
}

// AffectedSince returns the newest version at which a change affected this user, as far as the state remembers. A
// change affects a user if it is about something they liked or added, if their song becomes or ceases to be the head of
// the queue, or if it affects everybody. The result is never older than the last such change, and may be newer.
//
// It describes the sequence of states that a feed builds, one after the other. What appeared and disappeared between
// two of them affected nobody who saw only those states.
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

// rememberAffected records which users are affected by the step to this state from have, the previous state or nil:
// those that the hints named, and the owners of the songs at the head of the queue before and after, if the head
// changed.
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

// affectsEverybody reports whether the step from have changed what every member sees: the room's status, the committed
// song or the song that plays.
func (s *State) affectsEverybody(have *State) bool {
	return s.Status != have.Status || !sameItem(s.Committed(), have.Committed()) ||
		!sameItem(s.NowPlaying, have.NowPlaying)
}

// addHeadOwners adds the owners of the songs that are and were at the head of the queue, if the head changed. The
// result stays sorted and without duplicates.
func (s *State) addHeadOwners(have *State, users []string) []string {
	first, before := firstItem(s.Queue), firstItem(have.Queue)
	if sameItem(first, before) {
		return users
	}
	users = slices.Clone(users)
	for _, item := range []*QueueItem{first, before} {
		if item != nil && item.AddedBy != nil {
			users = append(users, item.AddedBy.User.ID)
		}
	}
	slices.Sort(users)
	return slices.Compact(users)
}

// addAffectedStep appends a step, and drops the oldest one when there are too many. It does not alter the slice that
// the previous state shares.
func (s *State) addAffectedStep(c affectedStep) {
	if len(s.affectedSteps) == maxAffectedSteps {
		s.affectedSince = s.affectedSteps[0].version
		s.affectedSteps = s.affectedSteps[1:]
	}
	s.affectedSteps = append(s.affectedSteps, c)
}

// firstItem returns the head of the queue, or nil if the queue is empty.
func firstItem(queue []*QueueItem) *QueueItem {
	if len(queue) == 0 {
		return nil
	}
	return queue[0]
}

// sameItem reports whether a and b are the same item, or both nil.
func sameItem(a, b *QueueItem) bool { return a.isSameItem(b) || a == nil && b == nil }
