package live_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/live"
)

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

func TestNewestAndLatestDoNotMoveTheCursor(t *testing.T) {
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

	t.Run("Latest does not move the cursor", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			if a.Latest().version != 1 {
				t.Errorf("Latest: %v", a.Latest())
			}
			w.wantNext(a, 1)
		})
	})
}

func TestClosedWatcher(t *testing.T) {
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
}
