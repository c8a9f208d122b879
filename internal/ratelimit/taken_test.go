package ratelimit_test

import (
	"testing"

	"antwon.dj/backend/internal/ratelimit"
)

func TestWhatAnOperationTookIsGivenBackOnce(t *testing.T) {
	limiter, rate := ratelimit.New(10), ratelimit.Rate{Burst: 3, PerSecond: 0.001}
	left := func() (n int) {
		for limiter.Allow(t.Context(), "ana", rate) == 0 {
			n++
		}
		return n
	}
	limiter.Allow(t.Context(), "ana", rate)
	failed := ratelimit.WithGiveBack(t.Context())
	limiter.Allow(failed, "ana", rate)
	limiter.Allow(failed, "ana", rate)
	if wait := limiter.Allow(failed, "ana", rate); wait == 0 {
		t.Error("a fourth token was there")
	}
	ratelimit.GiveBack(failed)
	ratelimit.GiveBack(failed)
	if n := left(); n != 2 {
		t.Errorf("%d tokens are left, want the 2 that were taken", n)
	}

	full := ratelimit.WithGiveBack(t.Context())
	limiter.Allow(full, "ben", rate)
	for range 10 {
		ratelimit.GiveBack(full)
	}
	ratelimit.GiveBack(t.Context()) // nothing was collected
	for range 3 {
		if limiter.Allow(t.Context(), "ben", rate) > 0 {
			t.Error("ben has fewer tokens than at first")
		}
	}
	if limiter.Allow(t.Context(), "ben", rate) == 0 {
		t.Error("ben has more tokens than at first")
	}
}
