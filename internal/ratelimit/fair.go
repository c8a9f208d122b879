package ratelimit

import (
	"context"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// Source is where a request comes from whose user is unknown.
type Source struct {
	Address    string // the IP address, without a port
	Connection string // tells the connections of the address apart; "": unknown, as behind many proxies
	Browser    string // the id in the browser's cookie; "": unknown
	NewBrowser bool   // the request did not have the id; the response offers it to the browser
}

// FairRates are the limits of a Fair.
type FairRates struct {
	Own     Rate // of one browser, and of one connection
	Network Rate // of all clients of a network together
	Reserve Rate // of a network's browsers that come back after a refusal
}

// Fair limits how often unknown clients do something. Many guests share a network, so with a limit for the network
// alone, one guest could use up the share of all. So each browser and each connection may use only a part of it. When
// the network has used up its limit, a browser that comes back with the id that it was offered is served from a
// reserve, which requests without cookies cannot use. A Fair is safe for concurrent use.
type Fair struct {
	rates   FairRates
	limiter *Limiter
	refused *lru.Cache[string, struct{}] // ids of browsers that were refused
}

// comeBackAfter bounds the wait of a browser that is refused because its network has used up its limit. When the
// browser comes back after that time, the reserve may serve it.
const comeBackAfter = time.Second

// NewFair returns a Fair that remembers at most this many buckets, and as many refused browsers. It panics unless keys
// is positive.
func NewFair(keys int, rates FairRates) *Fair {
	refused, err := lru.New[string, struct{}](keys)
	if err != nil {
		panic(err) // only for a size that is not positive
	}
	return &Fair{rates: rates, limiter: New(keys), refused: refused}
}

// Allow counts what a source does and returns 0, or returns how long the source has to wait.
func (f *Fair) Allow(ctx context.Context, s Source) (wait time.Duration) {
	return f.ask(s, func(b *Bucket) time.Duration { return b.Allow(ctx) })
}

// Wait returns what Allow would return, and counts nothing.
func (f *Fair) Wait(s Source) time.Duration { return f.ask(s, (*Bucket).Wait) }

// ask calls spend with the buckets that limit the source, and returns how long the source has to wait. Spend returns
// the wait for a token of one bucket.
func (f *Fair) ask(s Source, spend func(*Bucket) time.Duration) (wait time.Duration) {
	if s.Connection != "" {
		wait = spend(f.limiter.Bucket("connection "+s.Connection, f.rates.Own))
	}
	if wait == 0 && s.Browser != "" && !s.NewBrowser {
		wait = spend(f.limiter.Bucket("browser "+s.Browser, f.rates.Own))
	}
	if wait > 0 {
		return wait
	}
	wait = f.askNetwork("any", s.Address, f.rates.Network, spend)
	if wait == 0 || s.Browser == "" {
		return wait
	}
	cameBack := !s.NewBrowser && f.refused.Contains(s.Browser)
	if cameBack && f.askNetwork("reserve", s.Address, f.rates.Reserve, spend) == 0 {
		return 0
	}
	f.refused.Add(s.Browser, struct{}{})
	return min(wait, comeBackAfter)
}

// askNetwork calls spend with the bucket of the address's network, and then with that of its site.
func (f *Fair) askNetwork(use, address string, r Rate, spend func(*Bucket) time.Duration) (wait time.Duration) {
	network, site := NetworksOf(address)
	wait = spend(f.limiter.Bucket(use+" "+network, r))
	if wait == 0 && site != "" {
		wait = spend(f.limiter.Bucket(use+" "+site, r.ofSite()))
	}
	return wait
}
