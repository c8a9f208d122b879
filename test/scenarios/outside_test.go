package scenarios_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"antwon.dj/backend/internal/spotify/sim"
)

// delay is how long a request is on its way to Spotify, and an answer on its way back.
const delay = 60 * time.Millisecond

// outside is Spotify, and the way there.
type outside struct {
	*sim.Spotify
	network *network
	handler http.Handler         // the simulator's, without the way there
	tracks  map[string]sim.Track // by URI

	mu    sync.Mutex
	asked []request
	await map[string]chan struct{} // by what is asked
}

// request is what a server asked of Spotify.
type request struct {
	at   time.Time
	what string // "GET me/player"
}

// openSpotify serves a simulated Spotify until the test ends.
func openSpotify(t testing.TB, seconds int) *outside {
	t.Helper()
	simulated, err := sim.Open(sim.Config{SongSeconds: seconds})
	must(t, err)
	o := &outside{Spotify: simulated, network: newNetwork(), handler: simulated.Handler(), tracks: map[string]sim.Track{}, await: map[string]chan struct{}{}}
	for _, track := range simulated.Catalogue() {
		o.tracks[track.URI] = track
	}
	serving := &http.Server{Handler: http.HandlerFunc(o.serve)}
	ended := make(chan error)
	go func() { ended <- serving.Serve(o.network) }()
	t.Cleanup(func() {
		must(t, serving.Shutdown(context.Background())) // which waits for those who are being answered
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("serve Spotify: %v", err)
		}
	})
	return o
}

func (o *outside) serve(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	o.asked = append(o.asked, request{time.Now(), nameOf(r)})
	if arrived := o.await[nameOf(r)]; arrived != nil {
		close(arrived)
		delete(o.await, nameOf(r))
	}
	o.mu.Unlock()
	time.Sleep(delay)
	defer time.Sleep(delay) // also if the connection is cut
	o.handler.ServeHTTP(w, r)
}

// nameOf is what a request asks for, without what differs from song to song.
func nameOf(r *http.Request) string {
	path := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/"), "v1/")
	if kind, _, found := strings.Cut(path, "/"); found && kind != "me" && kind != "api" {
		path = kind
	}
	return r.Method + " " + path
}

// direct is a request that takes no time and is not counted: the host's browser's.
func (o *outside) direct(r *http.Request) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	o.handler.ServeHTTP(answer, r)
	return answer
}

// calls counts what was asked since a time, by kind.
func (o *outside) calls(since time.Time) map[string]int {
	o.mu.Lock()
	defer o.mu.Unlock()
	calls := make(map[string]int)
	for _, r := range o.asked {
		if !r.at.Before(since) {
			calls[r.what]++
		}
	}
	return calls
}

// total counts everything that was asked.
func (o *outside) total() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.asked)
}

// next is closed when something is asked the next time; it is on its way then.
func (o *outside) next(what string) <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.await[what] = make(chan struct{})
	return o.await[what]
}

// busiest is the most calls within any time that is so long.
func (o *outside) busiest(span time.Duration) (most int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	first := 0
	for last, r := range o.asked {
		for r.at.Sub(o.asked[first].at) >= span {
			first++
		}
		most = max(most, last-first+1)
	}
	return most
}
