package spotify

import (
	"context"
	"fmt"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"
)

// callGroup lets concurrent callers with the same key share one call. The call continues when its callers leave.
type callGroup struct {
	group   singleflight.Group
	running sync.WaitGroup // calls in progress; Client.Close waits for them
}

// doShared returns the result of fn. Concurrent callers with the same key share one call of fn, whose context ends
// after timeout and does not end with the callers'. A caller whose own context ends gets its error.
func doShared[V any](
	ctx context.Context, g *callGroup, key string, timeout time.Duration, fn func(context.Context) (V, error),
) (V, error) {
	done := make(chan singleflight.Result, 1)
	g.running.Go(func() {
		value, err, _ := g.group.Do(key, func() (any, error) {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
			defer cancel()
			return fn(ctx)
		})
		done <- singleflight.Result{Val: value, Err: err}
	})
	select {
	case r := <-done:
		return r.Val.(V), r.Err
	case <-ctx.Done():
		var none V
		return none, ctx.Err()
	}
}

// cache keeps results for a limited time. Callers share the values and must not modify them.
type cache[K comparable, V any] struct {
	name        string // unique among the caches of a callGroup
	ttl         time.Duration
	entries     *lru.Cache[K, cacheEntry[V]]
	sharedCalls *callGroup
}

// cacheEntry is a value with the time at which it was stored.
type cacheEntry[V any] struct {
	value    V
	cachedAt time.Time
}

func newCache[K comparable, V any](name string, size int, ttl time.Duration, sharedCalls *callGroup) *cache[K, V] {
	entries, _ := lru.New[K, cacheEntry[V]](size) // fails only for a size of 0
	return &cache[K, V]{name: name, ttl: ttl, entries: entries, sharedCalls: sharedCalls}
}

// getOrFetch returns the cached value, or calls fn and caches what it returns. Concurrent callers with the same key
// share one call of fn. Failures are not cached.
func (c *cache[K, V]) getOrFetch(ctx context.Context, key K, fn func(context.Context) (V, *failure)) (V, *failure) {
	if value, ok := c.get(key); ok {
		return value, nil
	}
	callKey := fmt.Sprintf("%s %#v", c.name, key)
	value, err := doShared(ctx, c.sharedCalls, callKey, callTimeout, func(ctx context.Context) (V, error) {
		if value, ok := c.get(key); ok { // another call has stored it since the first check
			return value, nil
		}
		value, failed := fn(ctx)
		if failed != nil {
			return value, failed
		}
		c.add(key, value)
		return value, nil
	})
	return value, classify(responseInfo{}, err)
}

func (c *cache[K, V]) get(key K) (V, bool) {
	r, ok := c.entries.Get(key)
	if !ok || time.Since(r.cachedAt) >= c.ttl {
		var none V
		return none, false
	}
	return r.value, true
}

func (c *cache[K, V]) add(key K, value V) { c.entries.Add(key, cacheEntry[V]{value, time.Now()}) }

// removeIf removes the entries whose key matches.
func (c *cache[K, V]) removeIf(matches func(K) bool) {
	for _, key := range c.entries.Keys() {
		if matches(key) {
			c.entries.Remove(key)
		}
	}
}
