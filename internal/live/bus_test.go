package live_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/live"
)

func TestLocalBus(t *testing.T) {
	t.Run("every subscriber has been called when Publish returns", func(t *testing.T) {
		bus := live.NewLocalBus()
		var first, second []live.Hint
		bus.Subscribe(func(h live.Hint) { first = append(first, h) })
		bus.Subscribe(func(h live.Hint) { second = append(second, h) })
		bus.Publish(live.Hint{Topic: "a", Version: 1})
		if len(first) != 1 || len(second) != 1 || first[0].Topic != "a" || first[0].Version != 1 {
			t.Errorf("first got %v, second %v", first, second)
		}
	})

	t.Run("a cancelled subscriber is not called again, the others are", func(t *testing.T) {
		bus := live.NewLocalBus()
		var cancelled, other int
		cancel := bus.Subscribe(func(live.Hint) { cancelled++ })
		bus.Subscribe(func(live.Hint) { other++ })
		cancel()
		cancel()
		bus.Publish(live.Hint{})
		if cancelled != 0 || other != 1 {
			t.Errorf("the cancelled subscriber got %d calls, the other %d", cancelled, other)
		}
	})

	t.Run("cancel waits for a running call", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			bus := live.NewLocalBus()
			returned := false
			cancel := bus.Subscribe(func(live.Hint) { time.Sleep(time.Second); returned = true })
			go bus.Publish(live.Hint{})
			synctest.Wait()
			cancel()
			if !returned {
				t.Error("cancel returned during a call")
			}
		})
	})

	t.Run("a subscriber may publish and subscribe", func(t *testing.T) {
		bus := live.NewLocalBus()
		var late int
		bus.Subscribe(func(h live.Hint) {
			if h.Version == 1 {
				bus.Subscribe(func(live.Hint) { late++ })
				bus.Publish(live.Hint{Version: 2})
			}
		})
		bus.Publish(live.Hint{Version: 1})
		if late != 1 {
			t.Errorf("the late subscriber was called %d times, want once, for the second hint", late)
		}
	})

	t.Run("no call begins after cancel has returned, while others publish", func(t *testing.T) {
		bus := live.NewLocalBus()
		var publishers sync.WaitGroup
		for range 4 {
			publishers.Go(func() {
				for range 1000 {
					bus.Publish(live.Hint{})
				}
			})
		}
		for range 200 {
			var mu sync.Mutex
			cancelled := false
			cancel := bus.Subscribe(func(live.Hint) {
				mu.Lock()
				defer mu.Unlock()
				if cancelled {
					t.Error("called after cancel")
				}
			})
			cancel()
			mu.Lock()
			cancelled = true
			mu.Unlock()
		}
		publishers.Wait()
	})
}
