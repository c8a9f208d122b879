package server

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// locate puts the client's address into Request.RemoteAddr if a trusted proxy sent the request. Each proxy appends the
// address that it was reached from to X-Forwarded-For. So the last address that is not a trusted proxy's is the client;
// whatever is left of it may be forged.
func locate(trusted []netip.Prefix, next http.Handler) http.Handler {
	if len(trusted) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if peer, err := netip.ParseAddrPort(r.RemoteAddr); err == nil && isTrusted(trusted, peer.Addr()) {
			if client := forwardedFor(trusted, r.Header.Values("X-Forwarded-For")); client.IsValid() {
				r.RemoteAddr = net.JoinHostPort(client.String(), "0") // X-Forwarded-For has no ports
			}
		}
		next.ServeHTTP(w, r)
	})
}

// forwardedFor returns the last address that is not a trusted proxy's, or the first one if all are. Reading from the
// end, it stops before anything that is not an address; the result is the zero Addr if there is none.
func forwardedFor(trusted []netip.Prefix, headers []string) (client netip.Addr) {
	hops := strings.Split(strings.Join(headers, ","), ",")
	for _, hop := range slices.Backward(hops) {
		address, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			return client
		}
		client = address.Unmap()
		if !isTrusted(trusted, client) {
			break
		}
	}
	return client
}

func isTrusted(trusted []netip.Prefix, address netip.Addr) bool {
	return slices.ContainsFunc(trusted, func(network netip.Prefix) bool { return network.Contains(address.Unmap()) })
}
