package ratelimit

import (
	"context"
	"time"
)

// Take takes n tokens and returns 0 if the bucket has any, even if it has fewer: then it is in debt. Otherwise it takes
// none and returns how long to wait until it has one. It records this in the Uses of ctx, if there are any.
func (b *Bucket) Take(ctx context.Context, n int) (wait time.Duration) {
	now := time.Now()
	if wait = b.debtAt(now); wait == 0 {
		b.remove(now, n)
	}
	b.note(ctx, now, n, wait == 0)
	return wait
}

// Charge takes n tokens for something that is already done, even if the bucket has fewer. The debt never exceeds the
// burst. Charge records this in the Uses of ctx, if there are any.
func (b *Bucket) Charge(ctx context.Context, n int) {
	now := time.Now()
	b.remove(now, n)
	b.note(ctx, now, n, true)
}

// Debt returns how long to wait until the bucket has a token, or 0 if it has one.
func (b *Bucket) Debt() time.Duration { return b.debtAt(time.Now()) }

// IsHalfFull reports whether the bucket has at least half of its burst.
func (b *Bucket) IsHalfFull() bool { return b.tokens.Tokens() >= float64(b.rate.Burst)/2 }

func (b *Bucket) debtAt(now time.Time) time.Duration {
	if b.tokens.TokensAt(now) >= 1 {
		return 0
	}
	return max(b.untilNext(now), time.Millisecond)
}

// remove takes n tokens, or fewer if the debt would otherwise exceed the burst.
func (b *Bucket) remove(now time.Time, n int) {
	most := int(b.tokens.TokensAt(now)) + b.rate.Burst
	b.tokens.ReserveN(now, min(n, most, b.rate.Burst))
}

func (b *Bucket) note(ctx context.Context, now time.Time, n int, allowed bool) {
	if uses := UsesFrom(ctx); uses != nil {
		uses.addBucket(b, now, n, allowed)
	}
}
