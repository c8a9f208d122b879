package sim

import (
	"time"
)

// The windows of Spotify's two limits. That of the rate limit is documented ("Rate limits": a rolling window of 30
// seconds), that of the quota is not.
const (
	rateWindow  = 30 * time.Second
	quotaWindow = 24 * time.Hour
)

// limiter counts the requests of a rolling window.
type limiter struct{ allowed []time.Time }

// allow reports whether a request is within the limit for the window, and counts it if it is. Otherwise it returns how
// long to wait. A limit of 0 or less allows everything.
func (l *limiter) allow(now time.Time, limit int, window time.Duration) (wait time.Duration, ok bool) {
	if limit <= 0 {
		l.allowed = nil
		return 0, true
	}
	for len(l.allowed) > 0 && !now.Before(l.allowed[0].Add(window)) {
		l.allowed = l.allowed[1:]
	}
	if len(l.allowed) >= limit {
		return l.allowed[len(l.allowed)-limit].Add(window).Sub(now), false
	}
	l.allowed = append(l.allowed, now)
	return 0, true
}

// checkLimits returns an error if a request exceeds the quota or the rate limit. The caller holds the lock.
func (s *Spotify) checkLimits(now time.Time) error {
	app := s.state.App
	if _, ok := s.quota.allow(now, app.Quota, quotaWindow); !ok {
		return apiError{Status: 429, Message: "Too many requests", Reason: "QUOTA_EXCEEDED"}
	}
	wait, ok := s.rate.allow(now, app.Limit, rateWindow)
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
