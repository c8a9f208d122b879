package live_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/live"
)

func TestWatch(t *testing.T) {
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

	t.Run("returns an error if the source returns no state", func(t *testing.T) {
		hub := live.NewHub(live.NewLocalBus(), stateless{}, live.Options{})
		defer hub.Close()
		if _, err := hub.Watch(t.Context(), "a"); err == nil {
			t.Error("Watch returned no error")
		}
	})
}

type stateless struct{}

func (stateless) Load(_ context.Context, _ string, have *state, _ live.AffectedUsers) (*state, error) {
	return have, nil
}

func (stateless) Versions(context.Context, []string) (map[string]int64, error) { return nil, nil }

func TestHints(t *testing.T) {
	t.Run("a hint is loaded at once", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			w.wantNext(a, 1)
			time.Sleep(time.Second)
			w.change("a")
			if took := w.wantNext(a, 2); took != 0 {
				t.Errorf("the state took %v", took)
			}
		})
	})

	t.Run("a burst causes one load at once, and then one per interval", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			time.Sleep(time.Second)
			start := time.Now()
			for range 1000 {
				w.change("a")
				time.Sleep(time.Millisecond)
			}
			time.Sleep(interval)
			loads := w.source.loaded("a")[1:]
			if !loads[0].Equal(start) {
				t.Errorf("the first load came %v after the first hint", loads[0].Sub(start))
			}
			for i := range loads[1:] {
				if gap := loads[i+1].Sub(loads[i]); gap < interval {
					t.Errorf("two loads began within %v", gap)
				}
			}
			if len(loads) != 21 {
				t.Errorf("%d loads in a second, want one and 20", len(loads))
			}
			w.wantNext(a, 1001)
		})
	})

	t.Run("a burst at one moment causes at most two loads", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			time.Sleep(time.Second)
			for range 1000 {
				w.change("a")
			}
			time.Sleep(time.Second)
			w.wantNext(a, 1001)
			if n := len(w.source.loaded("a")); n > 3 {
				t.Errorf("%d loads, want at most 3 with the first", n)
			}
		})
	})

	t.Run("a hint that arrives during a load is loaded after it", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			w.wantNext(a, 1)
			time.Sleep(interval)
			w.source.set(func(s *source) { s.delay = time.Second })
			w.change("a")
			synctest.Wait()
			w.change("a")
			w.wantNext(a, 2)
			if took := w.wantNext(a, 3); took != interval+time.Second {
				t.Errorf("the state took %v", took)
			}
		})
	})

	t.Run("reordered hints that arrive during a load are loaded after it", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			w.wantNext(a, 1)
			time.Sleep(interval)
			w.source.set(func(s *source) { s.delay = time.Second })
			second := w.source.commit("a")
			w.bus.Publish(second)
			synctest.Wait()
			w.change("a")
			w.bus.Publish(second)
			w.wantNext(a, 2)
			if took := w.wantNext(a, 3); took != interval+time.Second {
				t.Errorf("the state took %v", took)
			}
		})
	})

	t.Run("old and duplicated hints load nothing", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			time.Sleep(time.Second)
			hint := w.source.commit("a")
			for range 3 {
				w.bus.Publish(hint)
				time.Sleep(time.Second)
				w.bus.Publish(live.Hint{Topic: "a", Version: 1})
			}
			w.wantNext(a, 2)
			w.wantLoads("a", 2)
		})
	})

	t.Run("a wrong hint causes one load and is forgotten", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			w.wantNext(a, 1)
			w.bus.Publish(live.Hint{Topic: "a", Version: 1000})
			w.wantNext(w.watch("a"), 1) // a new watcher waits for that load, not for that version
			w.wantQuiet(a, time.Hour)
			w.wantLoads("a", 2)
			w.change("a")
			w.wantNext(a, 2)
		})
	})

	t.Run("a topic without watchers is not loaded", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.change("a")
			time.Sleep(time.Minute)
			w.wantLoads("a", 0)
			if w.source.versionCalls != 0 {
				t.Error("the hub asked for the versions of no topics")
			}
		})
	})

	t.Run("a hint to the hub alone is loaded before Watch returns", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.watch("a")
			hint := w.source.commit("a")
			w.hub.Hint(hint)
			w.wantNext(w.watch("a"), hint.Version)
		})
	})
}

func TestLostHints(t *testing.T) {
	t.Run("are made up for within Reconcile", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			w.wantNext(a, 1)
			for version := range int64(20) {
				time.Sleep(rand.N(reconcile))
				w.source.commit("a")
				if took := w.wantNext(a, version+2); took > reconcile {
					t.Errorf("the state took %v", took)
				}
			}
		})
	})

	t.Run("one call asks for all topics, and only changed topics are loaded", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.watch("a")
			b := w.watch("b")
			w.wantNext(b, 1)
			w.source.commit("b")
			w.wantNext(b, 2)
			w.wantLoads("a", 1)
			w.wantLoads("b", 2)
			if w.source.versionCalls != 1 {
				t.Errorf("the versions were asked for %d times, want 1", w.source.versionCalls)
			}
		})
	})

	t.Run("are made up for when Versions works again, and its failure is logged once", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			w.wantNext(a, 1)
			w.source.set(func(s *source) { s.err = errDown })
			w.source.commit("a")
			w.wantQuiet(a, 10*reconcile)
			if n := strings.Count(w.log.String(), "level=WARN"); n != 1 {
				t.Errorf("%d warnings were logged, want 1:\n%s", n, w.log)
			}
			w.source.set(func(s *source) { s.err = nil })
			w.wantNext(a, 2)
		})
	})

	t.Run("a deleted topic keeps its last state", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			w.wantNext(a, 1)
			w.source.set(func(s *source) { delete(s.versions, "a") })
			w.wantQuiet(a, time.Hour)
			w.wantLoads("a", 1)
		})
	})
}

func TestReconcile(t *testing.T) {
	t.Run("finds a change at once", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			w.wantNext(a, 1)
			time.Sleep(time.Second)
			w.source.commit("a")
			w.hub.Reconcile()
			if took := w.wantNext(a, 2); took != 0 {
				t.Errorf("the state took %v", took)
			}
			w.source.commit("a") // this one is found at the usual time
			if took := w.wantNext(a, 3); took != reconcile {
				t.Errorf("the state took %v", took)
			}
		})
	})

	t.Run("answers all calls that are made before it asks with one question", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.watch("a")
			w.source.set(func(s *source) { s.versionsDelay = time.Second })
			w.hub.Reconcile()
			w.wantVersionCalls(1) // which is under way, and does not answer later calls
			for range 100 {
				w.hub.Reconcile()
			}
			w.wantVersionCalls(1)
			time.Sleep(time.Second)
			w.wantVersionCalls(2)
			time.Sleep(time.Second)
			w.wantVersionCalls(2)
		})
	})

	t.Run("never blocks, even if Versions hangs or the hub is closed", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.watch("a")
			w.source.set(func(s *source) { s.versionsDelay = time.Hour })
			start := time.Now()
			for range 3 {
				w.hub.Reconcile()
				synctest.Wait()
			}
			if took := time.Since(start); took != 0 {
				t.Errorf("Reconcile took %v", took)
			}
			w.hub.Close()
			w.hub.Reconcile()
			w.hub.Reconcile()
		})
	})
}

func TestNext(t *testing.T) {
	t.Run("a slow watcher skips to the newest version", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			slow, fast := w.watch("a"), w.watch("a")
			w.wantNext(slow, 1)
			w.wantNext(fast, 1)
			for version := int64(2); version <= 100; version++ {
				w.change("a")
				w.wantNext(fast, version)
			}
			w.wantNext(slow, 100)
			w.wantQuiet(slow, time.Minute)
		})
	})

	t.Run("Newest does not move the cursor, and its channel is closed by a newer state", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			s, replaced := a.Newest()
			if s.version != 1 || closed(replaced) {
				t.Errorf("newest %v, replaced %v", s, closed(replaced))
			}
			w.change("a")
			<-replaced
			if s, replaced = a.Newest(); s.version != 2 || closed(replaced) {
				t.Errorf("newest %v, replaced %v", s, closed(replaced))
			}
			w.wantNext(a, 2)
			if _, same := a.Newest(); same != replaced {
				t.Error("Newest returned another channel for the same state")
			}
		})
	})

	t.Run("Done is closed with the watcher, or with the hub", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a, b := w.watch("a"), w.watch("b")
			a.Close()
			if !closed(a.Done()) || closed(b.Done()) {
				t.Errorf("a closed: done %v, b: %v", closed(a.Done()), closed(b.Done()))
			}
			w.hub.Close()
			<-b.Done()
			if s, _ := b.Newest(); s.version != 1 {
				t.Errorf("after Close: got %v, want the last state", s)
			}
		})
	})

	t.Run("Latest does not move the cursor", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			if a.Latest().version != 1 {
				t.Errorf("Latest: %v", a.Latest())
			}
			w.wantNext(a, 1)
		})
	})

	t.Run("the version never decreases, whatever a load returns", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			for range 9 {
				w.change("a")
			}
			time.Sleep(time.Second)
			w.wantNext(a, 10)
			w.source.set(func(s *source) { s.lag = 5 })
			w.change("a")
			w.wantQuiet(a, reconcile/2)
			w.wantNext(w.watch("a"), 10)
			w.source.set(func(s *source) { s.lag = 0 })
			if took := w.wantNext(a, 11); took > reconcile {
				t.Errorf("the state took %v", took)
			}
		})
	})

	t.Run("closing one watcher does not affect the others", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			closing, other := w.watch("a"), w.watch("a")
			w.wantNext(other, 1)
			w.source.set(func(s *source) { s.delay = time.Second })
			w.change("a")
			synctest.Wait()
			closing.Close()
			closing.Close()
			w.wantNext(other, 2)
			if w.hub.WatcherCount() != 1 {
				t.Errorf("%d watchers, want 1", w.hub.WatcherCount())
			}
			if closing.Latest().version != 2 {
				t.Errorf("Latest after Close: %v", closing.Latest())
			}
		})
	})

	t.Run("returns ErrClosed when the watcher is closed, and ever after", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			w.wantNext(a, 1)
			time.AfterFunc(time.Second, a.Close)
			for range 2 {
				if _, err := a.Next(t.Context()); !errors.Is(err, live.ErrClosed) {
					t.Errorf("Next: %v", err)
				}
			}
		})
	})

	t.Run("an ended context delivers nothing, and loses nothing", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := a.Next(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("Next: %v", err)
			}
			w.wantNext(a, 1)
		})
	})
}

func TestSlowLoadDoesNotDelayOtherTopics(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		a, b := w.watch("a"), w.watch("b")
		w.wantNext(a, 1)
		w.wantNext(b, 1)
		time.Sleep(interval)
		w.source.set(func(s *source) { s.delay = time.Hour })
		w.change("a")
		synctest.Wait() // the load of a is running
		w.source.set(func(s *source) { s.delay = 0 })
		w.change("b")
		if took := w.wantNext(b, 2); took != 0 {
			t.Errorf("took %v", took)
		}
		if a.Latest().version != 1 || b.Latest().topic != "b" {
			t.Errorf("a: %v, b: %v", a.Latest(), b.Latest())
		}
	})
}

func TestFailingLoads(t *testing.T) {
	t.Run("are retried without another hint, and are logged once", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			w.wantNext(a, 1)
			w.source.set(func(s *source) { s.err = errDown })
			w.change("a")
			w.wantQuiet(a, time.Second)
			w.source.set(func(s *source) { s.err = nil })
			if took := w.wantNext(a, 2); took > 1600*time.Millisecond { // the longest that the fifth delay can be
				t.Errorf("the state took %v", took)
			}
			w.change("a")
			if took := w.wantNext(a, 3); took != interval {
				t.Errorf("the load after the failures took %v", took)
			}
			if n := strings.Count(w.log.String(), "loading failed"); n != 1 {
				t.Errorf("%d failures were logged, want 1:\n%s", n, w.log)
			}
			if !strings.Contains(w.log.String(), "loading works again") {
				t.Errorf("the end of the failure was not logged:\n%s", w.log)
			}
		})
	})

	t.Run("are retried with a growing delay, whatever is hinted meanwhile", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.watch("a")
			time.Sleep(time.Second)
			w.source.set(func(s *source) { s.err = errDown })
			for range 600 {
				w.change("a")
				time.Sleep(100 * time.Millisecond)
			}
			loads := w.source.loaded("a")[1:]
			first, last := loads[1].Sub(loads[0]), loads[len(loads)-1].Sub(loads[len(loads)-2])
			if first < 50*time.Millisecond || first > 100*time.Millisecond {
				t.Errorf("the first retry came after %v", first)
			}
			if last < 2500*time.Millisecond || last > 5*time.Second {
				t.Errorf("the last retry came after %v", last)
			}
			if len(loads) > 31 {
				t.Errorf("%d loads in a minute, want at most 31", len(loads))
			}
		})
	})

	t.Run("are reported to OnLoad like the others", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var took []time.Duration
			var errs []error
			src, bus := newSource(), live.NewLocalBus()
			src.delay = time.Second
			hub := live.NewHub(bus, src, live.Options{OnLoad: func(d time.Duration, err error) {
				took, errs = append(took, d), append(errs, err)
			}})
			defer hub.Close()
			if _, err := hub.Watch(t.Context(), "a"); err != nil {
				t.Fatal(err)
			}
			src.set(func(s *source) { s.err = errDown })
			if _, err := hub.Watch(t.Context(), "b"); !errors.Is(err, errDown) {
				t.Fatal(err)
			}
			if len(errs) != 2 || errs[0] != nil || !errors.Is(errs[1], errDown) || took[0] != time.Second {
				t.Errorf("OnLoad saw %v, %v", took, errs)
			}
		})
	})
}

func TestLinger(t *testing.T) {
	t.Run("a watcher that comes in time finds the feed", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			for range 5 {
				a := w.watch("a")
				w.wantNext(a, 1)
				a.Close()
				time.Sleep(linger - time.Nanosecond)
			}
			w.wantLoads("a", 1)
		})
	})

	t.Run("a feed without watchers is removed", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.watch("a").Close()
			time.Sleep(linger)
			synctest.Wait()
			if w.hub.FeedCount() != 0 {
				t.Error("the feed is still there")
			}
			w.wantNext(w.watch("a"), 1)
			w.wantLoads("a", 2)
		})
	})

	t.Run("a feed with a watcher stays when others are closed", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			open := w.watch("a")
			w.watch("a").Close()
			time.Sleep(10 * linger)
			w.wantNext(open, 1)
			w.change("a")
			w.wantNext(open, 2)
		})
	})

	t.Run("nothing is loaded meanwhile, and the next watcher sees what was hinted", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.watch("a").Close()
			time.Sleep(time.Second)
			for range 10 {
				w.change("a")
			}
			w.wantLoads("a", 1)
			w.wantNext(w.watch("a"), 11)
			w.wantLoads("a", 2)
		})
	})
}

func TestHubClose(t *testing.T) {
	t.Run("ends every Next and Watch, and refuses new ones", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			w.wantNext(a, 1)
			w.source.set(func(s *source) { s.delay = time.Hour })
			var waiting sync.WaitGroup
			waiting.Go(func() { wantClosed(t, next(t, a)) })
			waiting.Go(func() { wantClosed(t, watch(t, w.hub, "b")) })
			synctest.Wait()
			w.hub.Close()
			waiting.Wait()
			wantClosed(t, next(t, a))
			wantClosed(t, watch(t, w.hub, "a"))
			a.Close()
			w.hub.Close()
			w.change("a") // the hub has unsubscribed
			if w.log.Len() > 0 {
				t.Errorf("closing was logged as a failure:\n%s", w.log)
			}
		})
	})

	t.Run("waits for every goroutine", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.source.delay, w.source.ignoresCtx = time.Minute, true
			for _, topic := range []string{"a", "b"} {
				go func() { wantClosed(t, watch(t, w.hub, topic)) }()
			}
			synctest.Wait()
			w.hub.Close()
			if w.source.running != 0 {
				t.Errorf("%d loads still run", w.source.running)
			}
		})
	})
}

func TestHubCloseUnsubscribesFromTheBus(t *testing.T) {
	bus := &countingBus{}
	live.NewHub(bus, newSource(), live.Options{}).Close()
	if bus.subscribed != 1 || bus.cancelled != 1 {
		t.Errorf("subscribed %d times, cancelled %d times", bus.subscribed, bus.cancelled)
	}
}

type countingBus struct{ subscribed, cancelled int }

func (b *countingBus) Publish(live.Hint) {}

func (b *countingBus) Subscribe(func(live.Hint)) (cancel func()) {
	b.subscribed++
	return func() { b.cancelled++ }
}

func next(t *testing.T, w *live.Watcher[*state]) error {
	_, err := w.Next(t.Context())
	return err
}

func watch(t *testing.T, hub *live.Hub[*state], topic string) error {
	_, err := hub.Watch(t.Context(), topic)
	return err
}

func wantClosed(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, live.ErrClosed) {
		t.Errorf("got %v, want %v", err, live.ErrClosed)
	}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
