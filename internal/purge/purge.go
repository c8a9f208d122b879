// Package purge deletes what nobody needs any longer: rooms that closed long ago, with everything in them, guests who
// did nothing, songs of no room, and the idempotency keys and commands of old mutations. docs/security.md says what
// bounds each table, and docs/operations.md what is kept for how long.
//
// It deletes a few rows at a time and pauses for as long in between, so that parties do not notice it. Several servers
// may purge at once, and a purge that was interrupted can be repeated.
//
//	purge.go      Purger
//	rooms.go      closed rooms, their guests and songs
//	idle.go       guests who did nothing, and closed rooms without a song
//	mutations.go  idempotency keys and commands
//	push.go       push subscriptions that nothing may be sent to
package purge

import (
	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/internal/database"
)

// Purger deletes old rows of a database. It is safe for concurrent use.
type Purger struct {
	db      *database.DB
	forget  func(roomID string) // called for each room that was deleted
	deleted *prometheus.CounterVec
}

// Deleted counts what was deleted.
type Deleted struct{ Rooms, Guests, Songs int }

// New returns a Purger, and registers its metric. It calls forget for each room that it has deleted.
func New(db *database.DB, forget func(roomID string), metrics prometheus.Registerer) *Purger {
	deleted := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "antwon_purged_total",
		Help: "Closed rooms, guests and songs that were deleted because they are no longer used.",
	}, []string{"kind"})
	for _, kind := range []string{"rooms", "guests", "songs"} {
		deleted.WithLabelValues(kind)
	}
	metrics.MustRegister(deleted)
	return &Purger{db: db, forget: forget, deleted: deleted}
}

func (p *Purger) count(done Deleted) {
	for kind, n := range map[string]int{"rooms": done.Rooms, "guests": done.Guests, "songs": done.Songs} {
		p.deleted.WithLabelValues(kind).Add(float64(n))
	}
}
