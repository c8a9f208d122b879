//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// likesOrder asks a site for likes: one every so often, going round its rooms and, in each, round its songs and guests.
// Every like is a change of the room; when a guest has liked everything, the likes are taken back.
type likesOrder struct {
	FirstRoom, Rooms int
	Likes            int
	Every            time.Duration // a like begins when it is due, however long those before it take; 0: one after the other
}

// like is one that was done.
type like struct {
	Room             int
	Version          int64     // of the room, made by this like
	Began, Committed time.Time // the clock is the load generator's, too
	Retries          int       // how often it failed before
}

// mostRetries bounds how often a like is tried again that timed out, as a client would do it. A server that leaves its own
// likes no processor time has them fail.
const mostRetries = 20

// vitals is what a site knows of itself.
type vitals struct {
	CPU        time.Duration // of the whole process since it started, user and system
	RSS        int64         // bytes
	Goroutines int
	Files      int // open ones, sockets included
	Sockets    int
	Executions int64 // of subscriptions for all who share them; -1 where that is not counted
}

// controls are how the load generator steers a site. All three have the same, so that a like costs the same in each.
type controls struct {
	*site
	ctx   context.Context
	mu    sync.Mutex
	likes []int // of each room, so far
}

func newControls(ctx context.Context, s *site, liked int) http.Handler {
	c := &controls{site: s, ctx: ctx, likes: slices.Repeat([]int{liked}, len(s.seed.Rooms))}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /likes", c.serveLikes)
	mux.HandleFunc("GET /vitals", c.serveVitals)
	return mux
}

func (c *controls) serveLikes(w http.ResponseWriter, r *http.Request) {
	var order likesOrder
	if err := json.NewDecoder(r.Body).Decode(&order); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	done, err := c.fulfil(order)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_ = json.NewEncoder(w).Encode(done) // who asked has left
}

func (c *controls) fulfil(order likesOrder) ([]like, error) {
	done, errs := make([]like, order.Likes), make([]error, order.Likes)
	var all sync.WaitGroup
	begin := time.Now()
	for n := range order.Likes {
		work := func() { done[n], errs[n] = c.like(order.FirstRoom + n%order.Rooms) }
		if order.Every == 0 {
			work()
			continue
		}
		time.Sleep(time.Until(begin.Add(time.Duration(n) * order.Every)))
		all.Go(work)
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return done, nil
}

// like is the room's next: the same one whichever the site is.
func (c *controls) like(room int) (like, error) {
	c.mu.Lock()
	n := c.likes[room]
	c.likes[room]++
	c.mu.Unlock()
	seeded := c.seed.Rooms[room]
	const stride = 7 // not the songs in their order, so that they overtake each other
	item := seeded.Items[n*stride%len(seeded.Items)]
	round := n / len(seeded.Items)
	viewer := seeded.Guests[round%len(seeded.Guests)].viewer(c.ctx)
	vote := c.LikeQueueItem
	if round/len(seeded.Guests)%2 == 1 {
		vote = c.UnlikeQueueItem
	}
	done := like{Room: room, Began: time.Now()}
	for ; ; done.Retries++ {
		voted, err := vote(viewer, item, nil)
		if err == nil {
			done.Version, done.Committed = voted.Version, time.Now()
			return done, nil
		}
		if !errors.Is(err, context.DeadlineExceeded) || done.Retries == mostRetries {
			return like{}, err
		}
	}
}

// serveVitals answers the site's vitals; with ?collect=1 it first gives back all the memory that nobody uses.
func (c *controls) serveVitals(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("collect") != "" {
		runtime.GC() // twice: what has a finalizer, or stands in a pool, goes only then
		runtime.GC()
		debug.FreeOSMemory()
	}
	v, err := c.vitals()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_ = json.NewEncoder(w).Encode(v) // who asked has left
}

func (c *controls) vitals() (vitals, error) {
	cpu, err := cpuTime()
	if err != nil {
		return vitals{}, err
	}
	rss, err := residentBytes("self")
	if err != nil {
		return vitals{}, err
	}
	files, sockets, err := openFiles()
	return vitals{cpu, rss, runtime.NumGoroutine(), files, sockets, c.executions()}, err
}

func openFiles() (files, sockets int, err error) {
	const folder = "/proc/self/fd/"
	entries, err := os.ReadDir(folder)
	for _, entry := range entries {
		if target, err := os.Readlink(folder + entry.Name()); err == nil && strings.HasPrefix(target, "socket:") {
			sockets++
		}
	}
	return len(entries), sockets, err
}

// cpuTime is finer than /proc/PID/stat, which counts in hundredths of a second.
func cpuTime() (time.Duration, error) {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0, err
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), nil
}

// executions reads the program's own count; only the antwon site has one.
func (c *controls) executions() int64 {
	families, err := c.metrics.Gather()
	if err != nil {
		return -1
	}
	total := int64(-1)
	for _, family := range families {
		if family.GetName() != "graphql_subscription_executions_total" {
			continue
		}
		total = 0
		for _, metric := range family.GetMetric() {
			total += int64(metric.GetCounter().GetValue())
		}
	}
	return total
}
