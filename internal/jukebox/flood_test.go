package jukebox_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/testdb"
)

// flood counts refusals by kind, while somebody at the party's address joins a hundred times per second.
type flood struct {
	*fixture
	from func(n int) account.Caller // the caller of the n-th join of the flood

	mu             sync.Mutex
	tried, refused map[string]int
}

const floodAddress = "192.0.2.1"

func (f *flood) count(kind string, err error) {
	f.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tried[kind]++
	if err != nil {
		f.wants(party.RateLimited, err)
		f.refused[kind]++
	}
}

// joins joins the room again and again, as the flood, until ctx ends.
func (f *flood) joins(ctx context.Context) {
	for n := 0; ctx.Err() == nil; n++ {
		f.count("joins of the flood", second(f.JoinRoom(account.WithCaller(f.Context(), f.from(n)), f.room.Code, "Puppet")))
		time.Sleep(10 * time.Millisecond)
	}
}

// lives acts as a guest who has joined, and as a host who signs in, until ctx ends.
func (f *flood) lives(ctx context.Context, guest context.Context, refresh string, item *party.QueueItem) {
	caller := account.Caller{Address: floodAddress, Connection: floodAddress + ":9", BrowserID: "known"}
	guest = account.WithCaller(guest, caller)
	for n := 0; ctx.Err() == nil; n++ {
		f.count("joins of a known guest", second(f.JoinRoom(guest, f.room.Code, "Gina")))
		f.count("actions of a known guest", second(f.LikeQueueItem(guest, item.ID, nil)))
		s, err := f.RefreshSession(account.WithCaller(f.Context(), caller), refresh)
		if f.count("refreshes of a known guest", err); err == nil {
			refresh = s.Refresh
		}
		host := account.WithCaller(f.Context(), account.Caller{
			Address: floodAddress, Connection: fmt.Sprint(floodAddress, ":", 10_000+n), BrowserID: "host", NewBrowser: true,
		})
		f.count("logins of hosts", second(f.BeginLogin(host, "/host")))
		time.Sleep(2 * time.Second)
	}
}

// arrives is a new guest with a browser and connection of their own, who tries to join until it succeeds or a minute
// has passed. It returns how long that took.
func (f *flood) arrives(n int) (waited time.Duration) {
	caller := account.Caller{
		Address: floodAddress, Connection: fmt.Sprint(floodAddress, ":", 20_000+n), BrowserID: fmt.Sprint("honest ", n),
		NewBrowser: true,
	}
	for began := time.Now(); ; caller.NewBrowser = false { // the refusal has offered it the id
		_, err := f.JoinRoom(account.WithCaller(f.Context(), caller), f.room.Code, "Newcomer")
		f.count("tries of newcomers", err)
		if waited = time.Since(began); err == nil || waited > time.Minute {
			return waited
		}
		time.Sleep(f.wants(party.RateLimited, err).RetryAfter)
	}
}

// Somebody at the party's address floods it with joins. No guest who has joined and no host who signs in is ever
// refused, and new guests can join within seconds. The test prints how often each kind was refused.
func TestFloodOfJoinsKeepsNobodyOut(t *testing.T) {
	for name, from := range map[string]func(n int) account.Caller{
		"one connection": func(n int) account.Caller {
			return account.Caller{Connection: floodAddress + ":1", BrowserID: fmt.Sprint("flood ", n), NewBrowser: true}
		},
		"a connection for each join": func(n int) account.Caller {
			return account.Caller{
				Connection: fmt.Sprint(floodAddress, ":", 30_000+n), BrowserID: fmt.Sprint("flood ", n), NewBrowser: true,
			}
		},
		"one browser": func(int) account.Caller { return account.Caller{BrowserID: "flood"} },
		"invented browsers": func(n int) account.Caller {
			return account.Caller{Connection: fmt.Sprint(floodAddress, ":", 30_000+n), BrowserID: fmt.Sprint("flood ", n)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &flood{fixture: newParty(t, testdb.SQLite(t)), tried: map[string]int{}, refused: map[string]int{}}
				f.from = func(n int) account.Caller {
					caller := from(n)
					caller.Address = floodAddress
					return caller
				}
				f.storm()
			})
		})
	}
}

func (f *flood) storm() {
	joined, err := f.JoinRoom(f.Context(), f.room.Code, "Gina")
	f.must(err)
	item := f.add(f.host, 1)
	ctx, cancel := context.WithCancel(f.Context())
	var all, newcomers sync.WaitGroup
	all.Go(func() { f.joins(ctx) })
	all.Go(func() { f.lives(ctx, f.as(&joined.Session), joined.Session.Refresh, item) })
	time.Sleep(20 * time.Second) // the flood has used up the limits
	const honest = 20
	waited := make([]time.Duration, honest)
	for n := range honest {
		newcomers.Go(func() {
			time.Sleep(time.Duration(n) * time.Second / 2)
			waited[n] = f.arrives(n)
		})
	}
	newcomers.Wait()
	cancel()
	all.Wait()
	soon := 0
	for _, w := range waited {
		if w <= 5*time.Second {
			soon++
		}
	}
	f.Logf("%d of %d newcomers are in within 5s; they waited %v", soon, honest, waited)
	for _, kind := range slices.Sorted(maps.Keys(f.tried)) {
		n := f.tried[kind]
		f.Logf("%-26s %5d tried, %5d refused", kind, n, f.refused[kind])
		if kind != "joins of the flood" && kind != "tries of newcomers" && f.refused[kind] > 0 {
			f.Errorf("%d of %d %s were refused", f.refused[kind], n, kind)
		}
	}
	if soon < honest*3/4 {
		f.Errorf("%d of %d newcomers are in within 5s", soon, honest)
	}
}
