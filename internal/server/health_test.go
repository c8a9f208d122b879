package server_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/server"
)

func TestProbersShareOneCheckOfReadiness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		runs, down := 0, errors.New("down")
		check := server.Shared(func(ctx context.Context) error {
			runs++
			select {
			case <-time.After(time.Second):
				return down
			case <-ctx.Done():
				return ctx.Err()
			}
		}, 2*time.Second)
		var probing sync.WaitGroup
		for range 10 {
			probing.Go(func() {
				if err := check(t.Context()); !errors.Is(err, down) {
					t.Error(err)
				}
			})
		}
		probing.Wait()
		time.Sleep(time.Second)
		if err := check(t.Context()); runs != 1 || !errors.Is(err, down) {
			t.Errorf("%d runs, %v", runs, err)
		}

		time.Sleep(time.Second)
		leaving, leave := context.WithTimeout(t.Context(), time.Second/2)
		defer leave()
		probing.Go(func() { _ = check(leaving) }) // it leaves, and the answer is of use to the next one
		synctest.Wait()
		impatient, end := context.WithTimeout(t.Context(), time.Second/4)
		defer end()
		if err := check(impatient); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("while another one checks: %v", err)
		}
		probing.Wait()
		if err := check(t.Context()); runs != 2 || !errors.Is(err, down) {
			t.Errorf("%d runs, %v", runs, err)
		}
	})
}
