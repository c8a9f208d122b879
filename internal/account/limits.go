package account

import (
	"context"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/ratelimit"
)

// strangerRates limit the joins, and the logins, of clients without a session. All guests of a party may share one
// network, so its limit is coarse.
var strangerRates = ratelimit.FairRates{
	Own:     ratelimit.Rate{Name: "new users", Burst: 60, PerSecond: 0.5, Shared: true},
	Network: ratelimit.Rate{Name: "new users", Burst: 300, PerSecond: 1, Shared: true},
	Reserve: ratelimit.Rate{Name: "new users", Burst: 200, PerSecond: 2, Shared: true},
}

// allLoginsRate limits the logins that begin at all addresses together: each stores a row until it is completed or,
// after it has expired, deleted within an hour.
var allLoginsRate = ratelimit.Rate{Name: "all logins", Burst: 600, PerSecond: 5, Shared: true}

// userRate limits how often a user may do one thing that concerns their account and no room. Every page that is opened
// refreshes the session, so the limit is generous.
var userRate = ratelimit.Rate{Burst: 60, PerSecond: 0.5}

// limitedKeys bounds how many addresses, and users' actions, are counted at once. One that is forgotten starts with a
// full burst.
const limitedKeys = 100_000

// AllowNewcomer counts somebody without a session who is about to become a guest or a screen, and returns RateLimited
// if too many have come from the caller's network, or from the caller alone.
func (a *Accounts) AllowNewcomer(ctx context.Context) error { return allowStranger(ctx, a.newcomers) }

// allowStranger counts a caller without a session, and returns RateLimited if the limit is exceeded. It does not count
// callers without an address, which do not come by HTTP.
func allowStranger(ctx context.Context, limit *ratelimit.Fair) error {
	caller := CallerFrom(ctx)
	if caller.Address == "" {
		return nil
	}
	if wait := limit.Allow(ctx, caller.Source()); wait > 0 {
		return party.TooOften("Too many people have come from your address", wait)
	}
	return nil
}

// allowLogin is AllowNewcomer for hosts who sign in. They have a limit of their own, so that a flood of guests does not
// keep them out. It also counts the logins of all addresses together.
func (a *Accounts) allowLogin(ctx context.Context) error {
	if CallerFrom(ctx).Address == "" {
		return nil
	}
	if err := allowStranger(ctx, a.logins); err != nil {
		return err
	}
	if wait := a.limiter.Allow(ctx, "all logins", allLoginsRate); wait > 0 {
		return party.TooOften("Too many logins have begun", wait)
	}
	return nil
}

// Allow counts something that a user does, and returns RateLimited if they do it too often.
func (a *Accounts) Allow(ctx context.Context, userID, action string) error {
	rate := userRate
	rate.Name = action
	if wait := a.limiter.Allow(ctx, userID+" "+action, rate); wait > 0 {
		return party.TooOften("You do this too often", wait)
	}
	return nil
}
