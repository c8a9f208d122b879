package histories_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"syscall"
	"time"
)

// disaster is a fault that the nemesis can cause. It calls begin, waits for a while, and calls end.
type disaster struct {
	kind, what  string
	servers     []string
	begin, end  func()
	least, most time.Duration // how long it lasts
}

// takeover is longer than another server needs to take a lease over: the five seconds of a node's life, and a renewal.
const takeover = 8 * time.Second

// disasters returns everything that can be broken in the world, by kind.
func (w *world) disasters() map[string][]disaster {
	all := map[string][]disaster{}
	add := func(kind, what string, servers []string, begin, end func(), least, most time.Duration) {
		all[kind] = append(all[kind], disaster{kind, what, servers, begin, end, least, most})
	}
	driver := w.witness.driver(w.t)
	var names []string
	for _, s := range w.servers {
		names = append(names, s.name)
	}
	for _, s := range w.servers {
		own := []string{s.name}
		add("kill", s.name, own, s.kill, s.start, time.Second, takeover)
		add("freeze", s.name, own, func() { s.signal(syscall.SIGSTOP) }, func() { s.signal(syscall.SIGCONT) },
			2*time.Second, takeover+2*time.Second)
		if s.name == driver {
			add("freeze in a command", s.name, own, func() { w.spotify.trap(s) }, func() { s.signal(syscall.SIGCONT) },
				takeover, takeover+time.Second)
		}
		for _, l := range []*line{s.line, s.database, s.nats, s.spotify} {
			if l != nil {
				add("cut", l.Name, own, l.cut, l.heal, time.Second, 5*time.Second)
				add("delay", l.Name, own, func() { l.delay(200) }, l.heal, 2*time.Second, 5*time.Second)
				add("black hole", l.Name, own, l.blackHole, l.heal, 2*time.Second, takeover)
			}
		}
	}
	if w.db != nil {
		add("kill", "database", names, func() { w.db.Stop(syscall.SIGKILL) }, w.db.Start, time.Second, 3*time.Second)
		add("freeze", "database", names, func() { w.db.Signal(syscall.SIGSTOP) }, func() { w.db.Signal(syscall.SIGCONT) },
			2*time.Second, takeover)
	}
	if w.nats != nil {
		add("kill", "nats", names, w.nats.kill, w.nats.start, time.Second, 4*time.Second)
		add("freeze", "nats", names, func() { w.nats.signal(syscall.SIGSTOP) }, func() { w.nats.signal(syscall.SIGCONT) },
			2*time.Second, 6*time.Second)
	}
	return all
}

// nemesis causes one disaster after the other until a time, since the history began. All kinds occur in a random order
// before one occurs again. When nemesis returns, nothing is broken any more. It has to run on the test's goroutine,
// because starting a database can fail the test.
func (w *world) nemesis(until time.Duration, r *rand.Rand) {
	var kinds []string
	for {
		time.Sleep(time.Duration(1+r.IntN(3)) * time.Second)
		if w.rec.now() > until {
			return
		}
		all := w.disasters()
		if len(kinds) == 0 {
			kinds = slices.Sorted(maps.Keys(all))
			r.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
		}
		some := all[kinds[0]]
		if kinds = kinds[1:]; len(some) == 0 {
			continue // no server drives the player, so none can be frozen in a command
		}
		d := some[r.IntN(len(some))]
		f := fault{kind: d.kind, what: d.what, servers: slices.Clone(d.servers), begin: w.rec.now()}
		d.begin()
		time.Sleep(d.least + time.Duration(r.Int64N(int64(d.most-d.least))))
		d.end()
		f.end = w.rec.now()
		w.rec.addFault(f)
	}
}
