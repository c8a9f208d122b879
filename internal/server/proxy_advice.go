package server

import (
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
)

// proxyAdvice warns, once for each kind of mistake, that the server gets no client addresses from a proxy, or ignores
// them: then all its clients count as one, and limits soon refuse them. Clients can cause a warning, too, but only
// once.
type proxyAdvice struct {
	log  *slog.Logger
	said sync.Map // the kinds of warnings that were written
}

// onStranger warns if a peer that is not trusted sends a client address. Peers with private addresses, as most proxies
// have, get a warning of their own, so that a client from the Internet cannot use up the warning about proxies.
func (a *proxyAdvice) onStranger(r *http.Request, peer netip.Addr) {
	if r.Header.Get("X-Forwarded-For") == "" && r.Header.Get("Forwarded") == "" {
		return
	}
	kind := "stranger"
	if isInner(peer) {
		kind = "inner stranger"
	}
	a.once(r, kind, "a peer that is not trusted passes on a client's address, which is ignored: if it is your proxy, "+
		"all its clients count as one until you trust it",
		"peer", peer, "set", "ANTWON_TRUSTED_PROXIES="+peer.String())
}

// onSilence warns if a trusted proxy sends a GraphQL request without a client address. A proxy's own requests, such as
// health checks, rightly have none.
func (a *proxyAdvice) onSilence(r *http.Request, proxy netip.Addr, header ProxyHeader) {
	if r.URL.Path != "/graphql" {
		return
	}
	set := "the proxy to send " + string(header)
	for other, name := range map[ProxyHeader]string{XForwardedFor: "X-Forwarded-For", Forwarded: "Forwarded"} {
		if other != header && r.Header.Get(name) != "" {
			set = "ANTWON_PROXY_HEADER=" + string(other)
		}
	}
	a.once(r, "silence", "a trusted proxy does not pass on the client's address: all its clients count as one",
		"proxy", proxy, "set", set)
}

// onInnerProxy warns if a client seems to be a proxy that is not trusted.
func (a *proxyAdvice) onInnerProxy(r *http.Request, client netip.Addr) {
	a.once(r, "inner proxy", "clients come from an inner address that passes on other addresses: if it is a proxy "+
		"of yours, all its clients count as one until you trust it, too",
		"client", client, "set", "ANTWON_TRUSTED_PROXIES with "+client.String()+" added")
}

func (a *proxyAdvice) once(r *http.Request, kind, message string, args ...any) {
	if _, again := a.said.LoadOrStore(kind, true); !again {
		a.log.WarnContext(r.Context(), message, args...)
	}
}
