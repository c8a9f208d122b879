package live_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/live"
)

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

// A source that was restored from a backup is behind its feed. Watchers keep their state until it is ahead again.
func TestRollbackIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{T: t, source: newSource(), bus: live.NewLocalBus(), log: &strings.Builder{}}
		reported := make(chan string, 8)
		w.hub = live.NewHub(w.bus, w.source, live.Options{
			Interval: interval, Reconcile: reconcile, Linger: linger,
			OnRollback: func(topic string, version int64) { reported <- fmt.Sprint(topic, version) },
		})
		defer w.hub.Close()
		w.source.set(func(s *source) { s.versions["a"] = 7 })
		watcher := w.watch("a")
		w.wantNext(watcher, 7)
		w.wantQuiet(watcher, reconcile+interval)
		if len(reported) != 0 {
			t.Fatalf("reported %s although nothing went back", <-reported)
		}
		w.source.set(func(s *source) { s.versions["a"] = 3 })
		w.wantQuiet(watcher, reconcile)
		if len(reported) != 1 || <-reported != "a7" {
			t.Error("want one report, that a was at version 7")
		}
		w.source.set(func(s *source) { s.versions["a"] = 100 })
		w.wantNext(watcher, 100)
	})
}
