package jukebox_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/testdb"
	"antwon.dj/backend/internal/testdb/slowproxy"
)

func TestGroupsGrowByOneAndAreHalvedByTimeouts(t *testing.T) {
	size, committed, timedOut := jukebox.GroupLimit()
	expect := func(after string, want int) {
		t.Helper()
		if size() != want {
			t.Errorf("after %s up to %d changes share a transaction, want %d", after, size(), want)
		}
	}
	expect("the start", jukebox.MaxGroup)
	timedOut()
	expect("a timeout", jukebox.MaxGroup/2)
	committed(3, true)
	expect("a transaction that had time for three changes", 3)
	committed(2, false)
	expect("a transaction that was not full", 3)
	committed(3, false)
	expect("a full transaction", 4)
}

// Whatever happens, at least one change is made at a time, and never more than maxGroup. Full transactions that succeed
// bring the limit back to its maximum.
func TestGroupLimitRecoversFromAnything(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	size, committed, timedOut := jukebox.GroupLimit()
	for range 10_000 {
		before := size()
		if random.IntN(3) == 0 {
			timedOut()
		} else {
			committed(1+random.IntN(before), random.IntN(2) == 0)
		}
		if now := size(); now < 1 || now > jukebox.MaxGroup || now > before+1 {
			t.Fatalf("the limit went from %d to %d", before, now)
		}
	}
	for range jukebox.MaxGroup {
		committed(size(), false)
	}
	if size() != jukebox.MaxGroup {
		t.Errorf("the limit is %d after many full transactions, want %d", size(), jukebox.MaxGroup)
	}
}

// A transaction that takes as long for each change, for its beginning and for its commit never exceeds its timeout by
// adding changes, and always adds some while changes are fast.
func TestThereIsTimeForTheCommit(t *testing.T) {
	const ms = time.Millisecond
	for _, perChange := range []time.Duration{time.Microsecond, 20 * ms, 400 * ms, 1000 * ms} {
		elapsed, sinceFirst, made := 2*perChange, time.Duration(0), 1
		for made < jukebox.MaxGroup && jukebox.HasTimeFor(elapsed, sinceFirst, perChange, database.TxTimeout) {
			elapsed, sinceFirst, made = elapsed+perChange, sinceFirst+perChange, made+1
		}
		if elapsed+perChange > database.TxTimeout {
			t.Errorf("with %v for each change, %d changes leave no time for the commit", perChange, made)
		}
		if want := int(time.Second / perChange); made < min(want, jukebox.MaxGroup) {
			t.Errorf("with %v for each change, only %d share a transaction", perChange, made)
		}
	}
}

// farParty is a party whose database is behind a proxy.
func farParty(t *testing.T) (*fixture, *slowproxy.Proxy) {
	t.Helper()
	t.Parallel()
	proxy, through, err := slowproxy.New(testdb.MySQL(t), 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Close)
	return newParty(t, through), proxy
}

// likeByMany has new guests like a song at the same time, and fails unless each like counts once. It calls first before
// anybody likes, and meanwhile afterwards.
func (p *fixture) likeByMany(guests int, first, meanwhile func()) {
	p.Helper()
	item := p.add(p.host, 1)
	var viewers []context.Context
	for range guests {
		viewers = append(viewers, p.join("Guest"))
	}
	before := p.version()
	first()
	var all sync.WaitGroup
	for _, guest := range viewers {
		all.Go(func() {
			if _, err := p.LikeQueueItem(guest, item.ID, nil); err != nil {
				p.Errorf("a like failed: %v", err)
			}
		})
	}
	meanwhile()
	all.Wait()
	if rose := p.version() - before; rose != int64(guests) {
		p.Errorf("the version rose by %d, want %d, one for each like", rose, guests)
	}
	room, err := p.Room(p.host, p.room.ID)
	p.must(err)
	queue, err := p.Queue(p.host, room)
	p.must(err)
	if got := queue.Items[0].LikeCount; got != guests {
		p.Errorf("the song has %d likes, want %d", got, guests)
	}
}

// Thirty-two changes in one transaction used to take longer than a transaction may, so all of them failed.
func TestSlowDatabaseMakesEveryChange(t *testing.T) {
	p, proxy := farParty(t)
	p.likeByMany(40, func() { proxy.SetRoundTrip(50 * time.Millisecond) }, func() {})
}

func TestChangesOfATransactionThatTimedOutAreMadeByTheNext(t *testing.T) {
	const guests = 12
	p, proxy := farParty(t)
	release, held := make(chan struct{}), make(chan error, 1)
	p.likeByMany(guests, func() {
		go func() { held <- p.HoldRoom(p.room.ID, release) }()
		p.waitForHolder()
	}, func() {
		p.waitForWaiting(guests)
		proxy.SetRoundTrip(20 * time.Millisecond) // for the transaction of all guests, which begins next
		close(release)
		p.must(<-held)
		proxy.SetRoundTrip(2 * database.TxTimeout) // for what that transaction says in the middle of it
		time.AfterFunc(database.TxTimeout/2, func() { proxy.SetRoundTrip(0) })
	})
}

func TestCallerWhoGivesUpDoesNotWaitForOthers(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		item := p.add(p.host, 1)
		ctx, cancel := context.WithCancel(p.join("Gina"))
		release, held := make(chan struct{}), make(chan error, 1)
		go func() { held <- p.HoldRoom(p.room.ID, release) }()
		p.waitForHolder()
		gaveUp := make(chan error, 1)
		go func() {
			_, err := p.LikeQueueItem(ctx, item.ID, nil)
			gaveUp <- err
		}()
		p.waitForWaiting(1)
		cancel()
		if err := <-gaveUp; !errors.Is(err, context.Canceled) { // while the room is still held
			t.Errorf("got %v, want that the context was canceled", err)
		}
		close(release)
		p.must(<-held)
		p.like(p.host, item)
	})
}
