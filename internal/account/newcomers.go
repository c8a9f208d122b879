package account

import (
	"context"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/ratelimit"
)

// newcomerRate is how many sessions may start from one address. The guests of a party share one, so this is coarse.
var newcomerRate = ratelimit.Rate{Burst: 300, PerSecond: 1}

// limitedAddresses bounds how many addresses are counted at once. A forgotten one starts with a full burst.
const limitedAddresses = 100_000

// AllowNewcomer counts a session that is about to start; RateLimited if too many have come from the caller's address. Callers
// without an address, which do not come by HTTP, are not counted.
func (a *Accounts) AllowNewcomer(ctx context.Context) error {
	address := CallerFrom(ctx).Address
	if address == "" {
		return nil
	}
	if wait := a.limiter.Allow(address, newcomerRate); wait > 0 {
		return party.TooOften("too many people have come from your address", wait)
	}
	return nil
}
