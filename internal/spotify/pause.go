package spotify

import (
	"time"

	"antwon.dj/backend/internal/party"
)

const (
	// quotaFirst and quotaMost are how long nothing is asked when the app's quota is used up. Spotify publishes neither its
	// size nor its period.
	quotaFirst = 10 * time.Minute
	quotaMost  = time.Hour
)

// random returns a number from 0 to n-1.
type random func(n int64) int64

// pause is how long Spotify wants no requests. Its limits are the app's, whichever host a request is made for.
type pause struct {
	until    time.Time
	why      party.HealthReason
	quotas   int       // pauses for the quota in a row
	quotaEnd time.Time // of the last of them
}

// left is how much of the pause remains; 0 or less: there is none.
func (p pause) left(now time.Time) time.Duration { return p.until.Sub(now) }

// after is the pause that an answer of 429 makes of this one. It never becomes shorter.
func (p pause) after(f *failure, now time.Time, random random) pause {
	wait := f.retryAfter
	if f.why == party.ReasonQuota {
		if !now.Before(p.quotaEnd) { // otherwise the answer belongs to the pause that lasts
			p = p.again(now)
		}
		wait = max(wait, min(quotaFirst<<min(p.quotas-1, 10), quotaMost)-p.jitter(random))
		p.quotaEnd = now.Add(wait)
	}
	if end := now.Add(wait); end.After(p.until) {
		p.until, p.why = end, f.why
	}
	return p
}

// again counts the pauses for the quota. One that comes an hour after the last is the first of new ones.
func (p pause) again(now time.Time) pause {
	if now.Sub(p.quotaEnd) > quotaMost {
		p.quotas = 0
	}
	p.quotas++
	return p
}

// jitter keeps servers apart that were refused together before.
func (p pause) jitter(random random) time.Duration {
	if p.quotas < 2 {
		return 0
	}
	return time.Duration(random(int64(quotaFirst / 5)))
}
