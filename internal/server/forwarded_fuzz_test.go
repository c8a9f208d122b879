package server_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"antwon.dj/backend/internal/server"
)

// Whatever headers a client sends, it is counted by the address that the trusted proxy has added.
func FuzzForwardedHeaders(f *testing.F) {
	for _, seed := range []string{
		"", "198.51.100.1", "198.51.100.1, 127.0.0.1", `for="`, `for="[::1]:80";by="a\`, `"`, `\`, ",", "\x00",
		"for=198.51.100.1",
		`for=127.0.0.1, for=127.0.0.1`, strings.Repeat(",", 100), `"\"`, "::ffff:127.0.0.1",
	} {
		f.Add(seed, "party.test")
	}
	f.Fuzz(func(t *testing.T, sent, host string) {
		if strings.ContainsAny(sent+host, "\r\n") { // ends a header
			return
		}
		quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(host) + `"`
		for header, lines := range map[server.ProxyHeader][]string{
			server.XForwardedFor: {sent + ", 203.0.113.9"},
			server.Forwarded:     {sent + ", for=203.0.113.9;host=" + quoted},
		} {
			name := map[server.ProxyHeader]string{server.XForwardedFor: "X-Forwarded-For", server.Forwarded: "Forwarded"}[header]
			got := server.AddressBehind([]netip.Prefix{here}, header, http.Header{name: lines})
			if got != "203.0.113.9:0" {
				t.Errorf("%s %q comes from %s", header, lines, got)
			}
			got = server.AddressBehind([]netip.Prefix{here}, header, http.Header{name: {sent}})
			if _, err := netip.ParseAddrPort(got); err != nil {
				t.Errorf("%s %q comes from %q", header, sent, got)
			}
		}
	})
}
