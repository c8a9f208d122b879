package server_test

import (
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"antwon.dj/backend/internal/server"
)

// sayAddress answers with the remote address of the request.
var sayAddress = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	_, _ = io.WriteString(w, r.RemoteAddr)
})

var (
	here  = netip.MustParsePrefix("127.0.0.1/32")
	inner = netip.MustParsePrefix("10.0.0.0/8")
)

func TestClientAddressComesFromTrustedProxiesOnly(t *testing.T) {
	const x, f = server.XForwardedFor, server.Forwarded
	for _, test := range []struct {
		trusted []netip.Prefix
		header  server.ProxyHeader
		lines   []string // of the header
		want    string   // "": the peer
	}{
		{nil, "", []string{"203.0.113.9"}, ""}, // anybody can write a header
		{[]netip.Prefix{inner}, x, []string{"203.0.113.9"}, ""},
		{[]netip.Prefix{here}, x, nil, ""},
		{[]netip.Prefix{here}, "", []string{"203.0.113.9"}, "203.0.113.9:0"},
		{[]netip.Prefix{here}, x, []string{"198.51.100.1, 203.0.113.9"}, "203.0.113.9:0"},
		{[]netip.Prefix{here, inner}, x, []string{"198.51.100.1, 203.0.113.9, 10.1.2.3"}, "203.0.113.9:0"},
		{[]netip.Prefix{here, inner}, x, []string{"198.51.100.1", "203.0.113.9", "10.1.2.3"}, "203.0.113.9:0"},
		{[]netip.Prefix{here, inner}, x, []string{"198.51.100.1, 203.0.113.9,, 10.1.2.3 ,"}, "203.0.113.9:0"},
		{[]netip.Prefix{here, inner}, x, []string{"10.1.2.3,10.1.2.4"}, "10.1.2.3:0"},
		{[]netip.Prefix{here, inner}, x, []string{"nonsense, 10.1.2.3"}, "10.1.2.3:0"},
		{[]netip.Prefix{here}, x, []string{"nonsense"}, ""},
		{[]netip.Prefix{here}, x, []string{`"203.0.113.9`}, ""},
		{[]netip.Prefix{here}, x, []string{`198.51.100.1, ", 203.0.113.9`}, "203.0.113.9:0"},
		{[]netip.Prefix{here}, x, []string{"203.0.113.9:4711"}, "203.0.113.9:4711"},
		{[]netip.Prefix{here}, x, []string{"2001:db8::7"}, "[2001:db8::7]:0"},
		{[]netip.Prefix{here}, x, []string{"[2001:db8::7]"}, "[2001:db8::7]:0"},
		{[]netip.Prefix{here}, x, []string{"[2001:db8::7]:4711"}, "[2001:db8::7]:4711"},
		{[]netip.Prefix{here}, x, []string{"fe80::1%eth0"}, "[fe80::1]:0"},
		{[]netip.Prefix{here}, x, []string{"::ffff:203.0.113.9"}, "203.0.113.9:0"},
		{[]netip.Prefix{here}, x, []string{"for=203.0.113.9"}, ""},

		{[]netip.Prefix{inner}, f, []string{"for=203.0.113.9"}, ""},
		{[]netip.Prefix{here}, f, []string{"for=203.0.113.9"}, "203.0.113.9:0"},
		{[]netip.Prefix{here}, f, []string{"203.0.113.9"}, ""},
		{[]netip.Prefix{here}, f, []string{`For="203.0.113.9:4711";proto=https;by=10.0.0.1`}, "203.0.113.9:4711"},
		{[]netip.Prefix{here}, f, []string{`proto=http ; for="[2001:db8::7]:_port"`}, "[2001:db8::7]:0"},
		{[]netip.Prefix{here, inner}, f, []string{`for=198.51.100.1, for=203.0.113.9;host=a, for=10.1.2.3`}, "203.0.113.9:0"},
		{[]netip.Prefix{here, inner}, f, []string{`for=198.51.100.1`, `for=203.0.113.9`, `for=10.1.2.3`}, "203.0.113.9:0"},
		{[]netip.Prefix{here, inner}, f, []string{`for=_hidden, for=10.1.2.3`}, "10.1.2.3:0"},
		{[]netip.Prefix{here, inner}, f, []string{`for=unknown, for=10.1.2.3`}, "10.1.2.3:0"},
		{[]netip.Prefix{here}, f, []string{"for=_hidden"}, ""},
		{[]netip.Prefix{here}, f, []string{"for=198.51.100.1;for=203.0.113.9"}, ""},
		{[]netip.Prefix{here}, f, []string{`for="198.51.100.1, for=203.0.113.9;host=a`}, "203.0.113.9:0"},
		{[]netip.Prefix{here}, f, []string{`for=203.0.113.9;host="a,for=198.51.100.1"`}, "203.0.113.9:0"},
		{[]netip.Prefix{here}, f, []string{`for=203.0.113.9;host="a\",for=198.51.100.1"`}, "203.0.113.9:0"},
	} {
		s := start(t, func(cfg *server.Config) {
			cfg.GraphQL, cfg.TrustedProxies, cfg.ProxyHeader = sayAddress, test.trusted, test.header
		})
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/graphql", nil)
		if err != nil {
			t.Fatal(err)
		}
		name := "X-Forwarded-For"
		if test.header == f {
			name = "Forwarded"
		}
		request.Header[name] = test.lines
		response, err := s.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if got := string(body); err != nil || got != test.want && (test.want != "" || !strings.HasPrefix(got, "127.0.0.1:")) {
			t.Errorf("trusting %v, %s %q: got %s, want %s", test.trusted, test.header, test.lines, got, test.want)
		}
	}
}

// With wrong settings for a proxy, all guests have one address. The log says so once, and what to set.
func TestWrongProxySettingsAreNoticedOnce(t *testing.T) {
	for name, test := range map[string]struct {
		trusted []netip.Prefix
		header  server.ProxyHeader
		sent    []string
		set     string // "": nothing is wrong
	}{
		"a proxy that is not trusted": {
			nil, "", []string{"X-Forwarded-For", "203.0.113.9"}, "ANTWON_TRUSTED_PROXIES=127.0.0.1",
		},
		"the same with Forwarded": {
			nil, "", []string{"Forwarded", "for=203.0.113.9"}, "ANTWON_TRUSTED_PROXIES=127.0.0.1",
		},
		"one of two is not trusted": {
			[]netip.Prefix{here}, "", []string{"X-Forwarded-For", "203.0.113.9, 10.1.2.3"},
			"ANTWON_TRUSTED_PROXIES with 10.1.2.3 added",
		},
		"no header": {[]netip.Prefix{here}, "", nil, "the proxy to send x-forwarded-for"},
		"another header": {
			[]netip.Prefix{here}, "", []string{"Forwarded", "for=203.0.113.9"}, "ANTWON_PROXY_HEADER=forwarded",
		},
		"no PROXY header":  {[]netip.Prefix{here}, server.ProxyProtocol, nil, "the proxy to send proxy-protocol"},
		"no proxy":         {nil, "", nil, ""},
		"all is well":      {[]netip.Prefix{here}, "", []string{"X-Forwarded-For", "203.0.113.9"}, ""},
		"in a home":        {[]netip.Prefix{here}, "", []string{"X-Forwarded-For", "192.168.1.20"}, ""},
		"two proxies":      {[]netip.Prefix{here, inner}, "", []string{"X-Forwarded-For", "203.0.113.9, 10.1.2.3"}, ""},
		"a client's proxy": {[]netip.Prefix{here}, "", []string{"X-Forwarded-For", "192.168.1.20, 203.0.113.9"}, ""},
	} {
		s := start(t, func(cfg *server.Config) { cfg.TrustedProxies, cfg.ProxyHeader = test.trusted, test.header })
		s.do("GET", "/healthz")
		if lines := s.log.warnings(t); len(lines) > 0 {
			t.Errorf("%s: a health check is warned about: %v", name, lines)
		}
		for range 3 {
			s.do("GET", "/graphql", test.sent...)
		}
		lines := s.log.warnings(t)
		if test.set == "" && len(lines) > 0 || test.set != "" && (len(lines) != 1 || lines[0]["set"] != test.set) {
			t.Errorf("%s: the log warns %v, want to set %q", name, lines, test.set)
		}
	}
}

// warnings returns the lines with the level of a warning.
func (l logLines) warnings(t *testing.T) (found []map[string]any) {
	t.Helper()
	return l.find(t, func(line map[string]any) bool { return line["level"] == "WARN" })
}
