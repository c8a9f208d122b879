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

// Hints may be lost, duplicated and reordered, and loads may fail, lag and take long. Nevertheless every watcher sees
// strictly increasing versions and ends at the newest one, and each load learns of all users that its changes affect.
func TestEveryWatcherEndsAtTheNewestVersion(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { runRandomly(t, rand.New(rand.NewPCG(seed, 0))) })
		})
	}
}

// runRandomly changes, hints, watches and disturbs in random order.
func runRandomly(t *testing.T, random *rand.Rand) {
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
			duration, pause := upTo(random, 5*time.Second), upTo(random, 300*time.Millisecond)
			watchers.Go(func() { watchFor(t, hub, src, topic, duration, pause) })
		case 1:
			disturb(src, random)
		default:
			publishUnreliably(bus, random, src.commit(topic))
		}
		time.Sleep(upTo(random, 50*time.Millisecond))
	}
	src.set(func(s *source) { s.err, s.lag, s.delay = nil, 0, 0 })
	for _, topic := range []string{"a", "b"} {
		watchers.Go(func() { watchFor(t, hub, src, topic, recovery, 0) })
	}
	time.Sleep(7 * time.Second) // more than the longest retry delay and Reconcile together
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

// recovery is longer than a watcher takes to reach the newest version after the last disturbance.
const recovery = 10 * time.Second

func upTo(random *rand.Rand, d time.Duration) time.Duration {
	return time.Duration(random.Int64N(int64(d)))
}

// disturb makes the source fail, lag or be slow, or work normally again.
func disturb(src *source, random *rand.Rand) {
	err := []error{nil, nil, errDown}[random.IntN(3)]
	lag, delay := random.Int64N(3), upTo(random, 200*time.Millisecond)
	src.set(func(s *source) { s.err, s.lag, s.delay = err, lag, delay })
}

// publishUnreliably publishes the hint never, once or twice, each time at once or later.
func publishUnreliably(bus live.Bus, random *rand.Rand, hint live.Hint) {
	for range random.IntN(3) {
		if random.IntN(2) == 0 {
			bus.Publish(hint)
		} else {
			time.AfterFunc(upTo(random, 500*time.Millisecond), func() { bus.Publish(hint) })
		}
	}
}

// watchFor watches for a duration and pauses after each state. If the duration is at least recovery, it has to end at
// the newest version.
func watchFor(t *testing.T, hub *live.Hub[*state], src *source, topic string, duration, pause time.Duration) {
	ctx, cancel := context.WithTimeout(t.Context(), duration)
	defer cancel()
	w, err := hub.Watch(ctx, topic)
	if err != nil {
		if !errors.Is(err, errDown) && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Watch: %v", err)
		}
		return
	}
	defer w.Close()
	last := int64(-10)
	for {
		s, err := w.Next(ctx)
		if err != nil {
			break
		}
		if s.topic != topic || s.version <= last {
			t.Errorf("%s: got %v after version %d", topic, s, last)
		}
		last = s.version
		time.Sleep(pause)
	}
	src.mu.Lock()
	defer src.mu.Unlock()
	if duration >= recovery && last != src.versions[topic] {
		t.Errorf("%s: ended at version %d, want %d", topic, last, src.versions[topic])
	}
}

// For the race detector, with real time: watchers are opened and closed while hints arrive and the hub closes.
func TestConcurrentUseIsFreeOfRaces(t *testing.T) {
	const opened = 100 // watchers that each goroutine opens before the hub closes
	src, bus := newSource(), live.NewLocalBus()
	hub := live.NewHub(bus, src, live.Options{Reconcile: time.Millisecond, Linger: time.Millisecond})
	var all, warmUp sync.WaitGroup
	closed := make(chan struct{})
	for i := range 8 {
		topic := []string{"a", "b"}[i%2]
		all.Go(func() { publishUntil(closed, bus, src, topic) })
		warmUp.Add(opened)
		all.Go(func() { openAndClose(t, hub, src, topic, opened, &warmUp) })
	}
	warmUp.Wait()
	hub.Close()
	close(closed)
	all.Wait()
}

func publishUntil(end <-chan struct{}, bus live.Bus, src *source, topic string) {
	for {
		select {
		case <-end:
			return
		default:
			bus.Publish(src.commit(topic))
		}
	}
}

// openAndClose opens and closes watchers until the hub closes, and counts down for the first ones. Every change that
// was hinted before Watch has to be in the watcher's first state.
func openAndClose(
	t *testing.T, hub *live.Hub[*state], src *source, topic string, first int, countdown *sync.WaitGroup,
) {
	for n := 0; ; n++ {
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
		if n < first {
			countdown.Done()
		}
	}
}
