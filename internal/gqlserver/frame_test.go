package gqlserver_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

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

func TestCompressedMessagesAreReadWithinTheLimit(t *testing.T) {
	s := start(t, compressing)
	c := s.openCompressing()
	c.EnableWriteCompression(true)
	c.say(`{"id":"1","type":"subscribe","payload":{"query":"{hello} #` + strings.Repeat("x", 10<<10) + `"}}`)
	c.expect(`{"id":"1","type":"next","payload":{"data":{"hello":"hello world"}}}`)
	c.expect(`{"id":"1","type":"complete"}`)
	large := `{"type":"ping"` + strings.Repeat(" ", 20<<20) + `}` // 20 KB on the wire
	_ = c.WriteMessage(websocket.TextMessage, []byte(large))      // the server may close before it has read everything
	c.expectClose(1009, "Message too big")
}
