package ratelimit_test

import (
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/ratelimit"
)

var budget = ratelimit.Rate{Name: "cost", Burst: 100, PerSecond: 10}

func TestBudgetIsSpentIntoDebtWhichIsPaidFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := ratelimit.New(10).Bucket("ana", budget)
		if wait := bucket.Take(t.Context(), 70); wait != 0 {
			t.Fatalf("the first waits %s", wait)
		}
		bucket.Charge(t.Context(), 60) // what it was found to cost
		if wait := bucket.Debt(); wait != 3100*time.Millisecond {
			t.Errorf("a debt of 30 has to be paid for %s, want 3.1s until something is left", wait)
		}
		if wait := bucket.Take(t.Context(), 1); wait != 3100*time.Millisecond {
			t.Errorf("the next waits %s, want 3.1s", wait)
		}
		time.Sleep(3100 * time.Millisecond)
		if wait := bucket.Take(t.Context(), 50); wait != 0 || bucket.Debt() != 5*time.Second {
			t.Errorf("after that it waits %s, and leaves a debt of %s", wait, bucket.Debt())
		}
	})
}

func TestDebtIsAtMostABurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := ratelimit.New(10).Bucket("ana", budget)
		for range 10 {
			bucket.Charge(t.Context(), 1000)
		}
		if wait := bucket.Debt(); wait != 10100*time.Millisecond {
			t.Errorf("the debt takes %s, want 10.1s", wait)
		}
		if bucket.IsHalfFull() {
			t.Error("a bucket in debt is half full")
		}
		time.Sleep(15 * time.Second)
		if !bucket.IsHalfFull() || bucket.Debt() != 0 {
			t.Errorf("after 15 s the debt takes %s", bucket.Debt())
		}
	})
}

func TestUsesHaveAllThatWasCharged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := ratelimit.New(10).Bucket("ana", budget)
		ctx := ratelimit.WithUses(t.Context())
		bucket.Take(ctx, 50)
		bucket.Charge(ctx, 70)
		want := ratelimit.Use{Name: "cost", Requested: 120, Limit: 100, ResetAt: time.Now().Add(12 * time.Second).UTC()}
		if got := ratelimit.UsesFrom(ctx).List(); len(got) != 1 || got[0] != want {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	})
}
