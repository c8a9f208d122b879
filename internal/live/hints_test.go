package live_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/live"
)

func TestHintsAreLoaded(t *testing.T) {
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

	t.Run("a hint to the hub alone is loaded before Watch returns", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.watch("a")
			hint := w.source.commit("a")
			w.hub.Hint(hint)
			w.wantNext(w.watch("a"), hint.Version)
		})
	})
}

func TestBurstsOfHintsShareLoads(t *testing.T) {
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
}

func TestNeedlessHintsLoadLittle(t *testing.T) {
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
