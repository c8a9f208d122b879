package spotify

import (
	"context"
	"slices"
	"time"

	"antwon.dj/backend/internal/account"
)

// shareFactor bounds what one room may use of the searches' budget: shareFactor requests for each one that is left.
// With 3 a single busy room uses three quarters, and a room that has not searched yet gets some of the rest.
const shareFactor = 3

// flow names the room and the user for whom a search is sent. A host has one open room at a time, so the host's id
// stands for the room. An empty userID means that no user asked.
type flow struct{ hostID, userID string }

// flowOf returns the flow of a call for a host's room that the viewer of ctx asked for.
func flowOf(ctx context.Context, hostID string) flow {
	viewer, err := account.OptionalViewer(ctx)
	if err != nil || viewer == nil {
		return flow{hostID: hostID}
	}
	return flow{hostID, viewer.UserID}
}

// shares divides the searches' part of the budget fairly: by room, and within a room by user. The more of the window a
// room has used, the more it has to leave to others. This is the dynamic threshold of A. K. Choudhury and E. L. Hahne
// (IEEE/ACM Transactions on Networking, 1998), which needs to know neither which rooms will search nor how many.
type shares struct {
	sent   []sentSearch // within the last budgetSpan, oldest first
	byRoom map[string]int
	byUser map[flow]int
}

type sentSearch struct {
	at   time.Time
	from flow
}

func newShares() *shares { return &shares{byRoom: map[string]int{}, byUser: map[flow]int{}} }

func (s *shares) record(now time.Time, from flow) {
	s.sent = append(s.sent, sentSearch{now, from})
	s.byRoom[from.hostID]++
	s.byUser[from]++
}

// expire forgets the searches that have left the window.
func (s *shares) expire(now time.Time) {
	for len(s.sent) > 0 && now.Sub(s.sent[0].at) >= budgetSpan {
		from := s.sent[0].from
		s.sent = s.sent[1:]
		if s.byRoom[from.hostID]--; s.byRoom[from.hostID] == 0 {
			delete(s.byRoom, from.hostID)
		}
		if s.byUser[from]--; s.byUser[from] == 0 {
			delete(s.byUser, from)
		}
	}
}

// permits reports whether one more search may be sent. left is how many requests the budget has left for searches,
// byRoom and byUser are how many searches of the window were the room's and the user's. Because these are added, one
// user gets at most four fifths of their room's share, and the room's other users get the rest.
func permits(left, byRoom, byUser int) bool { return byRoom+byUser < shareFactor*left }

// availableAt returns the earliest time at which a flow may send a search if no others are sent: now, if it may now.
// left is how many requests the budget has left for searches, and sent has the times of all requests of the window.
func (s *shares) availableAt(now time.Time, from flow, left int, sent []time.Time) time.Time {
	byRoom, byUser, next := s.byRoom[from.hostID], s.byUser[from], 0
	if permits(left, byRoom, byUser) {
		return now
	}
	for _, at := range sent {
		for left++; next < len(s.sent) && !s.sent[next].at.After(at); next++ {
			if s.sent[next].from.hostID == from.hostID {
				byRoom--
			}
			if s.sent[next].from == from {
				byUser--
			}
		}
		if permits(left, byRoom, byUser) {
			return at.Add(budgetSpan)
		}
	}
	return now.Add(budgetSpan)
}

// order sorts waiters: those whose room has used least come first, within a room those whose user has used least, and
// otherwise those that came first. It counts the waiters that it has sorted already as if they had been sent.
func (s *shares) order(waiting []*waiter) {
	byRoom, byUser := map[string]int{}, map[flow]int{}
	less := func(a, b *waiter) bool {
		usedA, usedB := s.byRoom[a.from.hostID]+byRoom[a.from.hostID], s.byRoom[b.from.hostID]+byRoom[b.from.hostID]
		if usedA != usedB {
			return usedA < usedB
		}
		return s.byUser[a.from]+byUser[a.from] < s.byUser[b.from]+byUser[b.from]
	}
	for i := range waiting {
		first := i
		for j := i + 1; j < len(waiting); j++ {
			if less(waiting[j], waiting[first]) {
				first = j
			}
		}
		w := waiting[first]
		copy(waiting[i+1:first+1], slices.Clone(waiting[i:first]))
		waiting[i] = w
		byRoom[w.from.hostID]++
		byUser[w.from]++
	}
}
