package histories_test

import (
	"math/rand/v2"
	"slices"
	"syscall"
	"time"
)

// disaster is a fault that the nemesis can cause: begin it, hold it for a while, end it.
type disaster struct {
	kind, what string
	servers    []string
	begin, end func()
	hold       time.Duration // at most
}

// disasters returns everything that can be broken in the world.
func (w *world) disasters() (all []disaster) {
	var names []string
	for _, s := range w.servers {
		names = append(names, s.name)
	}
	for _, s := range w.servers {
		own := []string{s.name}
		// Most of these last longer than the five seconds of a node's life, so that the other server takes the lease over.
		freeze := disaster{"freeze", s.name, own, func() { s.signal(syscall.SIGSTOP) }, func() { s.signal(syscall.SIGCONT) },
			12 * time.Second}
		all = append(all, freeze, freeze, disaster{"kill", s.name, own, s.kill, s.start, 8 * time.Second})
		for _, l := range []*line{s.line, s.database, s.nats, s.spotify} {
			if l == nil {
				continue
			}
			all = append(all,
				disaster{"cut", l.Name, own, l.cut, l.heal, 6 * time.Second},
				disaster{"delay", l.Name, own, func() { l.delay(200) }, l.heal, 6 * time.Second},
				disaster{"black hole", l.Name, own, l.blackHole, l.heal, 8 * time.Second})
		}
	}
	if w.db != nil {
		all = append(all,
			disaster{"kill", "database", names, func() { w.db.Stop(syscall.SIGKILL) }, w.db.Start, 3 * time.Second},
			disaster{"freeze", "database", names, func() { w.db.Signal(syscall.SIGSTOP) },
				func() { w.db.Signal(syscall.SIGCONT) }, 8 * time.Second})
	}
	if w.nats != nil {
		all = append(all,
			disaster{"kill", "nats", names, w.nats.kill, w.nats.start, 4 * time.Second},
			disaster{"freeze", "nats", names, func() { w.nats.signal(syscall.SIGSTOP) },
				func() { w.nats.signal(syscall.SIGCONT) }, 6 * time.Second})
	}
	return all
}

// nemesis causes one disaster after the other, all in a random order before any comes again, until a time. When it
// returns everything is whole again. It runs on the test's goroutine, because starting a database can fail the test.
func (w *world) nemesis(until time.Duration, r *rand.Rand) {
	var deck []disaster
	for {
		time.Sleep(time.Duration(1+r.IntN(3)) * time.Second)
		if len(deck) == 0 {
			deck = w.disasters()
			r.Shuffle(len(deck), func(i, j int) { deck[i], deck[j] = deck[j], deck[i] })
		}
		d := deck[0]
		deck = deck[1:]
		if w.rec.now() > until {
			return
		}
		f := fault{kind: d.kind, what: d.what, servers: slices.Clone(d.servers), begin: w.rec.now()}
		d.begin()
		time.Sleep(d.hold/3 + time.Duration(r.Int64N(int64(d.hold*2/3))))
		d.end()
		f.end = w.rec.now()
		w.rec.addFault(f)
	}
}
