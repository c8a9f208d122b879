package spotify

import (
	"maps"
	"sync"
	"time"

	"antwon.dj/backend/internal/playback"
)

const (
	// rejectionsPersistAfter is how long Spotify has to reject each fresh access token of a host before the host is asked
	// to connect again. Gateways have been seen to answer 401 for some seconds although the authorization was fine.
	rejectionsPersistAfter = 3 * time.Minute
	// minPersistentRejections is how many fresh tokens have to be rejected in that time.
	minPersistentRejections = 5
	// rejectionPauseMin and rejectionPauseMax bound the pause after a fresh token was rejected. It doubles each time, and
	// lasts persistentPause once the host was asked to connect again.
	rejectionPauseMin = 2 * time.Second
	rejectionPauseMax = 8 * time.Second
	persistentPause   = 30 * time.Second
	// rejectionMemory is how long a rejection counts if nothing is requested for the host meanwhile.
	rejectionMemory = 10 * time.Minute
)

// rejections remembers for which hosts Spotify rejects access tokens that it has only just issued. One such answer is
// no proof that the authorization has ended: only invalid_grant of the token endpoint is. It is safe for concurrent
// use.
type rejections struct {
	mu     sync.Mutex
	byHost map[string]rejection // hosts whose newest answer was a rejection
}

// rejection is a series of rejected fresh tokens without a success in between.
type rejection struct {
	since, until time.Time // when it began; when the next request may be sent
	times        int
}

func newRejections() *rejections { return &rejections{byHost: map[string]rejection{}} }

// record registers that a fresh token was rejected, and starts the next pause.
func (r *rejections) record(hostID string, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	maps.DeleteFunc(r.byHost, func(_ string, old rejection) bool { return now.Sub(old.until) > rejectionMemory })
	series, known := r.byHost[hostID]
	if !known {
		series.since = now
	}
	series.times++
	series.until = now.Add(min(rejectionPauseMin<<min(series.times-1, 10), rejectionPauseMax))
	if series.persists(now) {
		series.until = now.Add(persistentPause)
	}
	r.byHost[hostID] = series
}

// persists reports whether a series is long enough to ask the host to connect again.
func (r rejection) persists(now time.Time) bool {
	return r.times >= minPersistentRejections && now.Sub(r.since) >= rejectionsPersistAfter
}

// forget ends the series of a host: a request succeeded, or the host has connected again.
func (r *rejections) forget(hostID string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.byHost, hostID)
}

// failure returns the failure of requests for a host during the pause, and nil when there is none.
func (r *rejections) failure(hostID string, now time.Time) *failure {
	r.mu.Lock()
	defer r.mu.Unlock()
	series, known := r.byHost[hostID]
	left := series.until.Sub(now)
	if !known || left <= 0 {
		return nil
	}
	f := &failure{
		kind: playback.Unreachable, message: "Spotify rejects access tokens that it has just issued", retryAfter: left,
	}
	if series.persists(now) {
		f.kind = playback.ReconnectNeeded
	}
	return f
}
