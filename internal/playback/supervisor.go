package playback

import (
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

// Rooms gives access to the rooms and their leases.
type Rooms interface {
	// RenewNode records that a node is alive for the given time from now on, and returns how many nodes are alive.
	// RetireNode records that a node has stopped.
	RenewNode(ctx context.Context, nodeID string, life time.Duration) (alive int, err error)
	RetireNode(ctx context.Context, nodeID string) error
	// OpenRooms returns all open rooms, each with the node that drives it.
	OpenRooms(ctx context.Context) ([]party.OpenRoom, error)
	// TakeLease gives a room's lease to a node. It returns party.ErrLeaseLost while another node holds the lease.
	TakeLease(ctx context.Context, roomID, nodeID string) (party.Lease, error)
	// Watch returns a watcher of a room's state. CountWatchers returns how many watchers the room has in this process.
	Watch(ctx context.Context, roomID string) (*live.Watcher[*party.State], error)
	CountWatchers(roomID string) int
	// ApplyPlayback records a step, completely or not at all, and returns the first version of the room whose state
	// contains it; 0 if the step changed nothing. It returns party.ErrLeaseLost if another node drives the room by now,
	// and an error with code Conflict if the room is closed or an item is not in the state from which the step moves it;
	// then a newer state of the room exists.
	ApplyPlayback(ctx context.Context, lease party.Lease, step party.PlaybackStep) (version int64, err error)
	// RecentlyPlayed returns the songs that a room played recently, newest first.
	RecentlyPlayed(ctx context.Context, roomID string) ([]party.Song, error)
	// Declined returns the fallback songs that hosts removed from the queue one by one.
	Declined(ctx context.Context, roomID string) ([]party.Song, error)
}

// Options are the optional settings of a Supervisor.
type Options struct {
	NodeID  string                // unique among all nodes that have ever run; empty: a new one
	OnNodes func(alive int)       // called after each renewal with the number of live nodes; may be nil
	Log     *slog.Logger          // nil: nothing is logged
	Metrics prometheus.Registerer // nil: no metrics are registered
	Tracing trace.TracerProvider  // nil: no spans are recorded
}

const (
	// nodeLife is how long a node holds its leases after its last renewal. Together with renewEvery it limits a takeover
	// to eight seconds.
	nodeLife   = 5 * time.Second
	renewEvery = 2 * time.Second
	// nodeMargin is how long before the end of nodeLife a node stops sending commands.
	nodeMargin = 500 * time.Millisecond
	// hintBuffer is how many hints may wait. Further hints are dropped; the next reconciliation finds their rooms.
	hintBuffer = 64
)

// Supervisor drives the players of all open rooms that no other node drives. New makes one; it works while Run runs.
type Supervisor struct {
	rooms      Rooms
	player     Player
	opts       Options
	metrics    *metrics
	tracer     trace.Tracer // nil: no spans are recorded
	hints      chan string
	open       chan []party.OpenRoom // unbuffered: the renewing goroutine waits until the list has been received
	ended      chan driverEnd        // unbuffered: a driver waits until its end has been received
	aliveUntil atomic.Pointer[time.Time]
}

// driverEnd says how a driver ended, and at which version of its room.
type driverEnd struct {
	roomID  string
	version int64
	err     error
}

// New returns a Supervisor, which does nothing until Run is called.
func New(rooms Rooms, player Player, opts Options) *Supervisor {
	if opts.NodeID == "" {
		opts.NodeID = uuid.Must(uuid.NewV7()).String()
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.OnNodes == nil {
		opts.OnNodes = func(int) {}
	}
	s := &Supervisor{
		rooms: rooms, player: player, opts: opts, metrics: newMetrics(opts.Metrics), tracer: newTracer(opts.Tracing),
		hints: make(chan string, hintBuffer), open: make(chan []party.OpenRoom), ended: make(chan driverEnd),
	}
	s.measureRenewals(opts.Metrics)
	return s
}

// Wake announces that a room has changed, so that the Supervisor drives it at once instead of after its next
// reconciliation. It never blocks, and any goroutine may call it, for any room, at any time.
func (s *Supervisor) Wake(roomID string) {
	select {
	case s.hints <- roomID:
	default:
	}
}

// Run drives every open room that no other node drives, until ctx ends. It returns nil after everything that it has
// started is completed. It must be called only once.
func (s *Supervisor) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	workers.Go(func() { s.renewLoop(ctx) })
	s.reconcileLoop(ctx, &workers)
	workers.Wait()
	retiring, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	if err := s.rooms.RetireNode(retiring, s.opts.NodeID); err != nil {
		s.opts.Log.Warn("the node could not be retired; other nodes take its rooms over when it expires", "error", err)
	}
	return nil
}

// reconcileLoop starts and stops drivers until ctx ends.
func (s *Supervisor) reconcileLoop(ctx context.Context, workers *sync.WaitGroup) {
	r := &reconciler{Supervisor: s, ctx: ctx, workers: workers, entries: map[string]*roomEntry{}}
	for {
		select {
		case roomID := <-s.hints:
			r.wake(roomID)
		case open := <-s.open:
			r.reconcile(open)
		case end := <-s.ended:
			r.driverEnded(end)
		case <-ctx.Done():
			return
		}
	}
}

// renewLoop keeps this node alive and lists the open rooms, at once and then every renewEvery.
func (s *Supervisor) renewLoop(ctx context.Context) {
	for failing := false; ctx.Err() == nil; sleep(ctx, renewEvery) {
		open, err := s.renew(ctx)
		switch {
		case err != nil && !failing && ctx.Err() == nil:
			s.opts.Log.Error("could not renew the node or list the open rooms", "error", err)
		case err == nil && failing:
			s.opts.Log.Info("the node is renewed again")
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

// renew records that this node is alive, and returns the open rooms. A renewal that takes longer than leases last is of
// no use.
func (s *Supervisor) renew(ctx context.Context) ([]party.OpenRoom, error) {
	ctx, cancel := context.WithTimeout(ctx, nodeLife)
	defer cancel()
	until := time.Now().Add(nodeLife - nodeMargin)
	alive, err := s.rooms.RenewNode(ctx, s.opts.NodeID, nodeLife)
	if err != nil {
		return nil, err
	}
	s.aliveUntil.Store(&until)
	s.metrics.nodes.Set(float64(alive))
	s.opts.OnNodes(alive)
	return s.rooms.OpenRooms(ctx)
}

// isAlive reports whether no other node can have taken over this node's rooms. It returns false in a process that was
// suspended for too long.
func (s *Supervisor) isAlive() bool {
	until := s.aliveUntil.Load()
	return until != nil && time.Now().Before(*until)
}

// IsOverdue reports whether the last renewal of this node began about twice nodeLife ago, or earlier, so that nobody
// drives its rooms, or other nodes do. It returns false before the first renewal.
func (s *Supervisor) IsOverdue() bool {
	until := s.aliveUntil.Load()
	return until != nil && time.Since(*until) > nodeLife
}

// drive drives one room until it closes, becomes idle, or another node takes it over. After a failure the next
// reconciliation starts a new driver.
func (s *Supervisor) drive(ctx context.Context, roomID string, unrequested bool) driverEnd {
	s.metrics.rooms.Inc()
	defer s.metrics.rooms.Dec()
	d := &driver{
		rooms: s.rooms, player: s.player, metrics: s.metrics, tracer: s.tracer, isAlive: s.isAlive, unrequested: unrequested,
		log: s.opts.Log.With("room_id", roomID), room: &party.State{},
	}
	var err error
	lost := leaseElsewhere
	if d.lease, err = s.rooms.TakeLease(ctx, roomID, s.opts.NodeID); err == nil {
		s.metrics.leases.WithLabelValues(leaseTaken).Inc()
		lost = leaseLost
		d.memory.calls = knownCalls(d.lease, time.Now())
		err = d.run(ctx)
	}
	switch {
	case err == nil, ctx.Err() != nil, errors.Is(err, errIdle), party.CodeOf(err) == party.Conflict: // closed
	case errors.Is(err, party.ErrLeaseLost):
		s.metrics.leases.WithLabelValues(lost).Inc()
		d.log.Debug("another node drives the room")
	default:
		d.log.Error("the room's player could not be driven", "error", err)
	}
	return driverEnd{roomID, d.room.Version, err}
}

// sleep waits for a duration, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
