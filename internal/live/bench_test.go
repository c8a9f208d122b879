package live_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"antwon.dj/backend/internal/live"
)

// BenchmarkChange measures one change that 1,000 watchers wait for: the hint, the load, and Next of each watcher.
func BenchmarkChange(b *testing.B) {
	src, bus := newSource(), live.NewLocalBus()
	hub := live.NewHub(bus, src, live.Options{})
	var watchers, delivered sync.WaitGroup
	for range 1000 {
		w, err := hub.Watch(b.Context(), "a")
		if err != nil {
			b.Fatal(err)
		}
		delivered.Add(1)
		watchers.Go(func() { deliver(w, &delivered) })
	}
	delivered.Wait() // the first state
	b.ReportAllocs()
	for b.Loop() {
		delivered.Add(1000)
		bus.Publish(src.commit("a"))
		delivered.Wait()
	}
	hub.Close()
	watchers.Wait()
}

func deliver(w *live.Watcher[*state], delivered *sync.WaitGroup) {
	for {
		if _, err := w.Next(context.Background()); err != nil {
			return
		}
		delivered.Done()
	}
}

// BenchmarkHintUnwatched measures a hint for a topic without watchers.
func BenchmarkHintUnwatched(b *testing.B) {
	bus := live.NewLocalBus()
	hub := live.NewHub(bus, newSource(), live.Options{})
	defer hub.Close()
	b.ReportAllocs()
	for b.Loop() {
		bus.Publish(live.Hint{Topic: "nobody", Version: 1})
	}
}

// BenchmarkWatch measures opening and closing a watcher of a running feed.
func BenchmarkWatch(b *testing.B) {
	hub := live.NewHub(live.NewLocalBus(), newSource(), live.Options{})
	defer hub.Close()
	if _, err := hub.Watch(b.Context(), "a"); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		w, err := hub.Watch(b.Context(), "a")
		if err != nil {
			b.Fatal(err)
		}
		w.Close()
	}
}

// BenchmarkAffectedBy measures the question of a load with as many changes as a feed keeps hints for.
func BenchmarkAffectedBy(b *testing.B) {
	hints := make([]live.Hint, 64)
	for i := range hints {
		version := int64(len(hints) - i)
		hints[i] = live.Hint{Topic: "a", Since: version - 1, Version: version, Users: []string{uuid.NewString()}}
	}
	b.ReportAllocs()
	for b.Loop() {
		if users, all, _ := live.AffectedBy(slices.Clone(hints), 0, 64); all || len(users) != 64 {
			b.Fatal(users, all)
		}
	}
}
