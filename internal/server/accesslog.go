package server

import (
	"cmp"
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"antwon.dj/backend/internal/ratelimit"
)

const (
	// linesPerMinute is how many requests of one network are logged in a minute; a whole party may share a network.
	linesPerMinute = 300
	// loggedNetworks is how many networks are distinguished in a minute. All others share one bound.
	loggedNetworks = 10_000
)

// accessLog writes a line for each request, up to a bound for each network and minute, and then one line with the
// number of requests beyond the bound. So clients can neither fill the disk nor bury the lines about other clients.
// Lines of other kinds, such as warnings, are not bounded here. Its methods are safe for concurrent use.
type accessLog struct {
	log *slog.Logger

	mu       sync.Mutex
	ends     time.Time      // of the minute that is counted; zero before the first request
	requests map[string]int // in this minute, by network; under "" those of all further networks
}

func newAccessLog(log *slog.Logger) *accessLog {
	return &accessLog{log: log, requests: map[string]int{}}
}

// write logs a request by its route, not by its path: the path may contain a room's code, and the client chooses its
// length.
func (l *accessLog) write(r *http.Request, answer *recorder, took time.Duration) {
	level := levelOf(r.Pattern)
	if !l.log.Enabled(r.Context(), level) || !l.allows(r) {
		return
	}
	l.log.LogAttrs(r.Context(), level, "request",
		slog.String("method", knownMethod(r.Method)),
		slog.String("route", cmp.Or(r.Pattern, noRoute)),
		slog.Int("status", answer.code()),
		slog.Int64("bytes", answer.bytes),
		slog.Float64("duration_ms", float64(took.Microseconds())/1000),
		slog.String("remote_addr", r.RemoteAddr),
	)
}

// allows counts a request, and reports whether its line is within the bound of its network. At the first request of a
// minute it logs how many lines of the previous minute were left out.
func (l *accessLog) allows(r *http.Request) bool {
	l.mu.Lock()
	var before map[string]int
	if now := time.Now(); !now.Before(l.ends) {
		before, l.requests, l.ends = l.requests, map[string]int{}, now.Add(time.Minute)
	}
	network := networkOf(r.RemoteAddr)
	if _, known := l.requests[network]; !known && len(l.requests) >= loggedNetworks {
		network = ""
	}
	l.requests[network]++
	allowed := l.requests[network] <= linesPerMinute
	l.mu.Unlock()
	l.reportLeftOut(before)
	return allowed
}

func (l *accessLog) reportLeftOut(requests map[string]int) {
	for network, n := range requests {
		if n > linesPerMinute {
			l.log.LogAttrs(context.Background(), slog.LevelInfo, "requests left out of the log",
				slog.Int("left_out", n-linesPerMinute), slog.String("remote_network", cmp.Or(network, "further networks")))
		}
	}
}

// networkOf returns the network under which limits count a remote address, or "" if there is none.
func networkOf(remoteAddr string) string {
	host, _, err := net.SplitHostPort(remoteAddr)
	if err != nil {
		return ""
	}
	network, _ := ratelimit.NetworksOf(host)
	return network
}

// levelOf returns debug for the routes that monitoring requests every few seconds, and info for all others.
func levelOf(pattern string) slog.Level {
	switch pattern {
	case routeHealth, routeReady, routeMetrics:
		return slog.LevelDebug
	default:
		return slog.LevelInfo
	}
}
