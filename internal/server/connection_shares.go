package server

import (
	"net"
	"net/netip"

	"antwon.dj/backend/internal/ratelimit"
)

// shares counts connections by network, so that no network has all of them. A network may have half of all connections,
// because a whole party shares one, and the site around it three quarters. Trusted proxies may have all, because
// everybody's connections come from them. Its methods are for one goroutine at a time.
type shares struct {
	limit   int // of all connections together
	trusted []netip.Prefix
	open    map[string]int // connections by network and site
}

// counted returns the network and the site under which a connection is counted; "" if it is not counted, or has no
// site.
func (s *shares) counted(remote net.Addr) (network, site string) {
	peer, ok := remote.(*net.TCPAddr)
	if !ok || isTrusted(s.trusted, plain(peer.AddrPort().Addr())) {
		return "", ""
	}
	return ratelimit.NetworksOf(peer.IP.String())
}

// isUsedUp reports whether the network or the site has as many connections as it may have.
func (s *shares) isUsedUp(network, site string) bool {
	return network != "" && s.open[network] >= max(1, s.limit/2) || site != "" && s.open[site] >= max(1, s.limit*3/4)
}

// add counts one more connection if n is 1, and one less if n is -1.
func (s *shares) add(n int, network, site string) {
	for _, name := range []string{network, site} {
		if name == "" {
			continue
		}
		if s.open[name] += n; s.open[name] == 0 {
			delete(s.open, name)
		}
	}
}
