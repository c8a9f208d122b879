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
	t.Run("the first state is there at once", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			if a.Latest().version != 1 {
				t.Errorf("Latest: %v", a.Latest())
			}
			w.wantNext(a, 1)
			w.wantQuiet(a, time.Hour)
		})
	})

	t.Run("all who come together share one load and one state", func(t *testing.T) {
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

	t.Run("joining an idle feed costs nothing", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.watch("a")
			w.source.err = errDown
			w.wantNext(w.watch("a"), 1)
			w.wantLoads("a", 1)
		})
	})

	t.Run("a joiner sees what was hinted before it came, even during a pause", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.watch("a")
			w.change("a")
			w.change("a")
			w.wantNext(w.watch("a"), 3)
		})
	})

	t.Run("a joiner sees what was hinted during a load that began too early", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.source.delay = time.Second
			go watch(t, w.hub, "a")
			synctest.Wait()
			w.change("a")
			w.wantNext(w.watch("a"), 2)
			w.wantLoads("a", 2)
		})
	})

	t.Run("a joiner does not wait for a later load when the running one brings what was hinted", func(t *testing.T) {
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

	t.Run("a joiner of a feed that cannot load gets the error, the others keep their state", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			w.wantNext(a, 1)
			w.source.set(func(s *source) { s.err = errDown })
			w.change("a")
			if _, err := w.hub.Watch(t.Context(), "a"); !errors.Is(err, errDown) {
				t.Errorf("Watch: %v, want %v", err, errDown)
			}
			if a.Latest().version != 1 || w.hub.WatcherCount() != 1 {
				t.Errorf("latest %v, %d watching", a.Latest(), w.hub.WatcherCount())
			}
		})
	})

	t.Run("a first load that fails is told to all who wait for it, and not kept", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.source.err, w.source.delay = errDown, time.Second
			var waiting sync.WaitGroup
			for i := range 6 {
				waiting.Go(func() {
					if _, err := w.hub.Watch(t.Context(), "a"); !errors.Is(err, errDown) {
						t.Errorf("Watch: %v, want %v", err, errDown)
					}
				})
				if i == 2 { // the rest waits for the load after the first
					synctest.Wait()
					w.change("a")
				}
			}
			waiting.Wait()
			if w.hub.FeedCount() != 0 || w.hub.WatcherCount() != 0 {
				t.Errorf("%d feeds, %d watching", w.hub.FeedCount(), w.hub.WatcherCount())
			}
			w.wantLoads("a", 1)
			w.source.set(func(s *source) { s.err = nil })
			w.wantNext(w.watch("a"), 2)
		})
	})

	t.Run("its context ends only the waiting, neither the load nor the watch", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.source.delay = time.Second
			short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			var other sync.WaitGroup
			other.Go(func() {
				synctest.Wait()
				if err := watch(t, w.hub, "a"); err != nil {
					t.Errorf("the other's Watch: %v", err)
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

	t.Run("a source without a state is an error and no panic", func(t *testing.T) {
		hub := live.NewHub(live.NewLocalBus(), stateless{}, live.Options{})
		defer hub.Close()
		if _, err := hub.Watch(t.Context(), "a"); err == nil {
			t.Error("Watch succeeded")
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
				t.Errorf("took %v", took)
			}
		})
	})

	t.Run("a burst makes one load at once, and then one per interval", func(t *testing.T) {
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
					t.Errorf("two loads within %v", gap)
				}
			}
			if len(loads) != 21 {
				t.Errorf("%d loads in a second, want one and 20", len(loads))
			}
			w.wantNext(a, 1001)
		})
	})

	t.Run("a burst in one moment makes at most two loads", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			time.Sleep(time.Second)
			for range 1000 {
				w.change("a")
			}
			time.Sleep(time.Second)
			w.wantNext(a, 1001)
			if n := len(w.source.loaded("a")); n > 3 {
				t.Errorf("%d loads", n)
			}
		})
	})

	t.Run("a hint that comes during a load which misses it is not forgotten", func(t *testing.T) {
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
				t.Errorf("took %v", took)
			}
		})
	})

	t.Run("hints that come in the wrong order during such a load are not forgotten either", func(t *testing.T) {
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
				t.Errorf("took %v", took)
			}
		})
	})

	t.Run("old and doubled hints load nothing", func(t *testing.T) {
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

	t.Run("a wrong hint makes one load and is forgotten", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			w.wantNext(a, 1)
			w.bus.Publish(live.Hint{Topic: "a", Version: 1000})
			w.wantNext(w.watch("a"), 1) // a joiner waits for that load, not for that version
			w.wantQuiet(a, time.Hour)
			w.wantLoads("a", 2)
			w.change("a")
			w.wantNext(a, 2)
		})
	})

	t.Run("a topic that nobody watches is not loaded", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.change("a")
			time.Sleep(time.Minute)
			w.wantLoads("a", 0)
			if w.source.asked != 0 {
				t.Error("asked for the versions of no topics")
			}
		})
	})

	t.Run("who knows of a version hints to the hub before it watches", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.watch("a")
			hint := w.source.commit("a")
			w.hub.Hint(hint)
			w.wantNext(w.watch("a"), hint.Version)
		})
	})
}

func TestLostHints(t *testing.T) {
	t.Run("heal within Reconcile", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			w.wantNext(a, 1)
			for version := range int64(20) {
				time.Sleep(rand.N(reconcile))
				w.source.commit("a")
				if took := w.wantNext(a, version+2); took > reconcile {
					t.Errorf("took %v", took)
				}
			}
		})
	})

	t.Run("one call asks for all topics, and only what changed is loaded", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.watch("a")
			b := w.watch("b")
			w.wantNext(b, 1)
			w.source.commit("b")
			w.wantNext(b, 2)
			w.wantLoads("a", 1)
			w.wantLoads("b", 2)
			if w.source.asked != 1 {
				t.Errorf("asked %d times", w.source.asked)
			}
		})
	})

	t.Run("heal when the versions can be asked for again, and the failure is logged once", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			w.wantNext(a, 1)
			w.source.set(func(s *source) { s.err = errDown })
			w.source.commit("a")
			w.wantQuiet(a, 10*reconcile)
			if n := strings.Count(w.log.String(), "level=WARN"); n != 1 {
				t.Errorf("%d warnings:\n%s", n, w.log)
			}
			w.source.set(func(s *source) { s.err = nil })
			w.wantNext(a, 2)
		})
	})

	t.Run("a topic that is gone keeps its last state", func(t *testing.T) {
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
	t.Run("heals at once", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			w.wantNext(a, 1)
			time.Sleep(time.Second)
			w.source.commit("a")
			w.hub.Reconcile()
			if took := w.wantNext(a, 2); took != 0 {
				t.Errorf("took %v", took)
			}
			w.source.commit("a") // and in time, as ever
			if took := w.wantNext(a, 3); took != reconcile {
				t.Errorf("took %v", took)
			}
		})
	})

	t.Run("asks once for all who call together, and never blocks them", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.watch("a")
			for range 100 {
				w.hub.Reconcile()
			}
			synctest.Wait()
			if w.source.asked < 1 || w.source.asked > 2 {
				t.Errorf("asked %d times", w.source.asked)
			}
			w.hub.Close()
			w.hub.Reconcile()
			w.hub.Reconcile()
		})
	})
}

func TestNext(t *testing.T) {
	t.Run("a slow watcher skips ahead to the newest", func(t *testing.T) {
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

	t.Run("Newest does not move the cursor either, and says when there is something newer", func(t *testing.T) {
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
				t.Error("another channel for the same state")
			}
		})
	})

	t.Run("Done ends with the watcher, or with the hub", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a, b := w.watch("a"), w.watch("b")
			a.Close()
			if !closed(a.Done()) || closed(b.Done()) {
				t.Errorf("a closed: done %v, b: %v", closed(a.Done()), closed(b.Done()))
			}
			w.hub.Close()
			<-b.Done()
			if s, _ := b.Newest(); s.version != 1 {
				t.Errorf("the last state is gone: %v", s)
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

	t.Run("a state never goes back, whatever a load returns", func(t *testing.T) {
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
				t.Errorf("took %v", took)
			}
		})
	})

	t.Run("one who leaves does not disturb the others", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			leaves, stays := w.watch("a"), w.watch("a")
			w.wantNext(stays, 1)
			w.source.set(func(s *source) { s.delay = time.Second })
			w.change("a")
			synctest.Wait()
			leaves.Close()
			leaves.Close()
			w.wantNext(stays, 2)
			if w.hub.WatcherCount() != 1 {
				t.Errorf("%d watching", w.hub.WatcherCount())
			}
			if leaves.Latest().version != 2 {
				t.Errorf("Latest after Close: %v", leaves.Latest())
			}
		})
	})

	t.Run("Close ends it while it waits, and for good", func(t *testing.T) {
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

	t.Run("a context that has ended delivers nothing more, and loses nothing", func(t *testing.T) {
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

func TestTwoTopicsAreIndependent(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		a, b := w.watch("a"), w.watch("b")
		w.wantNext(a, 1)
		w.wantNext(b, 1)
		time.Sleep(interval)
		w.source.set(func(s *source) { s.delay = time.Hour })
		w.change("a")
		synctest.Wait() // a's load is stuck
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
	t.Run("heal without another hint, and are logged once", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			w.wantNext(a, 1)
			w.source.set(func(s *source) { s.err = errDown })
			w.change("a")
			w.wantQuiet(a, time.Second)
			w.source.set(func(s *source) { s.err = nil })
			if took := w.wantNext(a, 2); took > 1600*time.Millisecond { // the fifth pause, drawn at its longest
				t.Errorf("took %v", took)
			}
			w.change("a")
			if took := w.wantNext(a, 3); took != interval {
				t.Errorf("the load after the failures took %v", took)
			}
			if n := strings.Count(w.log.String(), "loading failed"); n != 1 {
				t.Errorf("%d failures logged:\n%s", n, w.log)
			}
			if !strings.Contains(w.log.String(), "loading works again") {
				t.Errorf("the end of the failure was not logged:\n%s", w.log)
			}
		})
	})

	t.Run("are tried more and more rarely, whatever is hinted meanwhile", func(t *testing.T) {
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
				t.Errorf("first retry after %v", first)
			}
			if last < 2500*time.Millisecond || last > 5*time.Second {
				t.Errorf("last retry after %v", last)
			}
			if len(loads) > 31 {
				t.Errorf("%d loads in a minute", len(loads))
			}
		})
	})

	t.Run("are counted like the others", func(t *testing.T) {
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
			if len(errs) != 2 || errs[0] != nil || errs[1] != errDown || took[0] != time.Second {
				t.Errorf("OnLoad saw %v, %v", took, errs)
			}
		})
	})
}

func TestLinger(t *testing.T) {
	t.Run("who comes back in time finds the feed", func(t *testing.T) {
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

	t.Run("a feed to which nobody comes back is dropped", func(t *testing.T) {
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

	t.Run("a feed that is watched stays, though others left it", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			stays := w.watch("a")
			w.watch("a").Close()
			time.Sleep(10 * linger)
			w.wantNext(stays, 1)
			w.change("a")
			w.wantNext(stays, 2)
		})
	})

	t.Run("nothing is loaded meanwhile, and who comes back sees what was hinted", func(t *testing.T) {
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
	t.Run("ends every Next and Watch, old and new", func(t *testing.T) {
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
			w.change("a") // nobody listens
			if w.log.Len() > 0 {
				t.Errorf("closing was logged as a failure:\n%s", w.log)
			}
		})
	})

	t.Run("waits for every goroutine", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.source.delay, w.source.stubborn = time.Minute, true
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

func TestHubCloseLeavesTheBus(t *testing.T) {
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
