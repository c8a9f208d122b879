package sim

import (
	"time"
)

// The windows of Spotify's two limits. The first is documented ("Rate limits": a rolling window of 30 seconds); the
// quota's is not.
const (
	rateWindow  = 30 * time.Second
	quotaWindow = 24 * time.Hour
)

// limiter remembers the requests of a rolling window.
type limiter struct{ passed []time.Time }

// pass lets a request through if fewer than most did within the window; else it says how long to wait.
func (l *limiter) pass(now time.Time, most int, window time.Duration) (wait time.Duration, ok bool) {
	if most <= 0 {
		l.passed = nil
		return 0, true
	}
	for len(l.passed) > 0 && !now.Before(l.passed[0].Add(window)) {
		l.passed = l.passed[1:]
	}
	if len(l.passed) >= most {
		return l.passed[len(l.passed)-most].Add(window).Sub(now), false
	}
	l.passed = append(l.passed, now)
	return 0, true
}

// limited refuses a request that is too many. The caller holds the lock.
func (s *Spotify) limited(now time.Time) error {
	app := s.state.App
	if _, ok := s.quota.pass(now, app.Quota, quotaWindow); !ok {
		return apiError{Status: 429, Message: "Too many requests", Reason: "QUOTA_EXCEEDED"}
	}
	wait, ok := s.rate.pass(now, app.Limit, rateWindow)
	if ok {
		return nil
	}
	if app.RetryAfter > 0 {
		wait = app.RetryAfter
	}
	if app.LimitJSON {
		return apiError{Status: 429, Message: "API rate limit exceeded", retryAfter: wait}
	}
	return apiError{Status: 429, Message: "Too many requests", text: true, retryAfter: wait}
}
