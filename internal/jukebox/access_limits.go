package jukebox

import (
	"context"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/ratelimit"
)

// actionRates limits how often one user may do something in one room. The bursts are generous, because people tap
// quickly, and a phone that reconnects sends the requests that it has queued; neither lasts long. An action that is not
// listed is not limited: unlimitedActions says why.
var actionRates = map[party.Action]ratelimit.Rate{
	party.ActSearch:        {Burst: 20, PerSecond: 3}, // a search is sent while the user types
	party.ActAdd:           {Burst: 20, PerSecond: 1},
	party.ActAddFor:        {Burst: 20, PerSecond: 1},
	party.ActLike:          {Burst: 30, PerSecond: 5},
	party.ActRemoveOwn:     {Burst: 20, PerSecond: 2},
	party.ActClear:         {Burst: 5, PerSecond: 0.2},
	party.ActUpdateRoom:    {Burst: 10, PerSecond: 1},
	party.ActControlPlayer: {Burst: 10, PerSecond: 1},
	party.ActListDevices:   {Burst: 10, PerSecond: 1},
	party.ActListMembers:   {Burst: 20, PerSecond: 2},
	party.ActRemoveGuest:   {Burst: 20, PerSecond: 1},
	party.ActSetRole:       {Burst: 20, PerSecond: 1},
	party.ActAnswerOffer:   {Burst: 10, PerSecond: 0.5},
	party.ActClose:         {Burst: 5, PerSecond: 0.2},
	party.ActVote:          {Burst: 10, PerSecond: 1},
	party.ActUndo:          {Burst: 20, PerSecond: 1},
	party.ActRecap:         {Burst: 10, PerSecond: 1},
	party.ActApprove:       {Burst: 30, PerSecond: 2},
	party.ActPin:           {Burst: 30, PerSecond: 2},
	party.ActViewLog:       {Burst: 20, PerSecond: 2},
	party.ActNotify:        {Burst: 10, PerSecond: 0.2},
	party.ActExport:        {Burst: 3, PerSecond: 0.02}, // each creates a playlist at Spotify
}

// unlimitedActions are the actions without a rate of their own, and why they need none.
var unlimitedActions = map[party.Action]string{
	party.ActView:      "it only reads, and the operations of a connection are limited",
	party.ActRemoveAny: "it is counted as party.ActRemoveOwn, because one use case does both",
	party.ActReact:     "package reactions limits it, so that reactions do not count against the room's limit",
}

var (
	// roomRate limits the actions of all members of a room together. A thousand guests who like a song at the same moment
	// stay below it.
	roomRate = ratelimit.Rate{Name: "room", Burst: 2_000, PerSecond: 300, Shared: true}
	// codeRates limit how many wrong room codes unknown callers may send from one network. They allow for typing errors,
	// and for all guests of a party to share a network.
	codeRates = ratelimit.FairRates{
		Own:     ratelimit.Rate{Name: "wrong codes", Burst: 20, PerSecond: 0.1, Shared: true},
		Network: ratelimit.Rate{Name: "wrong codes", Burst: 100, PerSecond: 0.5, Shared: true},
		Reserve: ratelimit.Rate{Name: "wrong codes", Burst: 50, PerSecond: 0.5, Shared: true},
	}
	// allCodesRate limits how many wrong codes the whole server answers. docs/security.md computes from it how long
	// guessing takes.
	allCodesRate = ratelimit.Rate{Name: "wrong codes", Burst: 2_000, PerSecond: 20, Shared: true}
)

// limitedKeys is how many rate limits are kept in memory. One that was evicted starts again with a full burst.
const limitedKeys = 100_000

// allow counts an action against the limits of the viewer and of the room. It returns RateLimited if one is exceeded.
func (j *Jukebox) allow(ctx context.Context, a access) error {
	rate, limited := actionRates[a.action]
	if !limited || j.cfg.Free != nil && j.cfg.Free(a.viewer) {
		return nil
	}
	rate.Name = string(a.action)
	key := a.viewer.UserID + " " + a.roomID + " " + string(a.action)
	if wait := j.limiter.Allow(ctx, key, rate); wait > 0 {
		return party.TooOften("You do this too often", wait)
	}
	if wait := j.limiter.Allow(ctx, a.roomID, roomRate); wait > 0 {
		return party.TooOften("Too much is happening in this room at once", wait)
	}
	return nil
}

// allowCode counts a wrong room code against the limits of the caller's network and of the server, so that nobody can
// try all codes. It does not count a right code, but returns RateLimited for right and wrong codes once a limit is
// exceeded. Callers without an address are not limited.
func (j *Jukebox) allowCode(ctx context.Context, right bool) error {
	caller := account.CallerFrom(ctx)
	if caller.Address == "" {
		return nil
	}
	wait, all := j.codes.Wait(caller.Source()), j.allCodes.Wait()
	if wait == 0 && all == 0 && !right {
		wait, all = j.codes.Allow(ctx, caller.Source()), j.allCodes.Allow(ctx)
	}
	switch {
	case wait > 0:
		return party.TooOften("Too many wrong codes have come from your address", wait)
	case all > 0:
		return party.TooOften("The server has received too many wrong codes", all)
	}
	return nil
}
