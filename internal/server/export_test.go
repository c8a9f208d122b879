package server

import (
	"log/slog"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
)

// Patterns returns the patterns of all requests that a server serves.
func Patterns(cfg Config) []string { return slices.Sorted(maps.Keys(routes(cfg))) }

// LinesPerMinute is the bound of the access log for each address, LoggedAddresses of addresses.
const (
	LinesPerMinute  = linesPerMinute
	LoggedAddresses = loggedAddresses
)

// AddressBehind returns where a request comes from that a proxy at 127.0.0.1 passes on with this header.
func AddressBehind(trusted []netip.Prefix, header ProxyHeader, sent http.Header) (remoteAddr string) {
	r := &http.Request{RemoteAddr: "127.0.0.1:4711", Header: sent, URL: &url.URL{}}
	locate(trusted, header, slog.New(slog.DiscardHandler), http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		remoteAddr = r.RemoteAddr
	})).ServeHTTP(nil, r)
	return remoteAddr
}
