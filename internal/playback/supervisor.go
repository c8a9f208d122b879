package playback

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/live"
)

// Rooms is where the rooms are kept.
type Rooms interface {
	// OpenRooms returns the ids of all open rooms.
	OpenRooms(ctx context.Context) ([]string, error)
	// Watch follows a room's state.
	Watch(ctx context.Context, roomID string) (*live.Watcher[*jukebox.State], error)
	// ApplyPlayback records a step, all of it or nothing. Conflict if the room is closed, or an item is not where the step
	// takes it from: then a newer state says otherwise.
	ApplyPlayback(ctx context.Context, roomID string, step jukebox.PlaybackStep) error
}

// Options are what a Supervisor tells about its work.
type Options struct {
	Log     *slog.Logger          // nil: silent
	Metrics prometheus.Registerer // nil: none
}

const (
	scanEvery    = 3 * time.Second
	hintsWaiting = 64 // hints beyond these are dropped: the next scan finds the room
)

// Supervisor drives the players of all open rooms. Make one with New, and let it Run.
type Supervisor struct {
	rooms   Rooms
	player  Player
	log     *slog.Logger
	metrics *metrics
	hints   chan string
}

// New returns a Supervisor that does nothing until it runs.
func New(rooms Rooms, player Player, opts Options) *Supervisor {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	return &Supervisor{
		rooms: rooms, player: player, log: opts.Log, metrics: newMetrics(opts.Metrics),
		hints: make(chan string, hintsWaiting),
	}
}

// Wake tells that a room may have opened, so that it need not wait for the next scan. It never blocks; it may be called
// by anybody, for any room, as often as one likes.
func (s *Supervisor) Wake(roomID string) {
	select {
	case s.hints <- roomID:
	default:
	}
}

// Run drives every open room until ctx ends, and returns nil when all that was begun is finished. It is called once.
func (s *Supervisor) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	defer workers.Wait()
	workers.Go(func() { s.scan(ctx) })
	driven := make(map[string]bool)
	ended := make(chan string)
	for {
		select {
		case roomID := <-s.hints:
			if !driven[roomID] {
				driven[roomID] = true
				workers.Go(func() { s.drive(ctx, roomID, ended) })
			}
		case roomID := <-ended:
			delete(driven, roomID)
		case <-ctx.Done():
			return nil
		}
	}
}

// scan hints at every open room, now and every few seconds.
func (s *Supervisor) scan(ctx context.Context) {
	for failing := false; ctx.Err() == nil; sleep(ctx, scanEvery) {
		open, err := s.rooms.OpenRooms(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			s.log.Error("looking for open rooms failed", "error", err)
		}
		failing = err != nil
		for _, roomID := range open {
			select {
			case s.hints <- roomID:
			case <-ctx.Done():
			}
		}
	}
}

// drive drives one room until it closes. After a failure the next scan starts it anew.
func (s *Supervisor) drive(ctx context.Context, roomID string, ended chan<- string) {
	s.metrics.rooms.Inc()
	d := &driver{
		roomID: roomID, rooms: s.rooms, player: s.player, metrics: s.metrics,
		log: s.log.With("room_id", roomID),
	}
	if err := d.run(ctx); err != nil && ctx.Err() == nil {
		d.log.Error("driving the room's player failed", "error", err)
	}
	s.metrics.rooms.Dec()
	select {
	case ended <- roomID:
	case <-ctx.Done():
	}
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
