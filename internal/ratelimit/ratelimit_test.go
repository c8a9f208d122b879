package ratelimit_test

import (
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/ratelimit"
)

func TestBurstIsAllowedAndThenTheRateApplies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limiter, rate := ratelimit.New(10), ratelimit.Rate{Burst: 3, PerSecond: 2}
		for range 3 {
			if wait := limiter.Allow(t.Context(), "ana", rate); wait != 0 {
				t.Fatalf("a burst waits %s", wait)
			}
		}
		wait := limiter.Allow(t.Context(), "ana", rate)
		if wait != 500*time.Millisecond {
			t.Fatalf("wait %s, want 500ms", wait)
		}
		if limiter.Allow(t.Context(), "ben", rate) != 0 {
			t.Error("another key waits")
		}
		time.Sleep(wait)
		if limiter.Allow(t.Context(), "ana", rate) != 0 {
			t.Error("refused after the wait that was named")
		}
	})
}

func TestLeastRecentlyUsedKeyIsEvicted(t *testing.T) {
	limiter, rate := ratelimit.New(2), ratelimit.Rate{Burst: 1, PerSecond: 0.001}
	for _, key := range []string{"ana", "ben", "cem"} {
		if limiter.Allow(t.Context(), key, rate) != 0 {
			t.Fatalf("%s waits", key)
		}
	}
	if limiter.Allow(t.Context(), "ana", rate) != 0 {
		t.Error("ana was not forgotten")
	}
	if limiter.Allow(t.Context(), "cem", rate) == 0 {
		t.Error("cem was forgotten")
	}
}
