package account

import (
	"context"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/ratelimit"
)

// newSessionRate limits the sessions that may start from one address. The guests of a party often share one address, so
// the limit is coarse.
var newSessionRate = ratelimit.Rate{Name: "new users", Burst: 300, PerSecond: 1, Shared: true}

// limitedAddresses bounds how many addresses are counted at once. A forgotten address starts with a full burst.
const limitedAddresses = 100_000

// AllowNewSession counts a session that is about to start, and returns RateLimited if too many have started from the
// caller's address. Callers without an address, which do not come by HTTP, are not counted.
func (a *Accounts) AllowNewSession(ctx context.Context) error {
	address := CallerFrom(ctx).Address
	if address == "" {
		return nil
	}
	if wait := a.limiter.Allow(ctx, address, newSessionRate); wait > 0 {
		return party.TooOften("Too many people have come from your address", wait)
	}
	return nil
}
