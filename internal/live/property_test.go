package live_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/live"
)

// However hints are lost, doubled and reordered, and loads fail, lag and take their time: every watcher sees versions that
// strictly increase, begins no earlier than what was hinted, and ends at the newest; and no load is told of fewer users than
// its changes concern.
func TestEverybodyEndsAtTheNewest(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { storm(t, rand.New(rand.NewPCG(seed, 0))) })
		})
	}
}

func storm(t *testing.T, random *rand.Rand) {
	src, bus := newSource(), live.NewLocalBus()
	hub := live.NewHub(bus, src, live.Options{
		Interval:  upTo(random, 100*time.Millisecond),
		Reconcile: time.Second,
		Linger:    100 * time.Millisecond,
	})
	var watchers sync.WaitGroup
	for range 200 {
		topic := []string{"a", "b"}[random.IntN(2)]
		switch random.IntN(8) {
		case 0:
			patience, pause := upTo(random, 5*time.Second), upTo(random, 300*time.Millisecond)
			watchers.Go(func() { visit(t, hub, src, topic, patience, pause) })
		case 1:
			trouble(src, random)
		default:
			unreliably(bus, random, src.commit(topic))
		}
		time.Sleep(upTo(random, 50*time.Millisecond))
	}
	src.set(func(s *source) { s.err, s.lag, s.delay = nil, 0, 0 })
	for _, topic := range []string{"a", "b"} {
		watchers.Go(func() { visit(t, hub, src, topic, 10*time.Second, 0) })
	}
	time.Sleep(7 * time.Second) // the longest retry, and Reconcile
	for _, topic := range []string{"a", "b"} {
		if w, err := hub.Watch(t.Context(), topic); err != nil || w.Latest().version != src.versions[topic] {
			t.Errorf("%s: %v, want version %d", topic, err, src.versions[topic])
		}
	}
	watchers.Wait()
	hub.Close()
	for _, missed := range src.missed {
		t.Error(missed)
	}
}

func upTo(random *rand.Rand, d time.Duration) time.Duration {
	return time.Duration(random.Int64N(int64(d)))
}

// trouble makes the source fail, lag or dawdle, or behave again.
func trouble(src *source, random *rand.Rand) {
	err := []error{nil, nil, errDown}[random.IntN(3)]
	lag, delay := random.Int64N(3), upTo(random, 200*time.Millisecond)
	src.set(func(s *source) { s.err, s.lag, s.delay = err, lag, delay })
}

// unreliably publishes the hint never, once or twice, now or later.
func unreliably(bus live.Bus, random *rand.Rand, hint live.Hint) {
	for range random.IntN(3) {
		if random.IntN(2) == 0 {
			bus.Publish(hint)
		} else {
			time.AfterFunc(upTo(random, 500*time.Millisecond), func() { bus.Publish(hint) })
		}
	}
}

// visit watches for a while, resting between two states. If it stays longer than anything takes to heal, it has to end at
// the newest version.
func visit(t *testing.T, hub *live.Hub[*state], src *source, topic string, patience, pause time.Duration) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	w, err := hub.Watch(ctx, topic)
	if err != nil {
		if !errors.Is(err, errDown) && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Watch: %v", err)
		}
		return
	}
	defer w.Close()
	seen := int64(-10)
	for {
		s, err := w.Next(ctx)
		if err != nil {
			break
		}
		if s.topic != topic || s.version <= seen {
			t.Errorf("%s: got %v after version %d", topic, s, seen)
		}
		seen = s.version
		time.Sleep(pause)
	}
	src.mu.Lock()
	defer src.mu.Unlock()
	if patience >= 10*time.Second && seen != src.versions[topic] {
		t.Errorf("%s: ended at version %d, want %d", topic, seen, src.versions[topic])
	}
}

// With real goroutines and real time, for the race detector: watchers come and go while hints pour in and the hub closes.
func TestComingAndGoingIsFreeOfRaces(t *testing.T) {
	src, bus := newSource(), live.NewLocalBus()
	hub := live.NewHub(bus, src, live.Options{Reconcile: time.Millisecond, Linger: time.Millisecond})
	var all sync.WaitGroup
	for i := range 8 {
		topic := []string{"a", "b"}[i%2]
		all.Go(func() {
			for range 300 {
				bus.Publish(src.commit(topic))
			}
		})
		all.Go(func() { comeAndGo(t, hub, src, topic) })
	}
	time.Sleep(100 * time.Millisecond)
	hub.Close()
	all.Wait()
}

// comeAndGo watches again and again until the hub closes. What was published before Watch has to be there.
func comeAndGo(t *testing.T, hub *live.Hub[*state], src *source, topic string) {
	for {
		hint := src.commit(topic)
		hub.Hint(hint)
		w, err := hub.Watch(t.Context(), topic)
		if err != nil {
			return
		}
		if got := w.Latest().version; got < hint.Version {
			t.Errorf("got version %d after a hint for %d", got, hint.Version)
		}
		for range 3 {
			if _, err := w.Next(t.Context()); err != nil {
				break
			}
		}
		w.Close()
	}
}
