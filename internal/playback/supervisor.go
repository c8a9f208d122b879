package playback

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"

	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
)

// Rooms is where the rooms are kept.
type Rooms interface {
	// RenewNode says that a node lives for so long from now on, and returns how many do; RetireNode that it does no more.
	RenewNode(ctx context.Context, nodeID string, life time.Duration) (alive int, err error)
	RetireNode(ctx context.Context, nodeID string) error
	// OpenRooms returns all open rooms, and who drives them.
	OpenRooms(ctx context.Context) ([]party.OpenRoom, error)
	// TakeLease gives a node the right to drive a room; jukebox.ErrLeaseLost while another one has it.
	TakeLease(ctx context.Context, roomID, nodeID string) (party.Lease, error)
	// Watch follows a room's state. CountWatchers is how many do here.
	Watch(ctx context.Context, roomID string) (*live.Watcher[*party.State], error)
	CountWatchers(roomID string) int
	// ApplyPlayback records a step, all of it or nothing, and returns the version of the room from which on states have it;
	// 0: it changed nothing. jukebox.ErrLeaseLost if another node drives the room now; Conflict
	// if the room is closed, or an item is not where the step takes it from: then a newer state says otherwise.
	ApplyPlayback(ctx context.Context, lease party.Lease, step party.PlaybackStep) (version int64, err error)
	// RecentlyPlayed returns what a room played lately, newest first.
	RecentlyPlayed(ctx context.Context, roomID string) ([]party.Song, error)
	// Declined returns the fallback songs that hosts took out of the queue, one by one.
	Declined(ctx context.Context, roomID string) ([]party.Song, error)
}

// Options are how a Supervisor is known to others.
type Options struct {
	NodeID  string                // unique among all servers there ever were; empty: a new one
	OnNodes func(alive int)       // told now and then how many nodes there are; may be nil
	Log     *slog.Logger          // nil: silent
	Metrics prometheus.Registerer // nil: none
	Tracing trace.TracerProvider  // nil: looks and commands are no spans
}

const (
	// nodeLife is how long after its last word a node's rooms are another's. With tendEvery it makes a take-over last no
	// longer than eight seconds.
	nodeLife  = 5 * time.Second
	tendEvery = 2 * time.Second
	// nodeSpare is how long before the end of its life a node sends nothing any more.
	nodeSpare    = 500 * time.Millisecond
	hintsWaiting = 64 // hints beyond these are dropped: the next tending finds the room
)

// Supervisor drives the players of all open rooms that no other node drives. Make one with New, and let it Run.
type Supervisor struct {
	rooms   Rooms
	player  Player
	opts    Options
	metrics *metrics
	tracer  trace.Tracer // nil: nothing is a span
	hints   chan string
	open    chan []party.OpenRoom // unbuffered: who tends waits until the list is taken in
	ended   chan ending           // unbuffered: a driver waits until its end is known
	until   atomic.Pointer[time.Time]
}

// ending is how driving a room ended, and at which of its versions.
type ending struct {
	roomID  string
	version int64
	err     error
}

// New returns a Supervisor that does nothing until it runs.
func New(rooms Rooms, player Player, opts Options) *Supervisor {
	opts.NodeID = cmp.Or(opts.NodeID, uuid.Must(uuid.NewV7()).String())
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.OnNodes == nil {
		opts.OnNodes = func(int) {}
	}
	return &Supervisor{
		rooms: rooms, player: player, opts: opts, metrics: newMetrics(opts.Metrics), tracer: newTracer(opts.Tracing),
		hints: make(chan string, hintsWaiting), open: make(chan []party.OpenRoom), ended: make(chan ending),
	}
}

// Wake tells that something happens in a room, so that it need not wait to be found. It never blocks; it may be called by
// anybody, for any room, as often as one likes.
func (s *Supervisor) Wake(roomID string) {
	select {
	case s.hints <- roomID:
	default:
	}
}

// Run drives every open room that is nobody else's until ctx ends, and returns nil when all that was begun is finished. It
// is called once.
func (s *Supervisor) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	workers.Go(func() { s.tend(ctx) })
	s.run(ctx, &workers)
	workers.Wait()
	retiring, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	if err := s.rooms.RetireNode(retiring, s.opts.NodeID); err != nil {
		s.opts.Log.Warn("other servers will wait for the rooms of this one", "error", err)
	}
	return nil
}

func (s *Supervisor) run(ctx context.Context, workers *sync.WaitGroup) {
	d := &desk{Supervisor: s, ctx: ctx, workers: workers, seats: map[string]*seat{}}
	for {
		select {
		case roomID := <-s.hints:
			d.wake(roomID)
		case open := <-s.open:
			d.takeIn(open)
		case e := <-s.ended:
			d.leave(e)
		case <-ctx.Done():
			return
		}
	}
}

// tend keeps this node alive and looks for rooms, now and every few seconds.
func (s *Supervisor) tend(ctx context.Context) {
	for failing := false; ctx.Err() == nil; sleep(ctx, tendEvery) {
		open, err := s.look(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			s.opts.Log.Error("looking for open rooms failed", "error", err)
		}
		if failing = err != nil; failing {
			continue
		}
		select {
		case s.open <- open:
		case <-ctx.Done():
		}
	}
}

func (s *Supervisor) look(ctx context.Context) ([]party.OpenRoom, error) {
	until := time.Now().Add(nodeLife - nodeSpare)
	alive, err := s.rooms.RenewNode(ctx, s.opts.NodeID, nodeLife)
	if err != nil {
		return nil, err
	}
	s.until.Store(&until)
	s.metrics.nodes.Set(float64(alive))
	s.opts.OnNodes(alive)
	return s.rooms.OpenRooms(ctx)
}

// alive says that no other node can have taken this one's rooms. A process that was stopped for a while finds out here.
func (s *Supervisor) alive() bool {
	until := s.until.Load()
	return until != nil && time.Now().Before(*until)
}

// drive drives one room until it closes, becomes idle or another node's. After a failure the next tending starts it anew.
func (s *Supervisor) drive(ctx context.Context, roomID string, cold bool) ending {
	s.metrics.rooms.Inc()
	defer s.metrics.rooms.Dec()
	d := &driver{
		rooms: s.rooms, player: s.player, metrics: s.metrics, tracer: s.tracer, alive: s.alive, cold: cold,
		log: s.opts.Log.With("room_id", roomID), room: &party.State{},
	}
	var err error
	lost := leaseElsewhere
	if d.lease, err = s.rooms.TakeLease(ctx, roomID, s.opts.NodeID); err == nil {
		s.metrics.leases.WithLabelValues(leaseTaken).Inc()
		lost = leaseLost
		err = d.run(ctx)
	}
	switch {
	case err == nil, ctx.Err() != nil, errors.Is(err, errIdle), party.CodeOf(err) == party.Conflict: // closed
	case errors.Is(err, party.ErrLeaseLost):
		s.metrics.leases.WithLabelValues(lost).Inc()
		d.log.Debug("another server drives the room")
	default:
		d.log.Error("driving the room's player failed", "error", err)
	}
	return ending{roomID, d.room.Version, err}
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
