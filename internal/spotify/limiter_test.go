package spotify

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
)

// middle is a random source that always returns the middle of the range.
func middle(n int64) int64 { return n / 2 }

// spend records n requests as sent now.
func (l *limiter) spend(n int) {
	for range n {
		l.budget.sent = append(l.budget.sent, time.Now())
	}
}

func TestBudgetIsRollingWindow(t *testing.T) {
	start := time.Now()
	b := budget{limit: 3, sent: []time.Time{start, start.Add(10 * time.Second), start.Add(20 * time.Second)}}
	for _, tt := range []struct {
		after       time.Duration
		left        int
		opens, more time.Duration // for one, and for two
	}{
		{20 * time.Second, 0, 30 * time.Second, 40 * time.Second},
		{30*time.Second - 1, 0, 30 * time.Second, 40 * time.Second},
		{30 * time.Second, 1, 30 * time.Second, 40 * time.Second},
		{45 * time.Second, 2, 45 * time.Second, 45 * time.Second},
		{time.Minute, 3, time.Minute, time.Minute},
	} {
		now := start.Add(tt.after)
		if left := b.left(now); left != tt.left {
			t.Errorf("after %v: %d left, want %d", tt.after, left, tt.left)
		}
		if got := b.availableAt(now, 0).Sub(start); got != tt.opens {
			t.Errorf("after %v: opens for one after %v, want %v", tt.after, got, tt.opens)
		}
		if got := b.availableAt(now, 1).Sub(start); got != tt.more {
			t.Errorf("after %v: opens for two after %v, want %v", tt.after, got, tt.more)
		}
	}
}

// TestLowerPrioritiesLeaveReserve: of 60 requests in 30 s, searches get at most 40, and polling at most 54.
func TestLowerPrioritiesLeaveReserve(t *testing.T) {
	for p, want := range map[priority]int{control: 60, polling: 54, search: 40} {
		synctest.Test(t, func(t *testing.T) {
			l, ctx := newLimiter(60, middle), t.Context()
			for i := range want {
				if refused := l.wait(ctx, p, flow{hostID: strconv.Itoa(i)}); refused != nil {
					t.Fatal(refused)
				}
			}
			refused := l.wait(ctx, p, flow{})
			if refused == nil || refused.kind != playback.CoolingDown || refused.retryAfter != budgetSpan {
				t.Errorf("%s: after %d: %+v", p, want, refused)
			}
			if p != control {
				if refused := l.wait(ctx, control, flow{}); refused != nil {
					t.Errorf("the players: %v", refused)
				}
			}
		})
	}
}

// TestHigherPrioritiesAreAdmittedFirst: ten requests become available one by one from the 30th second on. Control takes
// each of them; polling leaves one available, and searches leave three.
func TestHigherPrioritiesAreAdmittedFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, start := newLimiter(10, middle), time.Now()
		for range 10 {
			l.spend(1)
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(28 * time.Second)
		var mu sync.Mutex
		var all sync.WaitGroup
		at := make(map[priority][]time.Duration)
		for _, p := range []priority{search, polling, polling, control, control} {
			all.Go(func() {
				if refused := l.wait(t.Context(), p, flow{}); refused != nil {
					t.Errorf("%s: %v", p, refused)
				}
				mu.Lock()
				defer mu.Unlock()
				at[p] = append(at[p], time.Since(start)-30*time.Second)
			})
		}
		all.Wait()
		for p, want := range map[priority][]time.Duration{control: {0, 100}, polling: {300, 400}, search: {700}} {
			for i := range want {
				want[i] *= time.Millisecond
			}
			if !slices.Equal(at[p], want) {
				t.Errorf("%s: went at %v, want %v", p, at[p], want)
			}
		}
	})
}

func TestSearchWaitsAtMostTwoSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(3, middle)
		l.spend(3)
		start := time.Now()
		refused := l.wait(t.Context(), search, flow{})
		if refused == nil || refused.kind != playback.CoolingDown || refused.retryAfter != 30*time.Second ||
			time.Since(start) > 2*time.Second {
			t.Errorf("got %+v after %v", refused, time.Since(start))
		}
		time.Sleep(28 * time.Second)
		if refused := l.wait(t.Context(), search, flow{}); refused != nil || time.Since(start) != 30*time.Second {
			t.Errorf("two seconds before there is room: %v after %v", refused, time.Since(start))
		}
	})
}

// TestRequestThatCannotBeAdmittedInTimeFailsAtOnce: the next available request belongs to a waiter that came earlier or
// has a higher priority.
func TestRequestThatCannotBeAdmittedInTimeFailsAtOnce(t *testing.T) {
	for _, p := range []priority{control, polling} {
		synctest.Test(t, func(t *testing.T) {
			l := newLimiter(1, middle)
			l.spend(1)
			time.Sleep(25 * time.Second)
			var all sync.WaitGroup
			all.Go(func() {
				if refused := l.wait(t.Context(), control, flow{}); refused != nil {
					t.Error(refused)
				}
			})
			synctest.Wait()
			start := time.Now()
			if refused := l.wait(t.Context(), p, flow{}); refused == nil || refused.kind != playback.CoolingDown ||
				!start.Equal(time.Now()) {
				t.Errorf("%s got %v after %v", p, refused, time.Since(start))
			}
			all.Wait()
		})
	}
}

func TestCanceledWaiterFreesItsSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, start := newLimiter(2, middle), time.Now()
		l.spend(1)
		time.Sleep(3 * time.Second)
		l.spend(1)
		time.Sleep(23 * time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		var first *failure
		var all sync.WaitGroup
		all.Go(func() { first = l.wait(ctx, control, flow{}) })
		synctest.Wait()
		all.Go(func() {
			if refused := l.wait(t.Context(), polling, flow{}); refused != nil || time.Since(start) != 30*time.Second {
				t.Errorf("got %v after %v", refused, time.Since(start))
			}
		})
		synctest.Wait()
		time.Sleep(time.Second)
		cancel()
		all.Wait()
		if !errors.Is(first, context.Canceled) {
			t.Errorf("the canceled waiter got %v", first)
		}
	})
}

func TestServersShareTheBudget(t *testing.T) {
	l := newLimiter(60, middle)
	for n, want := range map[int]int{0: 60, 1: 60, 2: 30, 7: 8, 100: 1} {
		if l.divideBudget(n); l.budget.left(time.Now()) != want {
			t.Errorf("%d servers: %d each, want %d", n, l.budget.left(time.Now()), want)
		}
	}
	if refused := l.wait(t.Context(), search, flow{}); refused != nil {
		t.Errorf("with a budget of one a search gets %v", refused)
	}
}

func TestPauseRejectsAllRequestsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(2, middle)
		l.spend(2)
		time.Sleep(25 * time.Second)
		var waited *failure
		var all sync.WaitGroup
		all.Go(func() { waited = l.wait(t.Context(), control, flow{}) })
		synctest.Wait()
		f := &failure{status: 429, kind: playback.CoolingDown, healthReason: party.ReasonQuota, retryAfter: defaultRetryAfter}
		start := time.Now()
		l.startPause(f)
		all.Wait()
		for name, refused := range map[string]*failure{
			"waiter": waited, "new request": l.wait(t.Context(), control, flow{}), "checkPause": l.checkPause(),
			"the failure of 429": f,
		} {
			if refused == nil || refused.kind != playback.CoolingDown || refused.healthReason != party.ReasonQuota ||
				refused.retryAfter != quotaPauseMin {
				t.Errorf("%s got %+v", name, refused)
			}
		}
		if time.Since(start) != 0 {
			t.Errorf("it took %v", time.Since(start))
		}
		time.Sleep(quotaPauseMin)
		if refused := cmp.Or(l.checkPause(), l.wait(t.Context(), search, flow{})); refused != nil {
			t.Errorf("after the pause: %v", refused)
		}
	})
}

// TestLimiterKeepsBudgetAndOrder simulates random arrivals. No 30 s contain more requests than the budget, and no
// request is admitted while one of a higher priority, or an earlier one of the same priority, waits.
func TestLimiterKeepsBudgetAndOrder(t *testing.T) {
	for seed := range uint64(50) {
		synctest.Test(t, func(t *testing.T) { checkLimiter(t, seed) })
	}
}

func checkLimiter(t *testing.T, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 0))
	l := newLimiter(1+random.IntN(70), random.Int64N)
	now, sent := time.Now(), []time.Time{}
	for range 400 {
		now = now.Add(time.Duration(random.Int64N(int64(2 * time.Second))))
		p := priority(random.IntN(priorityCount))
		l.waiting[p] = append(l.waiting[p],
			&waiter{deadline: now.Add(time.Duration(random.Int64N(int64(time.Minute)))), result: make(chan *failure, 1)})
		before := l.waiting
		for p := range before {
			before[p] = slices.Clone(before[p])
		}
		l.dispatch(now)
		waits := false
		for p := range before {
			for _, w := range before[p] {
				select {
				case refused := <-w.result:
					if refused == nil {
						sent = append(sent, now)
					}
					if refused == nil && waits {
						t.Fatalf("seed %d: a request of priority %s was admitted out of order", seed, priority(p))
					}
				default:
					waits = true
				}
			}
		}
		since := func(at time.Time) bool { return now.Sub(at) < budgetSpan }
		if first := slices.IndexFunc(sent, since); first >= 0 && len(sent)-first > l.budget.limit {
			t.Fatalf("seed %d: %d requests in 30 s, the budget is %d", seed, len(sent)-first, l.budget.limit)
		}
	}
}

func TestPauseIsExtendedAfter429(t *testing.T) {
	start := time.Now()
	rate := func(wait time.Duration) *failure { return &failure{kind: playback.CoolingDown, retryAfter: wait} }
	quota := func(wait time.Duration) *failure {
		return &failure{kind: playback.CoolingDown, healthReason: party.ReasonQuota, retryAfter: wait}
	}
	type answer struct {
		after   time.Duration // since the one before
		failure *failure
		left    time.Duration // of the pause, then
		why     party.HealthReason
	}
	const m = time.Minute
	for name, answers := range map[string][]answer{
		"a burst": {{0, rate(37 * time.Second), 37 * time.Second, ""}},
		"a shorter one does not end a longer one": {{0, rate(m), m, ""},
			{time.Second, rate(time.Second), m - time.Second, ""}},
		"nor one for the quota": {{0, quota(defaultRetryAfter), 10 * m, party.ReasonQuota},
			{m, rate(m), 9 * m, party.ReasonQuota}},
		"one burst after another does not grow": {{0, rate(m), m, ""}, {m, rate(m), m, ""}, {m, rate(m), m, ""}},
		"the quota": {
			{0, quota(defaultRetryAfter), 10 * m, party.ReasonQuota},
			{10 * m, quota(defaultRetryAfter), 19 * m, party.ReasonQuota},
			{19 * m, quota(defaultRetryAfter), 39 * m, party.ReasonQuota},
			{39 * m, quota(defaultRetryAfter), 59 * m, party.ReasonQuota},
			{59 * m, quota(defaultRetryAfter), 59 * m, party.ReasonQuota},
		},
		"the quota, much later": {
			{0, quota(defaultRetryAfter), 10 * m, party.ReasonQuota},
			{71 * m, quota(defaultRetryAfter), 10 * m, party.ReasonQuota},
		},
		"answers to what was sent before": {
			{0, quota(defaultRetryAfter), 10 * m, party.ReasonQuota}, {m, quota(defaultRetryAfter), 10 * m, party.ReasonQuota},
			{10 * m, quota(defaultRetryAfter), 19 * m, party.ReasonQuota},
		},
		"Spotify says when": {{0, quota(24 * time.Hour), 24 * time.Hour, party.ReasonQuota}},
		"Spotify says soon": {{0, quota(3 * m), 10 * m, party.ReasonQuota}},
	} {
		var p pause
		now := start
		if p.remaining(now) > 0 {
			t.Errorf("begins with a pause")
		}
		for i, a := range answers {
			now = now.Add(a.after)
			p = p.extended(a.failure, now, middle)
			if p.remaining(now) != a.left || p.healthReason != a.why {
				t.Errorf("%s: after answer %d %v are left for %q, want %v", name, i+1, p.remaining(now), p.healthReason, a.left)
			}
		}
	}
}
