package ratelimit_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/ratelimit"
)

func TestUsesSayWhatRemainsAndWhenAllDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limiter, rate := ratelimit.New(10), ratelimit.Rate{Name: "like", Burst: 3, PerSecond: 2}
		limiter.Allow(t.Context(), "ana", rate)
		ctx := ratelimit.WithUses(t.Context())
		limiter.Allow(ctx, "ana", rate)
		limiter.Allow(ctx, "ben", rate)
		want := []ratelimit.Use{
			{Name: "like", Requested: 1, Limit: 3, Remaining: 1, ResetAt: time.Now().Add(time.Second).UTC()},
			{Name: "like", Requested: 1, Limit: 3, Remaining: 2, ResetAt: time.Now().Add(time.Second / 2).UTC()},
		}
		if got := ratelimit.UsesFrom(ctx).List(); !slices.Equal(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
		limiter.Allow(ctx, "ana", rate)
		limiter.Allow(ctx, "ana", rate) // refused
		want[0].Requested, want[0].Remaining = 3, 0
		want[0].ResetAt = time.Now().Add(3 * time.Second / 2).UTC()
		if got := ratelimit.UsesFrom(ctx).List(); !slices.Equal(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	})
}

func TestSharedLimitIsShownOnlyWhenItRefuses(t *testing.T) {
	limiter, rate := ratelimit.New(10), ratelimit.Rate{Name: "room", Burst: 1, PerSecond: 0.001, Shared: true}
	for want := range 2 {
		ctx := ratelimit.WithUses(t.Context())
		limiter.Allow(ctx, "PARTY", rate)
		if got := ratelimit.UsesFrom(ctx).List(); len(got) != want || want > 0 && got[0].Remaining != 0 {
			t.Errorf("use %d shows %+v", want+1, got)
		}
	}
}

func TestUncollectedUsesAllocateNothing(t *testing.T) {
	limiter, rate := ratelimit.New(10), ratelimit.Rate{Burst: 1 << 30, PerSecond: 1}
	limiter.Allow(t.Context(), "ana", rate)
	ctx := t.Context()
	if n := testing.AllocsPerRun(100, func() { limiter.Allow(ctx, "ana", rate) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
