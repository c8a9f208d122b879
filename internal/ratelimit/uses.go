package ratelimit

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"
)

// Use is how much of one limit an operation used, as clients see it.
type Use struct {
	Name      string `json:"name"`
	Requested int    `json:"requested"` // by the operation, including what was refused
	Limit     int    `json:"limit"`     // the most that can be used at once
	Remaining int    `json:"remaining"` // of the limit, after the operation
	// ResetAt is when the whole limit remains again, if nothing more is used. Zero for a limit that applies to each
	// operation separately.
	ResetAt time.Time `json:"resetAt,omitzero"`
}

// NewUse returns the use of a limit that applies to each operation separately.
func NewUse(name string, requested, limit int) Use {
	return Use{Name: name, Requested: requested, Limit: limit, Remaining: max(0, limit-requested)}
}

// Uses collects what one operation uses of its limits. Nothing is added to a nil Uses. It is safe for concurrent use.
type Uses struct {
	mu      sync.Mutex
	list    []Use
	buckets []*Bucket // of the entries of list; nil for a limit without one
}

type usesKey struct{}

// WithUses returns a context that collects what is used in it.
func WithUses(ctx context.Context) context.Context {
	return context.WithValue(ctx, usesKey{}, &Uses{list: []Use{}})
}

// UsesFrom returns what a context has collected, or nil if it collects nothing.
func UsesFrom(ctx context.Context) *Uses {
	uses, _ := ctx.Value(usesKey{}).(*Uses)
	return uses
}

// Add adds uses of limits that have no bucket.
func (u *Uses) Add(uses ...Use) {
	if u == nil {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.list = append(u.list, uses...)
	u.buckets = append(u.buckets, make([]*Bucket, len(uses))...)
}

// List returns a copy of the uses, in the order in which their limits were first used.
func (u *Uses) List() []Use {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.list)
}

// addBucket records a request for n tokens of a bucket. The number of tokens in a shared bucket would reveal what
// others do, so that bucket is recorded only after a refusal, which reveals it anyway.
func (u *Uses) addBucket(b *Bucket, now time.Time, n int, allowed bool) {
	if b.rate.Shared && allowed {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	at := slices.Index(u.buckets, b)
	if at < 0 {
		at = len(u.list)
		u.list = append(u.list, Use{Name: b.rate.Name, Limit: b.rate.Burst})
		u.buckets = append(u.buckets, b)
	}
	left := b.tokens.TokensAt(now)
	missing := time.Duration(math.Ceil((float64(b.rate.Burst)-left)/b.rate.PerSecond*1000)) * time.Millisecond
	use := &u.list[at]
	use.Requested += n
	use.Remaining, use.ResetAt = max(0, int(left)), now.Add(missing).Truncate(time.Millisecond).UTC()
}
