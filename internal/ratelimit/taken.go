package ratelimit

import (
	"context"
	"sync"
	"time"
)

// taken collects the buckets from which one operation took tokens, once for each token.
type taken struct {
	mu      sync.Mutex
	buckets []*Bucket
}

type takenKey struct{}

// WithGiveBack returns a context that records the tokens that Bucket.Allow takes, so that GiveBack can return them.
func WithGiveBack(ctx context.Context) context.Context {
	return context.WithValue(ctx, takenKey{}, &taken{})
}

// GiveBack returns the recorded tokens of a context of WithGiveBack to their buckets, for an operation that failed
// through no fault of its client. A second call returns nothing more.
func GiveBack(ctx context.Context) {
	all, ok := ctx.Value(takenKey{}).(*taken)
	if !ok {
		return
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	for _, bucket := range all.buckets {
		bucket.tokens.AllowN(time.Now(), -1) // a full bucket stays full
	}
	all.buckets = nil
}

// noteTaken records that a token of a bucket was taken, if ctx is one of WithGiveBack.
func noteTaken(ctx context.Context, b *Bucket) {
	if all, ok := ctx.Value(takenKey{}).(*taken); ok {
		all.mu.Lock()
		defer all.mu.Unlock()
		all.buckets = append(all.buckets, b)
	}
}
