package scenarios_test

import (
	"context"
	"net/http"
	"sync"
	"time"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
)

// ice holds up a whole server, as a machine does that sleeps, or swaps: nothing goes out, and nothing that comes in is
// noticed, before it melts. Nobody in there can leave earlier.
type ice struct {
	mu     sync.Mutex
	melted chan struct{} // closed while there is none
}

func newIce() *ice {
	melted := make(chan struct{})
	close(melted)
	return &ice{melted: melted}
}

// freeze lasts so long from now on.
func (i *ice) freeze(d time.Duration) {
	melted := make(chan struct{})
	i.mu.Lock()
	i.melted = melted
	i.mu.Unlock()
	time.AfterFunc(d, func() { close(melted) })
}

func (i *ice) wait() {
	i.mu.Lock()
	melted := i.melted
	i.mu.Unlock()
	<-melted
}

// frozenWeb is a server's way to Spotify.
type frozenWeb struct {
	*ice
	http.RoundTripper
}

func (w frozenWeb) RoundTrip(r *http.Request) (*http.Response, error) {
	w.wait()
	defer w.wait()
	return w.RoundTripper.RoundTrip(r)
}

// frozenRooms is its way to the database, where it drives players.
type frozenRooms struct {
	*ice
	*jukebox.Driver
}

var _ playback.Rooms = frozenRooms{}

func (r frozenRooms) RenewNode(ctx context.Context, nodeID string, life time.Duration) (int, error) {
	r.wait()
	defer r.wait()
	return r.Driver.RenewNode(ctx, nodeID, life)
}

func (r frozenRooms) OpenRooms(ctx context.Context) ([]party.OpenRoom, error) {
	r.wait()
	defer r.wait()
	return r.Driver.OpenRooms(ctx)
}

func (r frozenRooms) TakeLease(ctx context.Context, roomID, nodeID string) (party.Lease, error) {
	r.wait()
	defer r.wait()
	return r.Driver.TakeLease(ctx, roomID, nodeID)
}

func (r frozenRooms) ApplyPlayback(ctx context.Context, lease party.Lease, step party.PlaybackStep) (int64, error) {
	r.wait()
	defer r.wait()
	return r.Driver.ApplyPlayback(ctx, lease, step)
}
