package jukebox

import (
	"sync"
	"time"

	"antwon.dj/backend/ent"
)

// nodeWatch notices by this server's own clock which nodes are no longer renewed. If the database's clock is set back,
// its rows count a dead node as alive for that much longer. It is safe for concurrent use.
type nodeWatch struct {
	mu   sync.Mutex
	life time.Duration      // how long a node lives after a renewal; guarded by mu
	seen map[string]renewal // the last renewal of each node, by id; guarded by mu
}

// renewal is the expiry in a node's row, and when this server first saw it.
type renewal struct {
	aliveUntil time.Time
	since      time.Time
}

// observe records the rows of all nodes that are alive by the database's clock, and returns how many of them are still
// renewed. life is how long a node lives after a renewal.
func (w *nodeWatch) observe(rows []*ent.Node, life time.Duration) (alive int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.life = max(w.life, life)
	seen := make(map[string]renewal, len(rows))
	for _, row := range rows {
		last, known := w.seen[row.ID]
		if !known || !last.aliveUntil.Equal(row.AliveUntil) {
			last = renewal{row.AliveUntil, time.Now()}
		}
		seen[row.ID] = last
		if time.Since(last.since) < w.life {
			alive++
		}
	}
	w.seen = seen
	return alive
}

// isStale reports whether a node that is alive by the database's clock was not renewed for as long as a node lives.
func (w *nodeWatch) isStale(nodeID string, aliveUntil time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	last, known := w.seen[nodeID]
	return known && last.aliveUntil.Equal(aliveUntil) && time.Since(last.since) >= w.life
}
