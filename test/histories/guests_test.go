package histories_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// pool has what all users know: the items that were added lately, and who added them. It is safe for concurrent use.
type pool struct {
	mu    sync.Mutex
	items []pooled // the latest last; guarded by mu
	all   []string // ids of all items that were ever in the pool; guarded by mu
	joins int      // guarded by mu
}

type pooled struct{ id, owner string }

// known is how many items the pool remembers.
const known = 16

func (p *pool) add(item, owner string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if slices.Contains(p.all, item) {
		return
	}
	p.all = append(p.all, item)
	p.items = append(p.items, pooled{item, owner})
	p.items = p.items[max(0, len(p.items)-known):]
}

// any returns a random item of the queue as a follower sees it, and now and then one that may have left the queue. If
// owner is not empty, it is an item of that owner. It returns "" if there is none.
func (w *world) any(r *rand.Rand, owner string) string {
	items := w.follower[r.IntN(len(w.follower))].queue()
	if r.IntN(20) == 0 {
		items = w.pool.latest()
	}
	if owner != "" {
		items = slices.DeleteFunc(items, func(i pooled) bool { return i.owner != owner })
	}
	if len(items) == 0 {
		return ""
	}
	return items[r.IntN(len(items))].id
}

func (p *pool) latest() []pooled {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.items)
}

func (p *pool) newName() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.joins++
	return fmt.Sprintf("Guest %d", p.joins)
}

// pause waits between two acts of a user. The pause is random, and on average long enough for the servers, which allow
// each user five likes a second.
func (u *user) pause() { time.Sleep(time.Duration(100+u.rand.IntN(300)) * time.Millisecond) }

// keyed reports whether the next act has an idempotency key. Most have one, like the acts of the web pages.
func (u *user) keyed() bool { return u.rand.IntN(20) > 0 }

// beGuests plays one guest after the other until ctx ends. Each joins, does various things, and leaves.
func (w *world) beGuests(ctx context.Context, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 1))
	for ctx.Err() == nil {
		guest := &user{w: w, name: w.pool.newName(), rand: rand.New(rand.NewPCG(r.Uint64(), 2))}
		if guest.join().outcome != done {
			guest.pause()
			continue
		}
		for range 80 + r.IntN(80) {
			if ctx.Err() != nil {
				break
			}
			guest.act()
			guest.pause()
		}
		w.leave(guest)
	}
}

// act does something that guests do.
func (u *user) act() {
	item := u.w.any(u.rand, "")
	switch n := u.rand.IntN(100); {
	case item == "" || n < 20:
		if a := u.add(u.w.songs[u.rand.IntN(len(u.w.songs))], u.keyed()); a.outcome == done {
			u.w.pool.add(a.item, u.name)
		}
	case n < 50:
		u.like(item, u.keyed())
	case n < 70:
		u.unlike(item, u.keyed())
	case n < 77:
		if own := u.w.any(u.rand, u.name); own != "" {
			u.remove(own, u.keyed())
		}
	case n < 82:
		u.readSetting()
	default:
		u.read(item)
	}
}

// beHost removes songs and changes a setting until ctx ends.
func (w *world) beHost(ctx context.Context) {
	for n := firstSetting + 1; ctx.Err() == nil; n++ {
		item := w.any(w.host.rand, "")
		switch {
		case n%3 == 0:
			w.host.set(n, w.host.keyed())
		case n%3 == 1 && item != "":
			w.host.remove(item, w.host.keyed())
		default:
			w.host.readSetting()
		}
		time.Sleep(time.Duration(400+w.host.rand.IntN(800)) * time.Millisecond)
	}
}

// leave remembers a guest who has finished, for the reads after the end.
func (w *world) leave(u *user) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gone = append(w.gone, u)
}
