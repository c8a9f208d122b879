// Package ratelimit limits how often something may be done, by key, with token buckets in bounded memory.
//
// A Limiter holds one bucket per key. When there are too many, it forgets the bucket that was used least recently; a
// forgotten key starts again with a full bucket. Buckets are local to the process: each of several servers allows the
// full rate.
package ratelimit

import (
	"math"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// Rate is how often something may be done. PerSecond must be positive.
type Rate struct {
	Burst     int     // at once
	PerSecond float64 // on average
}

// Limiter limits rates by key. It is safe for concurrent use.
type Limiter struct {
	buckets *lru.Cache[string, *rate.Limiter]
}

// New returns a Limiter that remembers at most this many keys. It panics unless keys is positive.
func New(keys int) *Limiter {
	buckets, err := lru.New[string, *rate.Limiter](keys)
	if err != nil {
		panic(err) // only for a size that is not positive
	}
	return &Limiter{buckets}
}

// Allow takes a token from the bucket of a key and returns 0. If the bucket is empty, it takes none and returns how
// long to wait for the next token, at least a millisecond. A key must always be used with the same rate.
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
