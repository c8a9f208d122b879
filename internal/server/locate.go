package server

import (
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
)

// unknownPort is the port in Request.RemoteAddr if a proxy has given an address without one.
const unknownPort = "0"

// locator finds out the addresses of clients whose requests trusted proxies pass on.
type locator struct {
	trusted []netip.Prefix
	header  ProxyHeader
	advice  proxyAdvice
}

// locate puts the client's address into Request.RemoteAddr if a trusted proxy sent the request. The last address in the
// proxies' header that is not a trusted proxy's is the client; everything before it in the header may be forged.
func locate(trusted []netip.Prefix, header ProxyHeader, log *slog.Logger, next http.Handler) http.Handler {
	if header == "" {
		header = XForwardedFor
	}
	l := &locator{trusted: trusted, header: header, advice: proxyAdvice{log: log}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.locate(r)
		next.ServeHTTP(w, r)
	})
}

func (l *locator) locate(r *http.Request) {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return
	}
	address := plain(peer.Addr())
	switch {
	case !isTrusted(l.trusted, address):
		if l.header != ProxyProtocol {
			l.advice.onStranger(r, address)
		}
	case l.header == ProxyProtocol:
		l.advice.onSilence(r, address, l.header)
	default:
		client, hidden := l.client(r.Header.Values(string(l.header)))
		if !client.IsValid() {
			l.advice.onSilence(r, address, l.header)
			return
		}
		if hidden {
			l.advice.onInnerProxy(r, client.Addr())
		}
		r.RemoteAddr = client.String()
	}
}

// client returns the last hop that is not a trusted proxy, or the first hop if all are; the zero AddrPort if there is
// none. hidden reports whether that hop is in a private network and has another hop before it: then it seems to be a
// proxy, too.
func (l *locator) client(lines []string) (client netip.AddrPort, hidden bool) {
	found := false
	for hop := range l.header.hops(lines) {
		if found {
			return client, isInner(client.Addr())
		}
		client = hop
		found = !isTrusted(l.trusted, hop.Addr())
	}
	return client, false
}

func isTrusted(trusted []netip.Prefix, address netip.Addr) bool {
	return slices.ContainsFunc(trusted, func(network netip.Prefix) bool { return network.Contains(address) })
}

// isInner reports whether an address is that of a private network, or of this machine.
func isInner(address netip.Addr) bool {
	return address.IsPrivate() || address.IsLoopback() || address.IsLinkLocalUnicast()
}
