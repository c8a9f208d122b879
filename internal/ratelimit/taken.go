package ratelimit

import (
	"context"
	"sync"
	"time"
)

// taken collects the buckets from which one operation took a token, once for each.
type taken struct {
	mu      sync.Mutex
	buckets []*Bucket
}

type takenKey struct{}

// WithGiveBack returns a context whose tokens GiveBack can return.
func WithGiveBack(ctx context.Context) context.Context {
	return context.WithValue(ctx, takenKey{}, &taken{})
}

// GiveBack returns the tokens that were taken within a context of WithGiveBack, for an operation that failed through no
// fault of its client. A second call returns nothing more.
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

// noteTaken notes that a token of a bucket was taken, if ctx can give it back.
func noteTaken(ctx context.Context, b *Bucket) {
	if all, ok := ctx.Value(takenKey{}).(*taken); ok {
		all.mu.Lock()
		defer all.mu.Unlock()
		all.buckets = append(all.buckets, b)
	}
}
