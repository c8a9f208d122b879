package server

import (
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// NewMonitoring returns the handler for an address that only monitoring can reach. It answers /metrics, /healthz and
// /readyz. These requests are neither logged nor counted. Set Config.MonitoredElsewhere for New.
func NewMonitoring(cfg Config) http.Handler {
	return secure(cfg.isTLS(), newMux(monitoringRoutes(cfg)))
}

func monitoringRoutes(cfg Config) map[string]http.Handler {
	return map[string]http.Handler{
		routeHealth:  serveHealth(cfg.Build),
		routeReady:   serveReadiness(cfg.Ready, cfg.Log),
		routeMetrics: promhttp.HandlerFor(cfg.Metrics, promhttp.HandlerOpts{}),
	}
}

// onlyNearby answers 403 unless a request came straight from this machine or its private network.
func onlyNearby(publicURL string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		peer, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil || !isNearby(peer.Addr().Unmap()) || isForwarded(r, publicURL) {
			http.Error(w, "The metrics are available only to this machine and its private network, and not through a proxy. "+
				"Give them an address of their own with ANTWON_METRICS_ADDR.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func isNearby(address netip.Addr) bool {
	return address.IsLoopback() || address.IsPrivate() || address.IsLinkLocalUnicast()
}

// forwardingHeaders are the headers by which proxies say that they pass a request on.
var forwardingHeaders = []string{
	"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip",
}

// isForwarded reports whether a proxy passed the request on. Proxies say so in a header, if they are configured to. The
// host shows it as well: this server does not speak TLS, so a request for the host of an https URL came to a proxy
// first.
func isForwarded(r *http.Request, publicURL string) bool {
	public, err := url.Parse(publicURL)
	isPublic := err == nil && public.Scheme == "https" && strings.EqualFold(r.Host, public.Host)
	return isPublic || slices.ContainsFunc(forwardingHeaders, func(name string) bool {
		return len(r.Header.Values(name)) > 0
	})
}
