package spotify

import (
	"context"
	"fmt"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"
)

// flights do one thing for all who want the same at the same time. It goes on when they leave.
type flights struct {
	group   singleflight.Group
	running sync.WaitGroup
}

// together returns what fn returns, which is called once for a key at a time, and has so much time for it.
func together[V any](ctx context.Context, f *flights, key string, most time.Duration, fn func(context.Context) (V, error)) (V, error) {
	landed := make(chan singleflight.Result, 1)
	f.running.Go(func() {
		value, err, _ := f.group.Do(key, func() (any, error) {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), most)
			defer cancel()
			return fn(ctx)
		})
		landed <- singleflight.Result{Val: value, Err: err}
	})
	select {
	case r := <-landed:
		return r.Val.(V), r.Err
	case <-ctx.Done():
		var none V
		return none, ctx.Err()
	}
}

// memory remembers answers for a short while. Nobody may change what it gives out.
type memory[K comparable, V any] struct {
	name    string // unlike that of any other memory
	fresh   time.Duration
	answers *lru.Cache[K, remembered[V]]
	flights *flights
}

type remembered[V any] struct {
	value V
	at    time.Time
}

func newMemory[K comparable, V any](name string, size int, fresh time.Duration, flights *flights) *memory[K, V] {
	answers, _ := lru.New[K, remembered[V]](size) // fails only for a size of 0
	return &memory[K, V]{name, fresh, answers, flights}
}

// ask returns the answer that is remembered, or asks, once for all who want the same.
func (m *memory[K, V]) ask(ctx context.Context, key K, fn func(context.Context) (V, *failure)) (V, *failure) {
	if value, ok := m.get(key); ok {
		return value, nil
	}
	value, err := together(ctx, m.flights, fmt.Sprintf("%s %#v", m.name, key), callTimeout, func(ctx context.Context) (V, error) {
		value, failed := fn(ctx)
		if failed != nil {
			return value, failed
		}
		m.add(key, value)
		return value, nil
	})
	return value, classify(answer{}, err)
}

func (m *memory[K, V]) get(key K) (V, bool) {
	r, ok := m.answers.Get(key)
	if !ok || time.Since(r.at) >= m.fresh {
		var none V
		return none, false
	}
	return r.value, true
}

func (m *memory[K, V]) add(key K, value V) { m.answers.Add(key, remembered[V]{value, time.Now()}) }

// forget drops the answers to those keys.
func (m *memory[K, V]) forget(keys func(K) bool) {
	for _, key := range m.answers.Keys() {
		if keys(key) {
			m.answers.Remove(key)
		}
	}
}
