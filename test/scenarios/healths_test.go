package scenarios_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

// blink is a time for which nobody sees a health. Which of two that follow at once is shown before the other is chance.
const blink = 100 * time.Millisecond

// healths notes which healths a room shows, with their reasons, in order and each once in a row.
type healths struct {
	t      testing.TB
	roomID string
	leave  func() // ends the watch, and waits for it

	mu    sync.Mutex
	shown []string
	since time.Time // when the last one was shown first
}

func watchHealth(t testing.TB, s *server, roomID string) *healths {
	t.Helper()
	h := &healths{t: t, roomID: roomID}
	h.follow(s)
	t.Cleanup(func() { h.leave() })
	return h
}

// follow watches the room at this server from now on.
func (h *healths) follow(s *server) {
	h.t.Helper()
	if h.leave != nil {
		h.leave()
	}
	watcher, err := s.Watch(h.t.Context(), h.roomID)
	must(h.t, err)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			state, err := watcher.Next(context.Background())
			if err != nil {
				return // closed, by us or with the server
			}
			h.note(state.Playback)
		}
	}()
	h.leave = func() {
		watcher.Close()
		<-ended
	}
}

func (h *healths) note(p party.Playback) {
	health := string(p.Health)
	if p.Reason != "" {
		health += "/" + string(p.Reason)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if n := len(h.shown); n > 0 && h.shown[n-1] != health && time.Since(h.since) < blink {
		h.shown = h.shown[:n-1]
	}
	if n := len(h.shown); n == 0 || h.shown[n-1] != health {
		h.shown, h.since = append(h.shown, health), time.Now()
	}
}

func (h *healths) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.Join(h.shown, " ")
}
