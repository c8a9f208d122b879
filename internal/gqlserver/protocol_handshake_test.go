package gqlserver_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// A WebSocket begins with the handshake of RFC 6455 and with no other.
func TestHandshakesAreReadAsInRFC6455(t *testing.T) {
	s := start(t, nil)
	for _, test := range []struct {
		name    string
		request string // by default a GET with HTTP/1.1
		header  string // replaces the line with the same name, or comes after all
		without string // the name of a line that is missing
		want    int
	}{
		{name: "as it should be", want: 101},
		{name: "words in other cases", header: "Upgrade: WebSocket", want: 101},
		{name: "lower case", header: "connection: upgrade", want: 101},
		{name: "one of several connections", header: "Connection: keep-alive, Upgrade", want: 101},
		{name: "one of several upgrades", header: "Upgrade: h2c, websocket", want: 101},
		{name: "POST", request: "POST / HTTP/1.1", want: 405},
		{name: "HEAD", request: "HEAD / HTTP/1.1", want: 405},
		{name: "without Host", without: "Host", want: 400},
		{name: "without Version", without: "Sec-WebSocket-Version", want: 400},
		{name: "an older version", header: "Sec-WebSocket-Version: 8", want: 400},
		{name: "an empty version", header: "Sec-WebSocket-Version: ", want: 400},
		{name: "version 130", header: "Sec-WebSocket-Version: 130", want: 400},
		{name: "without Key", without: "Sec-WebSocket-Key", want: 400},
		{name: "an empty key", header: "Sec-WebSocket-Key: ", want: 400},
		{name: "a key of 15 bytes", header: "Sec-WebSocket-Key: MTIzNDU2Nzg5MDEyMzQ1", want: 400},
		{name: "a key of 17 bytes", header: "Sec-WebSocket-Key: MTIzNDU2Nzg5MDEyMzQ1Njc=", want: 400},
		{name: "a key that is no base64", header: "Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!==", want: 400},
		// A request that asks for no WebSocket is treated as a GraphQL request, which has no query here.
		{name: "without Upgrade", without: "Upgrade", want: 400},
		{name: "another upgrade", header: "Upgrade: h2c", want: 400},
		{name: "without Connection", without: "Connection", want: 400},
		{name: "another connection", header: "Connection: keep-alive", want: 400},
	} {
		t.Run(test.name, func(t *testing.T) {
			lines := slices.DeleteFunc(handshake("Accept: "+graphqlResponse), func(line string) bool {
				name, _, _ := strings.Cut(line, ":")
				other, _, _ := strings.Cut(test.header, ":")
				return name == test.without || strings.EqualFold(name, other)
			})
			if test.header != "" {
				lines = append(lines, test.header)
			}
			request := test.request
			if request == "" {
				request = "GET / HTTP/1.1"
			}
			r, response := s.dialRaw(request, append(lines, "Content-Length: 0"))
			defer r.Close()
			if response.StatusCode != test.want {
				t.Fatalf("got %s, want %d", response.Status, test.want)
			}
			accept, want := response.Header.Get("Sec-Websocket-Accept"), ""
			if test.want == http.StatusSwitchingProtocols {
				want = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" // from RFC 6455
			}
			if accept != want {
				t.Errorf("Sec-WebSocket-Accept: %q, want %q", accept, want)
			}
		})
	}
}
