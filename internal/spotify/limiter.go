package spotify

import (
	"context"
	"slices"
	"sync"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
)

// priority says who goes first when requests are scarce.
type priority int

const (
	control    priority = iota // what a host or the driver wants of a player, and what verifies it
	watcher                    // looking at players, fallback music
	search                     // the catalogue
	priorities = iota
)

func (p priority) String() string { return [priorities]string{"control", "watcher", "search"}[p] }

const (
	// budgetSpan is the window in which Spotify counts (Web API documentation, "Rate limits"). The number that it allows is
	// not published.
	budgetSpan = 30 * time.Second
	// searchPatience is how long a guest's search waits for its turn.
	searchPatience = 2 * time.Second
)

// budget is how many requests may be sent within any budgetSpan, and when the last were sent.
type budget struct {
	most int
	sent []time.Time // within the last budgetSpan, oldest first
}

// left is how many requests may be sent now.
func (b *budget) left(now time.Time) int {
	for len(b.sent) > 0 && now.Sub(b.sent[0]) >= budgetSpan {
		b.sent = b.sent[1:]
	}
	return b.most - len(b.sent)
}

// reserve is what a priority leaves to the higher ones: of 60 requests, searches leave 20 and watchers 6.
func (b *budget) reserve(p priority) int {
	switch p {
	case watcher:
		return b.most / 10
	case search:
		return b.most / 3
	}
	return 0
}

// opens is when more than spare requests will be left: not after now if they are.
func (b *budget) opens(now time.Time, spare int) time.Time {
	missing := spare + 1 - b.left(now)
	switch {
	case missing <= 0:
		return now
	case missing > len(b.sent):
		return now.Add(budgetSpan)
	}
	return b.sent[missing-1].Add(budgetSpan)
}

// limiter is what every request to the Web API passes. It keeps to the budget, lets the higher priorities go first and each
// in its order, and lets nobody go during a pause.
type limiter struct {
	random random

	mu      sync.Mutex
	whole   int // the budget of all servers together
	budget  budget
	pause   pause
	waiting [priorities][]*waiter
	timer   *time.Timer // runs while somebody waits
}

// waiter is somebody who waits to send one request.
type waiter struct {
	deadline time.Time     // when it is too late
	wake     time.Time     // when the turn may come
	told     chan *failure // once: nil to go, or why not
}

func newLimiter(most int, random random) *limiter {
	l := &limiter{random: random, whole: most, budget: budget{most: most}}
	l.timer = time.AfterFunc(time.Hour, l.tick)
	l.timer.Stop()
	return l
}

func (l *limiter) tick() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.serve(time.Now())
}

// share divides the budget among n servers.
func (l *limiter) share(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.budget.most = max(1, l.whole/max(1, n))
	l.serve(time.Now())
}

// wait returns nil when a request may be sent, and a failure as soon as it is certain that it may not in time.
func (l *limiter) wait(ctx context.Context, p priority) *failure {
	w := &waiter{deadline: patience(ctx, p), told: make(chan *failure, 1)}
	l.join(p, w)
	select {
	case refused := <-w.told:
		return refused
	case <-ctx.Done():
		return l.leave(p, w, ctx.Err())
	}
}

// patience is until when somebody waits.
func patience(ctx context.Context, p priority) time.Time {
	most := callTimeout
	if p == search {
		most = searchPatience
	}
	end := time.Now().Add(most)
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(end) {
		return deadline
	}
	return end
}

func (l *limiter) join(p priority, w *waiter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting[p] = append(l.waiting[p], w)
	l.serve(time.Now())
}

func (l *limiter) leave(p priority, w *waiter, why error) *failure {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting[p] = slices.DeleteFunc(l.waiting[p], func(other *waiter) bool { return other == w })
	return &failure{kind: playback.CoolingDown, message: "not asked", retryAfter: max(0, time.Until(w.wake)), err: why}
}

// serve tells those whose turn has come, and those for whom it would come too late, and sees to it that it is called again
// when the next turn comes.
func (l *limiter) serve(now time.Time) {
	l.timer.Stop()
	ahead := 0
	for p := range l.waiting {
		l.waiting[p] = slices.DeleteFunc(l.waiting[p], func(w *waiter) bool {
			w.wake = l.budget.opens(now, l.budget.reserve(priority(p))+ahead)
			switch {
			case l.pause.left(now) > 0:
				w.told <- l.pause.refusal(now)
			case !w.wake.After(now):
				l.budget.sent = append(l.budget.sent, now)
				w.told <- nil
			case w.wake.After(w.deadline):
				w.told <- refusal(w.wake.Sub(now), "")
			default:
				if ahead++; ahead == 1 { // nobody's turn comes before this one's
					l.timer.Reset(w.wake.Sub(now))
				}
				return false
			}
			return true
		})
	}
}

// refusal says that nothing was sent.
func refusal(wait time.Duration, why party.HealthReason) *failure {
	return &failure{kind: playback.CoolingDown, why: why, message: "not asked: too many requests", retryAfter: wait}
}

func (p pause) refusal(now time.Time) *failure { return refusal(p.left(now), p.why) }

// paused returns a failure while there is a pause.
func (l *limiter) paused() *failure {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := time.Now(); l.pause.left(now) > 0 {
		return l.pause.refusal(now)
	}
	return nil
}

// cool begins a pause, or makes it longer, after an answer of 429. The failure learns how long it lasts.
func (l *limiter) cool(f *failure) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	l.pause = l.pause.after(f, now, l.random)
	f.retryAfter = l.pause.left(now)
	l.serve(now)
}
