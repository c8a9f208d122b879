package scenarios_test

import (
	"context"
	"net/http"
	"sync"
	"time"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
	"antwon.dj/backend/internal/testlog"
)

// suspension suspends a whole server, like a laptop that sleeps or a machine that swaps: until the suspension ends, no
// request leaves the server, no answer reaches it, and not even a canceled context ends a call early.
type suspension struct {
	logged  *testlog.Log
	mu      sync.Mutex
	resumed chan struct{} // closed unless the server is suspended
}

func newSuspension(logged *testlog.Log) *suspension {
	resumed := make(chan struct{})
	close(resumed)
	return &suspension{logged: logged, resumed: resumed}
}

// suspend suspends the server for a duration. Afterwards the server may log that it could not renew its node.
func (s *suspension) suspend(d time.Duration) {
	s.logged.Allow("could not renew the node")
	resumed := make(chan struct{})
	s.mu.Lock()
	s.resumed = resumed
	s.mu.Unlock()
	time.AfterFunc(d, func() { close(resumed) })
}

// wait waits until the server is not suspended.
func (s *suspension) wait() {
	s.mu.Lock()
	resumed := s.resumed
	s.mu.Unlock()
	<-resumed
}

// suspendableTransport is the HTTP transport of a server to Spotify. Its requests and answers wait during a suspension.
type suspendableTransport struct {
	*suspension
	http.RoundTripper
}

func (t suspendableTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	t.wait()
	defer t.wait()
	return t.RoundTripper.RoundTrip(r)
}

// suspendableRooms is the access of a server's supervisor to the database. Its calls wait during a suspension.
type suspendableRooms struct {
	*suspension
	*jukebox.Driver
}

var _ playback.Rooms = suspendableRooms{}

func (r suspendableRooms) RenewNode(ctx context.Context, nodeID string, life time.Duration) (int, error) {
	r.wait()
	defer r.wait()
	return r.Driver.RenewNode(ctx, nodeID, life)
}

func (r suspendableRooms) OpenRooms(ctx context.Context) ([]party.OpenRoom, error) {
	r.wait()
	defer r.wait()
	return r.Driver.OpenRooms(ctx)
}

func (r suspendableRooms) TakeLease(ctx context.Context, roomID, nodeID string) (party.Lease, error) {
	r.wait()
	defer r.wait()
	return r.Driver.TakeLease(ctx, roomID, nodeID)
}

func (r suspendableRooms) ApplyPlayback(ctx context.Context, l party.Lease, step party.PlaybackStep) (int64, error) {
	r.wait()
	defer r.wait()
	return r.Driver.ApplyPlayback(ctx, l, step)
}
