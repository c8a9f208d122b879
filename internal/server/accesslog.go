package server

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

const (
	// linesPerMinute is how many requests of one address are logged in a minute; a whole party may share one.
	linesPerMinute = 300
	// loggedAddresses is how many addresses are told apart in a minute. All others share one bound.
	loggedAddresses = 10_000
)

// accessLog writes a line for each request, and for the requests of an address beyond its bound one line that says how
// many there were. So clients can neither fill the disk nor hide among the lines what others do. Lines of other kinds,
// such as warnings, are not bounded here. Its methods are safe for concurrent use.
type accessLog struct {
	log *slog.Logger

	mu       sync.Mutex
	ends     time.Time            // of the minute that is counted; zero before the first request
	requests map[netip.Prefix]int // in this minute, by address; under the zero Prefix those of all further addresses
}

func newAccessLog(log *slog.Logger) *accessLog {
	return &accessLog{log: log, requests: map[netip.Prefix]int{}}
}

// write logs a request by its route: its path may have a room's code in it, and a client chooses its length.
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

// allows counts a request, and reports whether its line is within the bound of its address. The first request of a
// minute, whoever sends it, has the lines left out in the minute before it reported.
func (l *accessLog) allows(r *http.Request) bool {
	l.mu.Lock()
	var before map[netip.Prefix]int
	if now := time.Now(); !now.Before(l.ends) {
		before, l.requests, l.ends = l.requests, map[netip.Prefix]int{}, now.Add(time.Minute)
	}
	network := networkOf(r.RemoteAddr)
	if _, known := l.requests[network]; !known && len(l.requests) >= loggedAddresses {
		network = netip.Prefix{}
	}
	l.requests[network]++
	allowed := l.requests[network] <= linesPerMinute
	l.mu.Unlock()
	l.reportLeftOut(before)
	return allowed
}

func (l *accessLog) reportLeftOut(requests map[netip.Prefix]int) {
	for network, n := range requests {
		if n > linesPerMinute {
			from := "further addresses"
			if network.IsValid() {
				from = network.String()
			}
			l.log.LogAttrs(context.Background(), slog.LevelInfo, "requests left out of the log",
				slog.Int("left_out", n-linesPerMinute), slog.String("remote_network", from))
		}
	}
}

// networkOf returns what one client controls: an IPv4 address, or the 64 bits of an IPv6 address that a provider gives
// to each of its customers.
func networkOf(remoteAddr string) netip.Prefix {
	peer, err := netip.ParseAddrPort(remoteAddr)
	if err != nil {
		return netip.Prefix{}
	}
	address, bits := peer.Addr().Unmap().WithZone(""), 64
	if address.Is4() {
		bits = 32
	}
	network, _ := address.Prefix(bits) // fails only for a number of bits that the address does not have
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
