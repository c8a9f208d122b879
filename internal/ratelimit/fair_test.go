package ratelimit_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/ratelimit"
)

var fairRates = ratelimit.FairRates{
	Own:     ratelimit.Rate{Burst: 5, PerSecond: 0.1},
	Network: ratelimit.Rate{Burst: 20, PerSecond: 0.5},
	Reserve: ratelimit.Rate{Burst: 10, PerSecond: 1},
}

// allowed returns how many of n requests that a source makes at once are allowed.
func allowed(t *testing.T, fair *ratelimit.Fair, n int, source func(int) ratelimit.Source) (count int) {
	t.Helper()
	for i := range n {
		if fair.Allow(t.Context(), source(i)) == 0 {
			count++
		}
	}
	return count
}

func TestOneConnectionOrBrowserCannotUseUpTheNetwork(t *testing.T) {
	fair := ratelimit.NewFair(100, fairRates)
	if n := allowed(t, fair, 100, func(int) ratelimit.Source {
		return ratelimit.Source{Address: "192.0.2.1", Connection: "192.0.2.1:1", Browser: "new", NewBrowser: true}
	}); n != 5 {
		t.Errorf("one connection was allowed %d times", n)
	}
	if n := allowed(t, fair, 100, func(i int) ratelimit.Source {
		return ratelimit.Source{Address: "192.0.2.1", Connection: fmt.Sprint("192.0.2.1:", 100+i), Browser: "phone"}
	}); n != 5 {
		t.Errorf("one browser was allowed %d times", n)
	}
}

func TestBrowserThatComesBackIsServedFromTheReserve(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fair := ratelimit.NewFair(10_000, fairRates)
		flood := func(i int) ratelimit.Source {
			return ratelimit.Source{Address: "192.0.2.1", Browser: fmt.Sprint("flood ", i), NewBrowser: true}
		}
		if n := allowed(t, fair, 1000, flood); n != 20 {
			t.Fatalf("the flood was allowed %d times", n)
		}
		honest := ratelimit.Source{Address: "192.0.2.1", Browser: "honest", NewBrowser: true}
		if wait := fair.Wait(honest); wait == 0 || wait > time.Second {
			t.Fatalf("the newcomer has to wait %v", wait)
		}
		allowed(t, fair, 1000, flood)
		honest.NewBrowser = false
		if wait := fair.Wait(honest); wait != 0 {
			t.Errorf("the newcomer has to wait %v again", wait)
		}
		if wait := fair.Allow(t.Context(), honest); wait != 0 {
			t.Errorf("the newcomer is refused for %v", wait)
		}
		invented := ratelimit.Source{Address: "192.0.2.1", Browser: "invented"}
		if fair.Allow(t.Context(), invented) == 0 {
			t.Error("a browser with an id that nobody gave it was served from the reserve")
		}
	})
}

// A device chooses its addresses within a /64 as it likes, and a customer of a provider may have a whole /48.
func TestAddressesOfOneIPv6NetworkShareALimit(t *testing.T) {
	fair := ratelimit.NewFair(10_000, fairRates)
	if n := allowed(t, fair, 1000, func(i int) ratelimit.Source {
		return ratelimit.Source{Address: fmt.Sprintf("2001:db8:1:1::%x", i)}
	}); n != 20 {
		t.Errorf("a /64 was allowed %d times", n)
	}
	if n := allowed(t, fair, 1000, func(i int) ratelimit.Source {
		return ratelimit.Source{Address: fmt.Sprintf("2001:db8:1:%x::1", 2+i)}
	}); n != ratelimit.SiteLimit(20)-20 {
		t.Errorf("the rest of a /48 was allowed %d times", n)
	}
	if fair.Allow(t.Context(), ratelimit.Source{Address: "2001:db8:2:1::1"}) != 0 {
		t.Error("another /48 was refused")
	}
	for i, address := range []string{"192.0.2.1", "::ffff:192.0.2.1"} {
		from := func(int) ratelimit.Source { return ratelimit.Source{Address: address} }
		if n := allowed(t, fair, 100, from); n != 20-20*i {
			t.Errorf("%s was allowed %d times", address, n)
		}
	}
}
