package jukebox

import (
	"context"
	"math"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"antwon.dj/backend/internal/party"
)

// tempo is how often something may be done: so many at once, and so many a second.
type tempo struct {
	atOnce    int
	perSecond float64
}

// What one session may do in a room. People tap quickly, and phones that come back send what they kept; nobody taps like
// that for long.
var sessionTempo = map[party.Action]tempo{
	party.ActSearch:    {20, 3}, // as one types
	party.ActAdd:       {20, 1},
	party.ActLike:      {30, 5},
	party.ActRemoveOwn: {20, 2},
	party.ActClear:     {5, 0.2},
	party.ActSettle:    {10, 1},
	party.ActCommand:   {10, 1},
	party.ActDevices:   {10, 1},
	party.ActMembers:   {20, 2},
	party.ActExpel:     {20, 1},
	party.ActAppoint:   {20, 1},
	party.ActClose:     {5, 0.2},
	party.ActVote:      {10, 1},
	party.ActUndo:      {20, 1},
	party.ActRecap:     {10, 1},
	party.ActApprove:   {30, 2},
	party.ActPin:       {30, 2},
	party.ActLog:       {20, 2},
	party.ActExport:    {3, 0.02}, // each makes a playlist
}

// What all sessions together may change in one room. A thousand guests who like something at once are within it.
var roomTempo = tempo{2_000, 300}

// How many sessions may come from one address. A party shares one, so this is coarse.
var addressTempo = tempo{300, 1}

// How many wrong codes may come from one address: people mistype, and a party shares an address.
var guessTempo = tempo{100, 0.5}

// paced is how many sessions, rooms and addresses are remembered at once. Who is forgotten begins anew.
const paced = 100_000

// pace sees to it that nobody does too much, on this server. Reading is not paced here.
type pace struct {
	free    func(Viewer) bool // who is not paced
	buckets *lru.Cache[paceKey, *rate.Limiter]
}

type paceKey struct {
	who string       // a user and a room, a room, or an address
	act party.Action // empty: whatever it is
}

func newPace(free func(Viewer) bool) *pace {
	buckets, _ := lru.New[paceKey, *rate.Limiter](paced) // fails only for a size of 0
	return &pace{free, buckets}
}

// allow counts something that a member of a room wants to do.
func (p *pace) allow(a access) error {
	t, paced := sessionTempo[a.act]
	if !paced || p.free != nil && p.free(a.viewer) {
		return nil
	}
	if err := p.take(paceKey{a.viewer.UserID + " " + a.roomID, a.act}, t, "you do this too often"); err != nil {
		return err
	}
	return p.take(paceKey{who: a.roomID}, roomTempo, "too much happens in this room at once")
}

// newcomer counts a session that begins at an address; none is known of those who do not come by HTTP.
func (p *pace) newcomer(ctx context.Context) error {
	caller := callerFrom(ctx)
	if caller.Address == "" {
		return nil
	}
	return p.take(paceKey{who: caller.Address}, addressTempo, "too many people have come from your address")
}

// guess counts a code that no room has: whoever tries them all is slowed down.
func (p *pace) guess(ctx context.Context) error {
	caller := callerFrom(ctx)
	if caller.Address == "" {
		return nil
	}
	return p.take(paceKey{"guess " + caller.Address, ""}, guessTempo, "too many wrong codes have come from your address")
}

func (p *pace) take(key paceKey, t tempo, sentence string) error {
	bucket, ok := p.buckets.Get(key)
	if !ok {
		bucket = rate.NewLimiter(rate.Limit(t.perSecond), t.atOnce)
		if before, known, _ := p.buckets.PeekOrAdd(key, bucket); known { // by a request of this moment
			bucket = before
		}
	}
	now := time.Now()
	if bucket.AllowN(now, 1) {
		return nil
	}
	missing := 1 - bucket.TokensAt(now)
	wait := time.Duration(math.Ceil(missing/t.perSecond*1000)) * time.Millisecond
	return &party.Error{Code: party.RateLimited, Message: sentence + ": try again in a moment", RetryAfter: max(wait, time.Millisecond)}
}
