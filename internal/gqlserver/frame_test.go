package gqlserver_test

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"antwon.dj/backend/internal/gqlserver"
)

func compressing(cfg *gqlserver.Config) { cfg.Compress = true }

// openCompressing connects a client that offers compression.
func (s *service) openCompressing() *client {
	s.t.Helper()
	dialer := websocket.Dialer{Subprotocols: []string{"graphql-transport-ws"}, EnableCompression: true}
	conn, response, err := dialer.Dial("ws"+strings.TrimPrefix(s.URL, "http"), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if response.Header.Get("Sec-Websocket-Extensions") == "" {
		s.t.Error("the server did not accept compression")
	}
	s.t.Cleanup(func() { conn.Close() })
	c := &client{conn, s.t}
	c.say(`{"type":"connection_init"}`)
	c.expect(`{"type":"connection_ack"}`)
	return c
}

// text returns n characters that can be compressed to about half of that.
func text(n int) string {
	random := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = "0123456789abcdef"[random.IntN(16)]
	}
	return string(b)
}

func TestMessagesOfAllSizesArriveUnchanged(t *testing.T) {
	s := start(t, compressing)
	clients := []*client{s.open(`{}`), s.openCompressing()}
	for i, size := range []int{125, 126, 127, 400, 4096, 65534, 65535, 65536, 65537, 300_000} {
		id := fmt.Sprint(i)
		frame := func(entry string) string {
			return `{"id":"` + id + `","type":"next","payload":{"data":{"diary":{"entries":["` + entry + `"]}}}}`
		}
		want := frame(text(size - len(frame(""))))
		s.schema.diary.change(func() { s.schema.diary.entries = []string{text(size - len(frame("")))} })
		for _, c := range clients {
			c.subscribe(id, `subscription{diary(of:\"`+id+`\"){entries}}`)
			if got, err := c.hear(); err != nil || got != want {
				t.Fatalf("%d bytes: got %d, %v", size, len(got), err)
			}
			c.say(`{"id":"` + id + `","type":"complete"}`)
		}
	}
}

func TestOneResponseIsSentUnderAnyID(t *testing.T) {
	s := start(t, compressing)
	unusual := []string{`"`, `\`, "\n", "é", "<&>", "\u2028", strings.Repeat("\x01", 256), `"},"type":"error`}
	clients := make([]*client, 50)
	id := func(i int) string {
		return fmt.Sprint(i) + unusual[i%len(unusual)][:min(250, len(unusual[i%len(unusual)]))]
	}
	for i := range clients {
		if clients[i] = s.openCompressing(); i%5 == 0 {
			clients[i] = s.open(`{}`)
		}
		quoted, _ := json.Marshal(id(i))
		clients[i].say(`{"type":"subscribe","payload":{"query":"subscription{changes{added}}"},"id":` + string(quoted) + `}`)
		clients[i].nextChange()
	}
	s.schema.diary.write(text(1000))
	for i, c := range clients {
		if got, event := c.nextChange(); got != id(i) || len(event.Added) != 1 || event.Added[0] != text(1000) {
			t.Errorf("client %q got %q: %v", id(i), got, event)
		}
	}
	if n := s.executions("true"); n != 2 {
		t.Errorf("%v executions, want 2", n)
	}
}

// acceptedExtensions opens a WebSocket with an offer of extensions, and returns those that the server accepts.
func (s *service) acceptedExtensions(offer string) string {
	s.t.Helper()
	got := s.upgrade(http.Header{"Sec-Websocket-Extensions": {offer}})
	got.Body.Close()
	return got.Header.Get("Sec-Websocket-Extensions")
}

func (s *service) upgrade(header http.Header) *http.Response {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.URL, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header = header
	for name, value := range map[string]string{
		"Connection": "Upgrade", "Upgrade": "websocket", "Sec-Websocket-Version": "13",
		"Sec-Websocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg==", "Sec-Websocket-Protocol": "graphql-transport-ws",
	} {
		r.Header.Set(name, value)
	}
	response, err := s.Client().Do(r)
	if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
		s.t.Fatalf("got %v, %v", response, err)
	}
	return response
}

func TestCompressionIsAcceptedIfTheOfferAllowsIt(t *testing.T) {
	s := start(t, compressing)
	for offer, accepted := range map[string]bool{
		"":                   false,
		"x-webkit-deflate":   false,
		"permessage-deflate": true,
		"permessage-deflate; client_max_window_bits":                                                        true,
		"permessage-deflate; client_max_window_bits=10":                                                     true,
		"permessage-deflate;server_no_context_takeover;client_no_context_takeover":                          true,
		"permessage-deflate; server_max_window_bits=10":                                                     false,
		"permessage-deflate; server_max_window_bits=10, permessage-deflate":                                 false,
		"permessage-deflate; unknown":                                                                       false,
		"permessage-deflates":                                                                               false,
		"permessage-deflate, permessage-deflate; server_max_window_bits=10":                                 true,
		"permessage-deflate; client_max_window_bits; server_no_context_takeover, x-webkit-deflate-frame":    true,
		"permessage-deflate; client_max_window_bits; server_max_window_bits=15; client_no_context_takeover": false,
	} {
		if got := s.acceptedExtensions(offer); accepted != (got != "") {
			t.Errorf("%s: accepted %q", offer, got)
		}
	}
	plain := start(t, nil)
	if got := plain.acceptedExtensions("permessage-deflate"); got != "" {
		t.Errorf("without compression: accepted %q", got)
	}
}

func TestCompressedMessagesAreReadWithinTheLimit(t *testing.T) {
	s := start(t, compressing)
	c := s.openCompressing()
	c.EnableWriteCompression(true)
	c.say(`{"id":"1","type":"subscribe","payload":{"query":"{hello} #` + strings.Repeat("x", 10<<10) + `"}}`)
	c.expect(`{"id":"1","type":"next","payload":{"data":{"hello":"hello world"}}}`)
	c.expect(`{"id":"1","type":"complete"}`)
	c.say(`{"type":"ping"` + strings.Repeat(" ", 20<<20) + `}`) // 20 KB on the wire
	c.expectClose(1009, "Message too big")
}

// This is the client's mistake and not a lost connection, so that the client must not reconnect and do the same again.
func TestTruncatedCompressedMessageIsAProtocolError(t *testing.T) {
	s := start(t, compressing)
	var deflated bytes.Buffer
	w, _ := flate.NewWriter(&deflated, flate.NoCompression)
	_, _ = io.WriteString(w, strings.Repeat("x", 100))
	_ = w.Flush()
	c := s.openCompressing()
	payload := deflated.Bytes()[:50]
	if _, err := c.NetConn().Write(append([]byte{0xC1, 0x80 | byte(len(payload)), 0, 0, 0, 0}, payload...)); err != nil {
		t.Fatal(err)
	}
	c.expectClose(1002, "Protocol error")
}

func TestCompressedMessageWithoutNegotiationIsAProtocolError(t *testing.T) {
	s := start(t, nil)
	c := s.open(`{}`)
	if _, err := c.NetConn().Write([]byte{0xC1, 0x81, 0, 0, 0, 0, 'x'}); err != nil {
		t.Fatal(err)
	}
	c.expectClose(1002, "Protocol error")
}
