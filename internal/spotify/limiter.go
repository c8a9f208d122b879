package spotify

import (
	"context"
	"slices"
	"sync"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
)

// priority orders requests when the budget is scarce. A lower number goes first.
type priority int

const (
	control       priority = iota // commands to players, and requests that verify them
	polling                       // reading the state of players, fallback songs
	search                        // the catalogue
	priorityCount = iota
)

// String returns the priority's name, as it is used in metrics.
func (p priority) String() string { return [priorityCount]string{"control", "polling", "search"}[p] }

const (
	// budgetSpan is the length of Spotify's rolling window (Web API documentation, "Rate limits"). How many requests
	// Spotify allows in it is not published.
	budgetSpan = 30 * time.Second
	// maxSearchWait is how long a request of the search priority waits for the limiter.
	maxSearchWait = 2 * time.Second
)

// budget counts the requests of a rolling window of budgetSpan.
type budget struct {
	limit int         // how many requests the window allows
	sent  []time.Time // times of the requests within the last budgetSpan, oldest first
}

// left returns how many requests may be sent now.
func (b *budget) left(now time.Time) int {
	for len(b.sent) > 0 && now.Sub(b.sent[0]) >= budgetSpan {
		b.sent = b.sent[1:]
	}
	return b.limit - len(b.sent)
}

// reserve returns how many requests a priority leaves to the higher ones: of 60 requests, searches leave 20 and polling
// leaves 6.
func (b *budget) reserve(p priority) int {
	switch p {
	case polling:
		return b.limit / 10
	case search:
		return b.limit / 3
	}
	return 0
}

// availableAt returns the earliest time at which more than spare requests are left if no others are sent: now, if they
// are left already.
func (b *budget) availableAt(now time.Time, spare int) time.Time {
	missing := spare + 1 - b.left(now)
	switch {
	case missing <= 0:
		return now
	case missing > len(b.sent):
		return now.Add(budgetSpan)
	}
	return b.sent[missing-1].Add(budgetSpan)
}

// limiter admits requests to the Web API. It keeps to the budget, admits higher priorities first, requests of the same
// priority in the order in which they came, and searches in fair shares; and it admits none during a pause. It is safe
// for concurrent use.
type limiter struct {
	random random

	mu         sync.Mutex
	totalLimit int // the budget of all servers together
	budget     budget
	shares     *shares // of the searches
	pause      pause
	waiting    [priorityCount][]*waiter
	timer      *time.Timer // runs while a request waits
}

// waiter is a request that waits to be admitted.
type waiter struct {
	from     flow
	deadline time.Time     // the latest time at which the request is of use
	readyAt  time.Time     // when it can be admitted, as of the last dispatch
	result   chan *failure // receives one value: nil if the request is admitted, else why not
}

func newLimiter(most int, random random) *limiter {
	l := &limiter{random: random, totalLimit: most, budget: budget{limit: most}, shares: newShares()}
	l.timer = time.AfterFunc(time.Hour, l.onTimer)
	l.timer.Stop()
	return l
}

func (l *limiter) onTimer() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dispatch(time.Now())
}

// divideBudget divides the budget among n servers.
func (l *limiter) divideBudget(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.budget.limit = max(1, l.totalLimit/max(1, n))
	l.dispatch(time.Now())
}

// wait blocks until a request for a flow may be sent, and then returns nil. It returns a failure as soon as it is
// certain that the request cannot be admitted in time, or when ctx ends.
func (l *limiter) wait(ctx context.Context, p priority, from flow) *failure {
	w := &waiter{from: from, deadline: waitDeadline(ctx, p), result: make(chan *failure, 1)}
	l.enqueue(p, w)
	select {
	case refused := <-w.result:
		return refused
	case <-ctx.Done():
		return l.cancel(p, w, ctx.Err())
	}
}

// waitDeadline returns until when a request waits to be admitted: maxSearchWait from now for a search, callTimeout for
// others, or until its context ends if that is earlier.
func waitDeadline(ctx context.Context, p priority) time.Time {
	most := callTimeout
	if p == search {
		most = maxSearchWait
	}
	end := time.Now().Add(most)
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(end) {
		return deadline
	}
	return end
}

func (l *limiter) enqueue(p priority, w *waiter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting[p] = append(l.waiting[p], w)
	l.dispatch(time.Now())
}

// cancel removes a waiter whose context has ended, and returns its failure.
func (l *limiter) cancel(p priority, w *waiter, why error) *failure {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting[p] = slices.DeleteFunc(l.waiting[p], func(other *waiter) bool { return other == w })
	return &failure{kind: playback.CoolingDown, message: "not sent", retryAfter: max(0, time.Until(w.readyAt)), err: why}
}

// dispatch admits the waiters whose time has come, rejects those that would be admitted too late, and sets the timer to
// call it again at the next admission. The caller holds the lock.
func (l *limiter) dispatch(now time.Time) {
	l.timer.Stop()
	l.shares.expire(now)
	l.shares.order(l.waiting[search])
	ahead, next := 0, time.Time{}
	for p := range l.waiting {
		l.waiting[p] = slices.DeleteFunc(l.waiting[p], func(w *waiter) bool {
			inBudget := l.budget.availableAt(now, l.budget.reserve(priority(p))+ahead)
			w.readyAt = inBudget
			if priority(p) == search {
				w.readyAt = latest(inBudget, l.shareAvailableAt(now, w.from))
			}
			switch {
			case l.pause.remaining(now) > 0:
				w.result <- l.pause.failure(now)
			case !w.readyAt.After(now):
				l.admit(now, priority(p), w)
			case w.readyAt.After(w.deadline):
				w.result <- tooLate(w.readyAt.Sub(now), w.readyAt.After(inBudget))
			default:
				if w.readyAt.Equal(inBudget) { // those behind it have to leave it a request
					ahead++
				}
				if next.IsZero() || w.readyAt.Before(next) {
					next = w.readyAt
				}
				return false
			}
			return true
		})
	}
	if !next.IsZero() {
		l.timer.Reset(next.Sub(now))
	}
}

// admit lets a request be sent now.
func (l *limiter) admit(now time.Time, p priority, w *waiter) {
	l.budget.sent = append(l.budget.sent, now)
	if p == search {
		l.shares.record(now, w.from)
	}
	w.result <- nil
}

// shareAvailableAt returns when a flow's share permits its next search.
func (l *limiter) shareAvailableAt(now time.Time, from flow) time.Time {
	return l.shares.availableAt(now, from, l.budget.left(now)-l.budget.reserve(search), l.budget.sent)
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// tooLate returns the failure of a request that cannot be admitted in time, because all rooms together send too many
// requests or, if beyondShare, because its own room or user does.
func tooLate(wait time.Duration, beyondShare bool) *failure {
	f := coolingDown(wait, "")
	f.beyondShare = beyondShare
	return f
}

// coolingDown returns the failure of a request that the limiter did not send.
func coolingDown(wait time.Duration, why party.HealthReason) *failure {
	const message = "not sent: too many requests"
	return &failure{kind: playback.CoolingDown, healthReason: why, message: message, retryAfter: wait}
}

// failure returns the failure of a request during the pause.
func (p pause) failure(now time.Time) *failure { return coolingDown(p.remaining(now), p.healthReason) }

// checkPause returns a failure during a pause, else nil.
func (l *limiter) checkPause() *failure {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := time.Now(); l.pause.remaining(now) > 0 {
		return l.pause.failure(now)
	}
	return nil
}

// startPause starts or extends the pause after a response of 429, and sets the failure's retryAfter to the time that
// remains.
func (l *limiter) startPause(f *failure) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	l.pause = l.pause.extended(f, now, l.random)
	f.retryAfter = l.pause.remaining(now)
	l.dispatch(now)
}
