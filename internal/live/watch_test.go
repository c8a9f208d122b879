package live_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/live"
)

func TestWatchReturnsTheFirstState(t *testing.T) {
	t.Run("returns a watcher that has the first state", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			if a.Latest().version != 1 {
				t.Errorf("Latest: %v", a.Latest())
			}
			w.wantNext(a, 1)
			w.wantQuiet(a, time.Hour)
		})
	})

	t.Run("concurrent calls share one load and one state", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.source.delay = time.Second
			var all sync.WaitGroup
			states := make([]*state, 10)
			for i := range states {
				all.Go(func() {
					if a, err := w.hub.Watch(t.Context(), "a"); err == nil {
						states[i] = a.Latest()
					}
				})
			}
			all.Wait()
			for _, s := range states {
				if s == nil || s != states[0] {
					t.Errorf("got %v and %v", states[0], s)
				}
			}
			w.wantLoads("a", 1)
		})
	})

	t.Run("an idle feed needs no load for another watcher", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.watch("a")
			w.source.err = errDown
			w.wantNext(w.watch("a"), 1)
			w.wantLoads("a", 1)
		})
	})
}

func TestWatchReturnsWhatWasHinted(t *testing.T) {
	t.Run("a new watcher sees what was hinted before, even during a pause", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.watch("a")
			w.change("a")
			w.change("a")
			w.wantNext(w.watch("a"), 3)
		})
	})

	t.Run("a new watcher sees what was hinted during a load that began too early", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.source.delay = time.Second
			go watch(t, w.hub, "a")
			synctest.Wait()
			w.change("a")
			w.wantNext(w.watch("a"), 2)
			w.wantLoads("a", 2)
		})
	})

	t.Run("a new watcher waits for no later load if the running one returns what was hinted", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.watch("a")
			time.Sleep(interval)
			w.source.set(func(s *source) { s.delay = time.Second })
			hint := w.source.commit("a")
			w.bus.Publish(hint)
			synctest.Wait() // the load runs and has read the new version
			w.bus.Publish(hint)
			w.wantNext(w.watch("a"), 2)
			w.wantLoads("a", 2)
		})
	})
}

func TestWatchReturnsTheErrorOfALoad(t *testing.T) {
	t.Run("returns the error of a feed that cannot load, and earlier watchers keep their state", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			w.wantNext(a, 1)
			w.source.set(func(s *source) { s.err = errDown })
			w.change("a")
			if _, err := w.hub.Watch(t.Context(), "a"); !errors.Is(err, errDown) {
				t.Errorf("Watch: %v, want %v", err, errDown)
			}
			if a.Latest().version != 1 || w.hub.WatcherCount() != 1 {
				t.Errorf("latest state %v, %d watchers", a.Latest(), w.hub.WatcherCount())
			}
		})
	})

	t.Run("a failed first load returns its error to all who wait for it, and the feed is removed", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.source.err, w.source.delay = errDown, time.Second
			var waiting sync.WaitGroup
			for i := range 6 {
				waiting.Go(func() {
					if _, err := w.hub.Watch(t.Context(), "a"); !errors.Is(err, errDown) {
						t.Errorf("Watch: %v, want %v", err, errDown)
					}
				})
				if i == 2 { // the others wait for the second load
					synctest.Wait()
					w.change("a")
				}
			}
			waiting.Wait()
			if w.hub.FeedCount() != 0 || w.hub.WatcherCount() != 0 {
				t.Errorf("%d feeds, %d watchers", w.hub.FeedCount(), w.hub.WatcherCount())
			}
			w.wantLoads("a", 1)
			w.source.set(func(s *source) { s.err = nil })
			w.wantNext(w.watch("a"), 2)
		})
	})

	t.Run("returns an error if the source returns no state", func(t *testing.T) {
		hub := live.NewHub(live.NewLocalBus(), stateless{}, live.Options{})
		defer hub.Close()
		if _, err := hub.Watch(t.Context(), "a"); err == nil {
			t.Error("Watch returned no error")
		}
	})
}

func TestContextOfWatchEndsOnlyTheWaiting(t *testing.T) {
	t.Run("its context ends only the waiting, neither the load nor the watcher", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.source.delay = time.Second
			short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			var other sync.WaitGroup
			other.Go(func() {
				synctest.Wait()
				if err := watch(t, w.hub, "a"); err != nil {
					t.Errorf("the other Watch: %v", err)
				}
			})
			if _, err := w.hub.Watch(short, "a"); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Watch: %v", err)
			}
			other.Wait()
			w.wantLoads("a", 1)

			short, cancel = context.WithCancel(t.Context())
			a, err := w.hub.Watch(short, "a")
			if err != nil {
				t.Fatal(err)
			}
			cancel()
			w.change("a")
			time.Sleep(2 * time.Second)
			w.wantNext(a, 2)
		})
	})
}

type stateless struct{}

func (stateless) Load(_ context.Context, _ string, have *state, _ live.AffectedUsers) (*state, error) {
	return have, nil
}

func (stateless) Versions(context.Context, []string) (map[string]int64, error) { return nil, nil }
