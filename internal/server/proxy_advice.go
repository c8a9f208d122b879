package server

import (
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
)

// proxyAdvice warns, once for each kind of fault, that the server is not told or does not believe where clients come
// from: then all of them count as one, and limits soon refuse them. Clients can cause a warning, too, but only once.
type proxyAdvice struct {
	log  *slog.Logger
	said sync.Map // the kinds of warnings that were written
}

// onStranger warns if a peer that is not trusted passes on an address. Proxies mostly have inner addresses, so that a
// client that comes from outside cannot use up the warning about them.
func (a *proxyAdvice) onStranger(r *http.Request, peer netip.Addr) {
	if r.Header.Get("X-Forwarded-For") == "" && r.Header.Get("Forwarded") == "" {
		return
	}
	kind := "stranger"
	if isInner(peer) {
		kind = "inner stranger"
	}
	a.once(r, kind, "a peer that is not trusted says for whom a request is, which is ignored: if it is your proxy, "+
		"all its clients count as one until you trust it",
		"peer", peer, "set", "ANTWON_TRUSTED_PROXIES="+peer.String())
}

// onSilence warns if a trusted proxy does not say for whom an operation is. Its own requests, such as those of health
// checks, are for nobody.
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
	a.once(r, "silence", "a trusted proxy does not say for whom a request is: all its clients count as one",
		"proxy", proxy, "set", set)
}

// onInnerProxy warns if a client seems to be a proxy that is not trusted.
func (a *proxyAdvice) onInnerProxy(r *http.Request, client netip.Addr) {
	a.once(r, "inner proxy", "clients come from an inner address that passes on others: if it is a proxy of yours, "+
		"all its clients count as one until you trust it, too",
		"client", client, "set", "ANTWON_TRUSTED_PROXIES with "+client.String()+" added")
}

func (a *proxyAdvice) once(r *http.Request, kind, message string, args ...any) {
	if _, again := a.said.LoadOrStore(kind, true); !again {
		a.log.WarnContext(r.Context(), message, args...)
	}
}
