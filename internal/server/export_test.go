package server

import (
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
)

// AddressBehind returns where a request comes from that a proxy at 127.0.0.1 passes on with this header.
func AddressBehind(trusted []netip.Prefix, header ProxyHeader, sent http.Header) (remoteAddr string) {
	r := &http.Request{RemoteAddr: "127.0.0.1:4711", Header: sent, URL: &url.URL{}}
	locate(trusted, header, slog.New(slog.DiscardHandler), http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		remoteAddr = r.RemoteAddr
	})).ServeHTTP(nil, r)
	return remoteAddr
}
