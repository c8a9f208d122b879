package server

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// locate puts the client's address into Request.RemoteAddr where proxies of ours stand in between. Each proxy adds the
// address it was reached from to X-Forwarded-For; what stands left of the first one that is not ours can be anybody's
// invention.
func locate(trusted []netip.Prefix, next http.Handler) http.Handler {
	if len(trusted) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if peer, err := netip.ParseAddrPort(r.RemoteAddr); err == nil && isTrusted(trusted, peer.Addr()) {
			if client := forwardedFor(trusted, r.Header.Values("X-Forwarded-For")); client.IsValid() {
				r.RemoteAddr = net.JoinHostPort(client.String(), "0") // its port is not told
			}
		}
		next.ServeHTTP(w, r)
	})
}

// forwardedFor returns the last address that is not a proxy's of ours, or the first one if all are; none, if one before
// that is not an address.
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
