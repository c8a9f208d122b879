package jukebox_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/testdb"
	"antwon.dj/backend/internal/testdb/slowproxy"
)

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

// likeByMany makes new guests like a song at the same time, and fails unless each like counts once. It calls first
// before the likes, and meanwhile once they have started.
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

// Fifty guests in one transaction used to take longer than a transaction may, so none was ever deleted.
func TestIdleGuestsAreDeletedFromASlowDatabase(t *testing.T) {
	const guests = 8
	p, proxy := farParty(t)
	for range guests {
		p.join("Idle")
	}
	p.must(jukebox.AgeGuests(p.Context(), p.store, 25*time.Hour))
	proxy.SetRoundTrip(300 * time.Millisecond)
	done, err := p.purger().Idle(p.Context())
	if p.must(err); done.Guests != guests {
		t.Errorf("%d guests were deleted, want %d", done.Guests, guests)
	}
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
		proxy.SetRoundTrip(2 * database.TxTimeout) // for the statements in the middle of that transaction
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
			p.Errorf("got %v, want that the context was canceled", err)
		}
		close(release)
		p.must(<-held)
		p.like(p.host, item)
	})
}

// If one change fails, its whole group runs again one by one, which takes long on a slow database. Callers whose
// changes have not run yet can give up.
func TestChangesAfterOneThatFailsDoNotHoldTheQueue(t *testing.T) {
	const guests = 6
	p, proxy := farParty(t)
	before := p.version()
	release, held, failed := make(chan struct{}), make(chan error, 1), make(chan error, 1)
	var viewers []context.Context
	var giveUp []func()
	for range guests {
		viewer, cancel := context.WithCancel(p.join("Guest"))
		viewers, giveUp = append(viewers, viewer), append(giveUp, cancel)
	}
	go func() { held <- p.HoldRoom(p.room.ID, release) }()
	p.waitForHolder()
	go func() { failed <- p.FailInRoom(p.room.ID) }()
	p.waitForWaiting(1)
	adds := make(chan error, guests)
	for n, viewer := range viewers { // not likes, which share their statements and are soon done
		go func() { adds <- second(p.AddSong(viewer, p.room.ID, uri(2+n), nil)) }()
	}
	p.waitForWaiting(1 + guests)
	proxy.SetRoundTrip(100 * time.Millisecond)
	close(release)
	p.must(<-held)
	if err := <-failed; err == nil {
		t.Error("the change that fails succeeded")
	}
	for _, cancel := range giveUp {
		cancel()
	}
	for range guests {
		if err := <-adds; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("an add failed: %v", err)
		}
	}
	proxy.SetRoundTrip(0)
	if made := p.version() - before; made == guests {
		t.Error("nobody could give up before all songs were added")
	}
}
