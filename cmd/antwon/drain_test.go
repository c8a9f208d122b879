package main_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	main "antwon.dj/backend/cmd/antwon"
)

// Requests that are running when the server stops get two seconds, even if a subscription does not end in time. The
// server does not take longer to stop than it may.
func TestRequestsHaveTimeToFinishWhenSubscriptionsHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const within = 7 * time.Second
		hangs := func(ctx context.Context) error {
			<-ctx.Done()
			return nil
		}
		takes := func(d time.Duration) func(context.Context) error {
			return func(ctx context.Context) error {
				select {
				case <-time.After(d):
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		}
		if err := main.DrainBoth(t.Context(), within, hangs, takes(1900*time.Millisecond)); err != nil {
			t.Errorf("a request was cut off: %v", err)
		}
		began := time.Now()
		err := main.DrainBoth(t.Context(), within, hangs, hangs)
		if took := time.Since(began); took != within || err != nil {
			t.Errorf("stopping took %v, want %v: %v", took, within, err)
		}
		if err := main.DrainBoth(t.Context(), within, takes(0), takes(6*time.Second)); err != nil {
			t.Errorf("requests do not get the time that subscriptions left: %v", err)
		}
		err = main.DrainBoth(t.Context(), within, hangs, takes(time.Minute))
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a request that hangs: %v", err)
		}
	})
}
