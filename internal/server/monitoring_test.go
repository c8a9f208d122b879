package server_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"antwon.dj/backend/internal/server"
)

// The metrics are for monitoring on the same machine or private network, and not for clients behind a proxy.
func TestMetricsAreNotShownThroughAProxy(t *testing.T) {
	here := netip.MustParsePrefix("127.0.0.1/32")
	for _, c := range []struct {
		name    string
		trusted []netip.Prefix
		header  []string
		shown   bool
	}{
		{"straight from this machine", nil, nil, true},
		{"straight from the proxy's machine", []netip.Prefix{here}, nil, true},
		{"through a proxy that is trusted", []netip.Prefix{here}, []string{"X-Forwarded-For", "203.0.113.9"}, false},
		{"for somebody in the private network", []netip.Prefix{here}, []string{"X-Forwarded-For", "10.0.0.7"}, false},
		{"through a proxy that is not trusted", nil, []string{"X-Forwarded-For", "203.0.113.9"}, false},
		{"through one that says so by Forwarded", nil, []string{"Forwarded", "for=203.0.113.9"}, false},
		{"through one that says how it was asked", nil, []string{"X-Forwarded-Proto", "https"}, false},
		{"through one that says its name", nil, []string{"Via", "1.1 proxy"}, false},
		{"through one that adds no header", nil, []string{"Host", "party.test"}, false},
		{"the same in capitals", nil, []string{"Host", "PARTY.test"}, false},
	} {
		s := start(t, func(cfg *server.Config) { cfg.PublicURL, cfg.TrustedProxies = "https://party.test", c.trusted })
		got := s.do("GET", "/metrics", c.header...)
		if shown := got.StatusCode == 200; shown != c.shown {
			t.Errorf("%s: got %d %.80s", c.name, got.StatusCode, got.body)
		}
		if !c.shown && (got.StatusCode != 403 || !strings.Contains(got.body, "ANTWON_METRICS_ADDR")) {
			t.Errorf("%s: refused with %d %.200s", c.name, got.StatusCode, got.body)
		}
		if got := s.do("GET", "/readyz", c.header...); got.StatusCode != 200 {
			t.Errorf("%s: a load balancer gets %d", c.name, got.StatusCode)
		}
	}
}

func TestMetricsAreShownToPrivateNetworksOnly(t *testing.T) {
	handler := startFlooded(t).handler
	for peer, want := range map[string]int{
		"127.0.0.1:1": 200, "[::1]:1": 200, "10.1.2.3:1": 200, "172.17.0.1:1": 200, "192.168.1.20:1": 200, "[fd00::7]:1": 200,
		"[::ffff:10.1.2.3]:1": 200, "[fe80::1%eth0]:1": 200, "203.0.113.9:1": 403, "[2001:db8::7]:1": 403,
		"100.64.0.1:1": 403, "nonsense": 403,
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil)
		r.RemoteAddr = peer
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%s: got %d, want %d", peer, w.Code, want)
		}
	}
}

// With an address of their own, metrics and health are served there and nowhere else.
func TestMonitoringHasAnAddressOfItsOwn(t *testing.T) {
	var monitoring http.Handler
	s := start(t, func(cfg *server.Config) {
		cfg.PublicURL, cfg.MonitoredElsewhere = "https://party.test", true
		monitoring = server.NewMonitoring(*cfg)
	})
	own := httptest.NewServer(monitoring)
	t.Cleanup(own.Close)
	inside := site{Server: own, t: t}
	for _, path := range []string{"/metrics", "/healthz", "/readyz"} {
		if got := s.do("GET", path); got.StatusCode != 404 {
			t.Errorf("%s at the public address: got %d", path, got.StatusCode)
		}
		if got := inside.do("GET", path, "X-Forwarded-For", "203.0.113.9"); got.StatusCode != 200 ||
			got.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s at its own address: got %d %v", path, got.StatusCode, got.Header)
		}
	}
	for _, path := range []string{"/", "/graphql", "/host"} {
		if got := inside.do("GET", path); got.StatusCode != 404 {
			t.Errorf("%s at the address of monitoring: got %d", path, got.StatusCode)
		}
	}
}
