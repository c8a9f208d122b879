package live_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/live"
)

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
