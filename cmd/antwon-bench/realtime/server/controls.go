//go:build linux

package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"
)

// LikeRequest asks a server for likes. Each is in the next room. In each room, one guest likes all songs, and then the
// next guest does. Every like is a change of its room: when all guests have liked all songs, they unlike them in the
// same order.
type LikeRequest struct {
	FirstRoom, Rooms int // the indexes of the rooms in the seed
	Likes            int
	// Every is the time between the starts of two likes, however long they take. With 0, each waits for the one before it.
	Every time.Duration
}

// Like is a like that was committed.
type Like struct {
	Room             int       // the index of the room in the seed
	Version          int64     // of the room, as raised by this like
	Began, Committed time.Time // the load generator reads the same clock
	Retries          int       // attempts that timed out
}

// maxRetries bounds how often a like that timed out is retried, as a client would. Likes do time out on a server whose
// deliveries leave them no processor time.
const maxRetries = 20

// controls serves the requests of the load generator.
type controls struct {
	*Backend
	usage func(collect bool) (Usage, error)
	ctx   context.Context
	mu    sync.Mutex
	likes []int // how many each room has had
}

func newControls(
	ctx context.Context, b *Backend, usage func(collect bool) (Usage, error), liked int,
) http.Handler {
	c := &controls{Backend: b, usage: usage, ctx: ctx, likes: slices.Repeat([]int{liked}, len(b.seed.Rooms))}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /likes", c.serveLikes)
	mux.HandleFunc("GET /usage", c.serveUsage)
	return mux
}

func (c *controls) serveLikes(w http.ResponseWriter, r *http.Request) {
	var request LikeRequest
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	likes, err := c.performLikes(request)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_ = json.NewEncoder(w).Encode(likes) // fails only if the load generator has gone
}

// performLikes returns when all requested likes are committed.
func (c *controls) performLikes(request LikeRequest) ([]Like, error) {
	likes, errs := make([]Like, request.Likes), make([]error, request.Likes)
	var running sync.WaitGroup
	begin := time.Now()
	for n := range request.Likes {
		like := func() { likes[n], errs[n] = c.like(request.FirstRoom + n%request.Rooms) }
		if request.Every == 0 {
			like()
			continue
		}
		time.Sleep(time.Until(begin.Add(time.Duration(n) * request.Every)))
		running.Go(like)
	}
	running.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return likes, nil
}

// like performs the room's next like, which is the same one on every kind of server.
func (c *controls) like(index int) (Like, error) {
	c.mu.Lock()
	n := c.likes[index]
	c.likes[index]++
	c.mu.Unlock()
	room := c.seed.Rooms[index]
	const stride = 7 // liked in the order of the queue, the songs would not overtake each other
	item := room.Items[n*stride%len(room.Items)]
	round := n / len(room.Items)
	viewer := room.Guests[round%len(room.Guests)].Viewer(c.ctx)
	like := c.LikeQueueItem
	if round/len(room.Guests)%2 == 1 {
		like = c.UnlikeQueueItem
	}
	done := Like{Room: index, Began: time.Now()}
	for ; ; done.Retries++ {
		result, err := like(viewer, item, nil)
		if err == nil {
			done.Version, done.Committed = result.Version, time.Now()
			return done, nil
		}
		if !errors.Is(err, context.DeadlineExceeded) || done.Retries == maxRetries {
			return Like{}, err
		}
	}
}

// serveUsage answers with the server's Usage. With ?collect=1 it first collects garbage and returns unused memory.
func (c *controls) serveUsage(w http.ResponseWriter, r *http.Request) {
	usage, err := c.usage(r.FormValue("collect") != "")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_ = json.NewEncoder(w).Encode(usage) // fails only if the load generator has gone
}
