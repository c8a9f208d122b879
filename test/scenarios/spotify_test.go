package scenarios_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"antwon.dj/backend/internal/spotify/sim"
)

// latency is how long a request needs to reach Spotify, and an answer to come back.
const latency = 60 * time.Millisecond

// spotifyServer is the simulated Spotify behind a network.
type spotifyServer struct {
	*sim.Spotify
	network *network
	handler http.Handler         // the simulator's, without the network
	tracks  map[string]sim.Track // by URI

	mu       sync.Mutex
	requests []request
	running  int                      // the number of requests that have not been answered completely
	arrivals map[string]chan struct{} // by name of the request
}

// request is one request that reached Spotify.
type request struct {
	at     time.Time
	name   string        // such as "GET me/player"
	status int           // of the response; 0: there was none yet, or the connection was cut
	wait   time.Duration // the Retry-After of the response, if it was in seconds
}

// done returns the time at which Spotify carried out the request, if no fault delayed it.
func (r request) done() time.Time { return r.at.Add(latency) }

// answerWriter records the status and the Retry-After of a response.
type answerWriter struct {
	http.ResponseWriter
	answered func(status int, header http.Header)
}

func (w answerWriter) WriteHeader(status int) {
	w.answered(status, w.Header())
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController flush the response.
func (w answerWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// openSpotify serves a simulated Spotify until the test ends. If seconds is not 0, every song has this duration.
func openSpotify(t testing.TB, seconds int) *spotifyServer {
	t.Helper()
	simulated, err := sim.Open(sim.Config{SongSeconds: seconds})
	must(t, err)
	s := &spotifyServer{
		Spotify: simulated, network: newNetwork(), handler: simulated.Handler(), tracks: map[string]sim.Track{},
		arrivals: map[string]chan struct{}{},
	}
	for _, track := range simulated.Catalogue() {
		s.tracks[track.URI] = track
	}
	serving := &http.Server{Handler: http.HandlerFunc(s.serve)}
	ended := make(chan error)
	go func() { ended <- serving.Serve(s.network) }()
	t.Cleanup(func() {
		must(t, serving.Shutdown(context.Background())) // it waits for requests that are being answered
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("serve Spotify: %v", err)
		}
	})
	return s
}

func (s *spotifyServer) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	at := len(s.requests)
	s.running++
	s.requests = append(s.requests, request{at: time.Now(), name: nameOf(r)})
	if arrived := s.arrivals[nameOf(r)]; arrived != nil {
		close(arrived)
		delete(s.arrivals, nameOf(r))
	}
	s.mu.Unlock()
	time.Sleep(latency)
	defer func() { // even if the fault cuts the connection
		time.Sleep(latency)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.running--
	}()
	s.handler.ServeHTTP(answerWriter{w, func(status int, header http.Header) {
		s.mu.Lock()
		defer s.mu.Unlock()
		seconds, _ := strconv.Atoi(header.Get("Retry-After"))
		s.requests[at].status, s.requests[at].wait = status, time.Duration(seconds)*time.Second
	}}, r)
}

// nameOf returns the method and the path of a request, without the parts that differ from song to song.
func nameOf(r *http.Request) string {
	path := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/"), "v1/")
	if kind, _, found := strings.Cut(path, "/"); found && kind != "me" && kind != "api" {
		path = kind
	}
	return r.Method + " " + path
}

// direct answers a request of the host's browser or app. Such a request takes no time and is not counted.
func (s *spotifyServer) direct(r *http.Request) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	s.handler.ServeHTTP(answer, r)
	return answer
}

// calls counts the requests since a time, by name.
func (s *spotifyServer) calls(since time.Time) map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	calls := make(map[string]int)
	for _, r := range s.requests {
		if !r.at.Before(since) {
			calls[r.name]++
		}
	}
	return calls
}

// log returns all requests, oldest first.
func (s *spotifyServer) log() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// underWay returns how many requests have a client that still waits for the complete answer.
func (s *spotifyServer) underWay() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running
}

// total returns the number of all requests.
func (s *spotifyServer) total() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.requests)
}

// next returns a channel that is closed when the next request of this name arrives, before Spotify carries it out.
func (s *spotifyServer) next(name string) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.arrivals[name] = make(chan struct{})
	return s.arrivals[name]
}

// busiest returns the largest number of requests within any period of this length.
func (s *spotifyServer) busiest(span time.Duration) int { return s.busiestOf(span, "") }

// playerCalls is busiest for the requests about players, without those about songs and tokens.
func (s *spotifyServer) playerCalls(span time.Duration) int { return s.busiestOf(span, "me/player") }

func (s *spotifyServer) busiestOf(span time.Duration, name string) (most int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var within []request
	for _, r := range s.requests {
		if !strings.Contains(r.name, name) {
			continue
		}
		within = append(within, r)
		for r.at.Sub(within[0].at) >= span {
			within = within[1:]
		}
		most = max(most, len(within))
	}
	return most
}
