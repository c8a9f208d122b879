// Package ratelimit counts how often something is done, by key, with token buckets in bounded memory.
//
// A Limiter holds one bucket per key. The buckets that were used least recently are forgotten when there are too many; a
// forgotten key starts with a full bucket. Counts are this process's own: several servers each allow the full rate.
package ratelimit

import (
	"math"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// Rate is how often something may be done.
type Rate struct {
	Burst     int     // at once
	PerSecond float64 // on average
}

// Limiter counts by key. It is safe for concurrent use.
type Limiter struct {
	buckets *lru.Cache[string, *rate.Limiter]
}

// New returns a Limiter that remembers at most so many keys, which must be positive.
func New(keys int) *Limiter {
	buckets, err := lru.New[string, *rate.Limiter](keys)
	if err != nil {
		panic(err) // only for a size that is not positive
	}
	return &Limiter{buckets}
}

// Allow counts one use of a key and returns 0, or counts nothing and returns how long to wait, at least a millisecond. A key
// must always come with the same rate.
func (l *Limiter) Allow(key string, r Rate) (wait time.Duration) {
	bucket, ok := l.buckets.Get(key)
	if !ok {
		bucket = rate.NewLimiter(rate.Limit(r.PerSecond), r.Burst)
		if existing, found, _ := l.buckets.PeekOrAdd(key, bucket); found { // added by another goroutine just now
			bucket = existing
		}
	}
	now := time.Now()
	if bucket.AllowN(now, 1) {
		return 0
	}
	missing := 1 - bucket.TokensAt(now)
	wait = time.Duration(math.Ceil(missing/r.PerSecond*1000)) * time.Millisecond
	return max(wait, time.Millisecond)
}
