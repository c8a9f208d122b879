package jukebox

import (
	"context"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/ratelimit"
)

// actionRates is what one user may do in one room. People tap quickly, and phones that reconnect send what they kept; nobody
// taps like that for long.
var actionRates = map[party.Action]ratelimit.Rate{
	party.ActSearch:        {Burst: 20, PerSecond: 3}, // as one types
	party.ActAdd:           {Burst: 20, PerSecond: 1},
	party.ActLike:          {Burst: 30, PerSecond: 5},
	party.ActRemoveOwn:     {Burst: 20, PerSecond: 2},
	party.ActClear:         {Burst: 5, PerSecond: 0.2},
	party.ActUpdateRoom:    {Burst: 10, PerSecond: 1},
	party.ActControlPlayer: {Burst: 10, PerSecond: 1},
	party.ActListDevices:   {Burst: 10, PerSecond: 1},
	party.ActListMembers:   {Burst: 20, PerSecond: 2},
	party.ActRemoveGuest:   {Burst: 20, PerSecond: 1},
	party.ActSetRole:       {Burst: 20, PerSecond: 1},
	party.ActClose:         {Burst: 5, PerSecond: 0.2},
	party.ActVote:          {Burst: 10, PerSecond: 1},
	party.ActUndo:          {Burst: 20, PerSecond: 1},
	party.ActRecap:         {Burst: 10, PerSecond: 1},
	party.ActApprove:       {Burst: 30, PerSecond: 2},
	party.ActPin:           {Burst: 30, PerSecond: 2},
	party.ActViewLog:       {Burst: 20, PerSecond: 2},
	party.ActExport:        {Burst: 3, PerSecond: 0.02}, // each makes a playlist
}

var (
	// roomRate is what all members together may change in one room. A thousand guests who like a song at once stay below it.
	roomRate = ratelimit.Rate{Burst: 2_000, PerSecond: 300}
	// guessRate is how many wrong codes one address may send: people mistype, and a party shares an address.
	guessRate = ratelimit.Rate{Burst: 100, PerSecond: 0.5}
)

// limitedKeys bounds how many users, rooms and addresses are counted at once. A forgotten one starts with a full burst.
const limitedKeys = 100_000

// allow counts an action of a member. Reading is not limited here.
func (j *Jukebox) allow(a access) error {
	rate, limited := actionRates[a.action]
	if !limited || j.cfg.Free != nil && j.cfg.Free(a.viewer) {
		return nil
	}
	if wait := j.limiter.Allow(a.viewer.UserID+" "+a.roomID+" "+string(a.action), rate); wait > 0 {
		return party.TooOften("you do this too often", wait)
	}
	if wait := j.limiter.Allow(a.roomID, roomRate); wait > 0 {
		return party.TooOften("too much happens in this room at once", wait)
	}
	return nil
}

// allowGuess counts a code that no open room has, so that nobody can try them all. Callers without an address are not counted.
func (j *Jukebox) allowGuess(ctx context.Context) error {
	address := account.CallerFrom(ctx).Address
	if address == "" {
		return nil
	}
	if wait := j.limiter.Allow("guess "+address, guessRate); wait > 0 {
		return party.TooOften("too many wrong codes have come from your address", wait)
	}
	return nil
}
