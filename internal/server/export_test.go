package server

import (
	"context"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
)

// Patterns returns the patterns of all requests that a server serves.
func Patterns(cfg Config) []string { return slices.Sorted(maps.Keys(routes(cfg))) }

// LinesPerMinute is the access log's bound of lines for each network, and LoggedNetworks its bound of networks.
const (
	LinesPerMinute = linesPerMinute
	LoggedNetworks = loggedNetworks
)

// AddressBehind returns the remote address of a request that a proxy at 127.0.0.1 passes on with these headers.
func AddressBehind(trusted []netip.Prefix, header ProxyHeader, sent http.Header) (remoteAddr string) {
	r := &http.Request{RemoteAddr: "127.0.0.1:4711", Header: sent, URL: &url.URL{}}
	locate(trusted, header, slog.New(slog.DiscardHandler), http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		remoteAddr = r.RemoteAddr
	})).ServeHTTP(nil, r)
	return remoteAddr
}

// CountShares returns a function that opens a connection from an address, unless its network has used up its share.
func CountShares(limit int, trusted ...netip.Prefix) (open func(address string) bool) {
	s := shares{limit: limit, trusted: trusted, open: map[string]int{}}
	return func(address string) bool {
		network, site := s.counted(&net.TCPAddr{IP: net.ParseIP(address)})
		if s.isUsedUp(network, site) {
			return false
		}
		s.add(1, network, site)
		return true
	}
}

// PlainScreen returns a function that requests the plain screen from an address.
func PlainScreen(cfg Config) func(from, path string) {
	mux := newMux(map[string]http.Handler{routePlain: http.HandlerFunc(newPlainScreen(cfg).serve)})
	return func(from, path string) {
		r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, path, http.NoBody)
		r.RemoteAddr = from
		mux.ServeHTTP(httptest.NewRecorder(), r)
	}
}
