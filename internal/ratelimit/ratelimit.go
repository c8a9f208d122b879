// Package ratelimit limits how often something may be done. It uses token buckets, and its memory is bounded. It can
// also record how much of each limit an operation has used.
//
// A Limiter has one bucket for each key, such as a user's id. A Fair limits clients whose user is unknown: it has
// buckets for their network, their browser and their connection.
//
// A Limiter that has too many buckets discards the least recently used one. If its key is used again, it gets a full
// bucket. There are two ways to use a bucket: Bucket.Allow takes one token for each operation; Bucket.Take and
// Bucket.Charge are for operations whose cost is known only afterwards.
//
// Buckets are local to the process: each of several servers allows the full rate.
package ratelimit

import (
	"context"
	"math"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// Rate is how often something may be done. PerSecond must be positive.
type Rate struct {
	Name      string  // what clients call the limit, see Use
	Burst     int     // at once
	PerSecond float64 // on average
	Shared    bool    // several clients share it and must not learn from it what the others do
}

// Bucket limits one rate for one key. It is safe for concurrent use.
type Bucket struct {
	rate   Rate
	tokens *rate.Limiter
}

// NewBucket returns a full bucket.
func NewBucket(r Rate) *Bucket {
	return &Bucket{rate: r, tokens: rate.NewLimiter(rate.Limit(r.PerSecond), r.Burst)}
}

// Allow takes a token from the bucket and returns 0. If the bucket is empty, it takes none and returns how long to wait
// for the next token, at least a millisecond. It records this in the Uses of ctx, if there are any.
func (b *Bucket) Allow(ctx context.Context) (wait time.Duration) {
	now := time.Now()
	if !b.tokens.AllowN(now, 1) {
		wait = max(b.untilNext(now), time.Millisecond)
	} else {
		noteTaken(ctx, b)
	}
	b.note(ctx, now, 1, wait == 0)
	return wait
}

// Wait returns how long to wait for a token, or 0 if there is one, and takes none.
func (b *Bucket) Wait() time.Duration { return b.untilNext(time.Now()) }

// untilNext returns how long after now the bucket has a token, in whole milliseconds.
func (b *Bucket) untilNext(now time.Time) time.Duration {
	missing := max(0, 1-b.tokens.TokensAt(now))
	return time.Duration(math.Ceil(missing/b.rate.PerSecond*1000)) * time.Millisecond
}

// Limiter limits rates by key. It is safe for concurrent use.
type Limiter struct {
	buckets *lru.Cache[string, *Bucket]
}

// New returns a Limiter that remembers at most this many keys. It panics unless keys is positive.
func New(keys int) *Limiter {
	buckets, err := lru.New[string, *Bucket](keys)
	if err != nil {
		panic(err) // only for a size that is not positive
	}
	return &Limiter{buckets}
}

// Allow is Bucket.Allow for the bucket of a key. A key must always be used with the same rate.
func (l *Limiter) Allow(ctx context.Context, key string, r Rate) (wait time.Duration) {
	return l.Bucket(key, r).Allow(ctx)
}

// Bucket returns the bucket of a key. A key must always be used with the same rate.
func (l *Limiter) Bucket(key string, r Rate) *Bucket {
	bucket, ok := l.buckets.Get(key)
	if !ok {
		bucket = NewBucket(r)
		if existing, found, _ := l.buckets.PeekOrAdd(key, bucket); found { // added by another goroutine just now
			bucket = existing
		}
	}
	return bucket
}
