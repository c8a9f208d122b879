package server_test

import (
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"antwon.dj/backend/internal/server"
)

func TestClientAddressComesFromTrustedProxiesOnly(t *testing.T) {
	address := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.RemoteAddr) })
	here, inner := netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8")
	for _, test := range []struct {
		trusted   []netip.Prefix
		forwarded string
		want      string
	}{
		{nil, "203.0.113.9", "127.0.0.1"}, // anybody can write a header
		{[]netip.Prefix{inner}, "203.0.113.9", "127.0.0.1"},
		{[]netip.Prefix{here}, "", "127.0.0.1"},
		{[]netip.Prefix{here}, "203.0.113.9", "203.0.113.9"},
		{[]netip.Prefix{here}, "198.51.100.1, 203.0.113.9", "203.0.113.9"},
		{[]netip.Prefix{here, inner}, "198.51.100.1, 203.0.113.9, 10.1.2.3", "203.0.113.9"},
		{[]netip.Prefix{here, inner}, "10.1.2.3,10.1.2.4", "10.1.2.3"},
		{[]netip.Prefix{here, inner}, "nonsense, 10.1.2.3", "10.1.2.3"},
		{[]netip.Prefix{here}, "nonsense", "127.0.0.1"},
		{[]netip.Prefix{here}, "2001:db8::7", "[2001:db8::7]"},
		{[]netip.Prefix{here}, "::ffff:203.0.113.9", "203.0.113.9"},
	} {
		s := start(t, func(cfg *server.Config) { cfg.GraphQL, cfg.TrustedProxies = address, test.trusted })
		got := s.do("GET", "/graphql", "X-Forwarded-For", test.forwarded).body
		if at := strings.LastIndex(got, ":"); got[:at] != test.want {
			t.Errorf("trusting %v, %q: got %s", test.trusted, test.forwarded, got)
		}
	}
}
