/*
Package reactions carries the reactions of a room's guests to its screens. A reaction is a short response to the song
that plays. It is a moment: it is stored nowhere, it may be lost, and who sent it is not passed on.

# What is bounded

  - viewerRate limits the reactions of one guest to a room, and roomRate those of all guests together; further reactions
    are refused with RateLimited. Both are separate from the limits of other actions, so that reactions never cause a
    like to be refused.
  - A server announces a room's reactions once in each Window, in one message with a number for each kind. A kind that
    was sent more often than MaxCount counts as MaxCount.
  - A screen shows one set of numbers for a Window, and then none. Reactions that arrive meanwhile are shown next, again
    at most MaxCount of each kind. Nothing waits for a slow screen: it misses windows.

# Goroutines

New starts one, which announces; Close ends it and waits for it. A Watcher has none. Both mutexes are held for a few
lines that touch memory only.
*/
package reactions

import (
	"context"
	"slices"
	"sync"
	"time"

	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/ratelimit"
)

const (
	// Window is how long reactions are collected before they are sent and shown together.
	Window = 500 * time.Millisecond
	// MaxCount is how many reactions of one kind count in one window.
	MaxCount = 20

	maxRooms    = 10_000 // in one window, at one server
	limitedKeys = 50_000 // guests and rooms whose limits are remembered
)

var (
	viewerRate = ratelimit.Rate{Name: "react", Burst: 10, PerSecond: 2}
	roomRate   = ratelimit.Rate{Name: "reactions", Burst: 500, PerSecond: 100, Shared: true}
)

// Config holds what Reactions need.
type Config struct {
	Moments live.MomentBus // carries reactions to all servers
	// Authorize returns the id of the viewer if they may do something in a room, and otherwise a party.Error.
	Authorize func(ctx context.Context, roomID string, action party.Action) (viewerID string, err error)
	// State returns the present state of a room.
	State func(ctx context.Context, roomID string) (*party.State, error)
}

// Reactions carries the reactions of all rooms. It is safe for concurrent use.
type Reactions struct {
	cfg    Config
	limits *ratelimit.Limiter
	feeds  feeds

	mu      sync.Mutex
	pending map[string]counts // by room: what was sent in the present window
	begun   chan struct{}     // holds a token once something is pending

	cancel  context.CancelFunc
	running sync.WaitGroup // announce
	leave   func()         // ends the subscription to the bus
}

// New returns running Reactions; Close stops them.
func New(cfg Config) *Reactions {
	ctx, cancel := context.WithCancel(context.Background())
	r := &Reactions{
		cfg: cfg, limits: ratelimit.New(limitedKeys), feeds: feeds{byRoom: map[string]*feed{}},
		pending: map[string]counts{}, begun: make(chan struct{}, 1), cancel: cancel,
	}
	r.leave = cfg.Moments.OnMoment(r.feeds.receive)
	r.running.Go(func() { r.announce(ctx) })
	return r
}

// Close stops sending and showing reactions, and waits for the goroutine to end.
func (r *Reactions) Close() {
	r.leave()
	r.cancel()
	r.running.Wait()
}

// React shows a reaction of the viewer to the song that plays on the room's screens. For guests. The error is Refused
// if the host does not show reactions, and Conflict while nothing plays.
func (r *Reactions) React(ctx context.Context, roomID string, reaction party.Reaction) error {
	viewerID, err := r.cfg.Authorize(ctx, roomID, party.ActReact)
	if err != nil {
		return err
	}
	if !slices.Contains(party.Reactions(), reaction) {
		return party.BadInput("reaction", "must be one of %v", party.Reactions())
	}
	if wait := r.limits.Allow(ctx, viewerID+" "+roomID, viewerRate); wait > 0 {
		return party.TooOften("You react too often", wait)
	}
	if wait := r.limits.Allow(ctx, roomID, roomRate); wait > 0 {
		return party.TooOften("Too many guests react in this room at once", wait)
	}
	state, err := r.cfg.State(ctx, roomID)
	if err != nil {
		return err
	}
	if err := state.MayReact(); err != nil {
		return err
	}
	r.count(roomID, reaction)
	return nil
}

// count adds a reaction to those of the present window.
func (r *Reactions) count(roomID string, reaction party.Reaction) {
	r.mu.Lock()
	defer r.mu.Unlock()
	sent := r.pending[roomID]
	if sent == nil {
		if len(r.pending) == maxRooms {
			return
		}
		sent = counts{}
		r.pending[roomID] = sent
	}
	sent[reaction] = min(sent[reaction]+1, MaxCount)
	select {
	case r.begun <- struct{}{}:
	default: // the window has begun
	}
}

// announce sends what is pending at the end of each window, until ctx ends.
func (r *Reactions) announce(ctx context.Context) {
	for {
		select {
		case <-r.begun:
		case <-ctx.Done():
			return
		}
		select {
		case <-time.After(Window):
		case <-ctx.Done():
			return
		}
		for roomID, sent := range r.takePending() {
			r.cfg.Moments.Announce(live.Moment{Topic: roomID, Data: sent.encode()})
		}
	}
}

func (r *Reactions) takePending() map[string]counts {
	r.mu.Lock()
	defer r.mu.Unlock()
	taken := r.pending
	r.pending = map[string]counts{}
	return taken
}
