package scenarios_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

// minShown is how long a health must be shown to be recorded. If a change follows another one at once, it depends on
// chance whether the first one is seen.
const minShown = 100 * time.Millisecond

// healthLog records the healths that a room shows, with their reasons, in order. Equal ones in a row are recorded once.
type healthLog struct {
	t      testing.TB
	roomID string
	stop   func() // ends the watch, and waits for its goroutine

	mu    sync.Mutex
	shown []string
	since []time.Time // when each of them was first shown
}

// logHealth records a room's healths until the test ends.
func logHealth(t testing.TB, s *server, roomID string) *healthLog {
	t.Helper()
	h := &healthLog{t: t, roomID: roomID}
	h.watch(s)
	t.Cleanup(func() { h.stop() })
	return h
}

// watch watches the room at this server from now on.
func (h *healthLog) watch(s *server) {
	h.t.Helper()
	if h.stop != nil {
		h.stop()
	}
	watcher, err := s.Watch(h.t.Context(), h.roomID)
	must(h.t, err)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			state, err := watcher.Next(context.Background())
			if err != nil {
				return // the watcher or its server was closed
			}
			h.record(state.Playback)
		}
	}()
	h.stop = func() {
		watcher.Close()
		<-ended
	}
}

func (h *healthLog) record(p party.Playback) {
	health := string(p.Health)
	if p.Reason != "" {
		health += "/" + string(p.Reason)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if n := len(h.shown); n > 0 && h.shown[n-1] != health && time.Since(h.since[n-1]) < minShown {
		h.shown, h.since = h.shown[:n-1], h.since[:n-1]
	}
	if n := len(h.shown); n == 0 || h.shown[n-1] != health {
		h.shown, h.since = append(h.shown, health), append(h.since, time.Now())
	}
}

func (h *healthLog) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.Join(h.shown, " ")
}
