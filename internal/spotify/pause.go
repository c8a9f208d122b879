package spotify

import (
	"time"

	"antwon.dj/backend/internal/party"
)

const (
	// quotaPauseMin and quotaPauseMax bound the pause after the app's quota was used up. Spotify publishes neither the
	// quota's size nor its period.
	quotaPauseMin = 10 * time.Minute
	quotaPauseMax = time.Hour
)

// random returns a number from 0 to n-1.
type random func(n int64) int64

// pause is a time in which no requests are sent, as Spotify demanded with a 429. Its limits are those of the app, so a
// pause applies to all hosts.
type pause struct {
	until         time.Time
	healthReason  party.HealthReason
	quotaPauses   int       // consecutive pauses because of the quota
	quotaPauseEnd time.Time // end of the last of them
}

// remaining returns how much of the pause is left. It is 0 or negative when there is none.
func (p pause) remaining(now time.Time) time.Duration { return p.until.Sub(now) }

// extended returns the pause after another response of 429. It never ends earlier than before. Pauses because of the
// quota double each time, from quotaPauseMin to quotaPauseMax.
func (p pause) extended(f *failure, now time.Time, random random) pause {
	wait := f.retryAfter
	if f.healthReason == party.ReasonQuota {
		if !now.Before(p.quotaPauseEnd) { // otherwise the request was sent before this pause began
			p = p.countQuotaPause(now)
		}
		wait = max(wait, min(quotaPauseMin<<min(p.quotaPauses-1, 10), quotaPauseMax)-p.jitter(random))
		p.quotaPauseEnd = now.Add(wait)
	}
	if end := now.Add(wait); end.After(p.until) {
		p.until, p.healthReason = end, f.healthReason
	}
	return p
}

// countQuotaPause counts consecutive pauses because of the quota. A pause that begins more than quotaPauseMax after the
// end of the last one is the first of a new series.
func (p pause) countQuotaPause(now time.Time) pause {
	if now.Sub(p.quotaPauseEnd) > quotaPauseMax {
		p.quotaPauses = 0
	}
	p.quotaPauses++
	return p
}

// jitter returns by how much to shorten a pause, so that servers that were refused together do not retry together. The
// first pause of a series has none.
func (p pause) jitter(random random) time.Duration {
	if p.quotaPauses < 2 {
		return 0
	}
	return time.Duration(random(int64(quotaPauseMin / 5)))
}
