package histories_test

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	duration = flag.Duration("duration", time.Minute, "how long acts go on in each world")
	programs = flag.String("programs", "", "a folder with antwon and nats-server; by default they are built")
	seed     = flag.Uint64("seed", 0, "of the acts and faults; 0: a new one")
)

// Guests act at two servers that share a MariaDB and a NATS server, all of which fail now and then.
func TestHistoriesOfTwoServers(t *testing.T) {
	t.Parallel()
	tell(t, newWorld(t, 2))
}

// Guests act at one server with SQLite, which fails now and then.
func TestHistoriesOfOneServer(t *testing.T) {
	t.Parallel()
	tell(t, newWorld(t, 1))
}

const guests = 8

// tell lets the users of a world act while the nemesis breaks things, and then checks the history.
func tell(t *testing.T, w *world) {
	t.Helper()
	seed := cmp.Or(*seed, uint64(time.Now().UnixNano()))
	began := w.rec.now()
	following, stopFollowing := context.WithCancel(t.Context())
	var followers, actors sync.WaitGroup
	for n := range 4 {
		f := newFollower(fmt.Sprint("follower ", n))
		w.follower = append(w.follower, f)
		followers.Go(func() { f.follow(following, w, w.host.token, n) })
	}
	acting, stopActing := context.WithCancel(t.Context())
	for n := range uint64(guests) {
		actors.Go(func() { w.beGuests(acting, seed+n) })
	}
	actors.Go(func() { w.beHost(acting) })
	actors.Go(func() { w.keepAsking(acting) })
	w.nemesis(began+*duration, rand.New(rand.NewPCG(seed, 0)))
	time.Sleep(3 * time.Second) // for acts after the last fault
	stopActing()
	actors.Wait()
	for _, s := range w.servers {
		w.await(s)
	}
	observers, lagging := w.meet()
	stopFollowing()
	followers.Wait()

	h := w.gather()
	h.observers, h.lagging = observers, lagging
	t.Log(h.figures())
	if certain, _ := count(h.acts); certain < 100 || len(h.faults) == 0 {
		t.Errorf("only %d acts were acknowledged in spite of %d faults: that shows nothing", certain, len(h.faults))
	}
	for _, v := range h.check() {
		t.Errorf("with -seed=%d: %s", seed, h.story(v))
	}
}

// figures returns a line of numbers that shows how much has happened in a history.
func (h *history) figures() string {
	outcomes, attempts, faults := map[outcome]int{}, 0, map[string]int{}
	for _, a := range h.acts {
		outcomes[a.outcome]++
		attempts += len(a.via)
	}
	worst, stalled, stalls := fault{}, fault{}, time.Duration(0)
	for _, f := range h.faults {
		faults[f.kind]++
		if f.recovery > worst.recovery {
			worst = f
		}
		if s := stall(f, h.acts); s > stalls {
			stalled, stalls = f, s
		}
	}
	var kinds []string
	for _, kind := range slices.Sorted(maps.Keys(faults)) {
		kinds = append(kinds, fmt.Sprintf("%d × %s", faults[kind], kind))
	}
	versions := 0
	for _, o := range h.observers {
		versions += len(o.saw)
	}
	return fmt.Sprintf("figures: %d acts in %d attempts: %d acknowledged, %d refused, %d unknown; %d faults (%s); "+
		"%d events in the log, %d songs heard, %d commands to the player, %d queues seen, %d rows of the witness; "+
		"the worst recovery %.1f s, after %s %s; the longest time without an act at the other server %.1f s, during %s %s",
		len(h.acts), attempts, outcomes[done], outcomes[refused], outcomes[unknown], len(h.faults),
		strings.Join(kinds, ", "), len(h.log), len(h.heard), len(h.commands), versions, len(h.witness),
		worst.recovery.Seconds(), worst.kind, worst.what, stalls.Seconds(), stalled.kind, stalled.what)
}
