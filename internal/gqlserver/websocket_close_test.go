package gqlserver_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"antwon.dj/backend/internal/gqlserver"
)

func TestWebSocketIsClosedWhenItsCredentialsExpire(t *testing.T) {
	const validity = 5 * time.Second
	expiring := func(cfg *gqlserver.Config) {
		cfg.Identify = func(ctx context.Context) gqlserver.Client {
			return gqlserver.Client{ExpiresAt: time.Now().Add(validity)}
		}
	}
	inFakeTime(t, expiring, func(t *testing.T, s *service) {
		c := s.open(`{"authorization":"Bearer eve"}`)
		c.subscribe("1", `subscription{diary{version}}`)
		c.expect(`{"id":"1","type":"next","payload":{"data":{"diary":{"version":0}}}}`)
		begin := time.Now()
		c.expectClose(4403, "Token expired")
		if took := time.Since(begin); took != validity {
			t.Errorf("it was closed after %v, want %v", took, validity)
		}
		synctest.Wait()
		if n := s.gauge("graphql_subscriptions_active"); n != 0 {
			t.Errorf("%v subscriptions are still active", n)
		}
	})
}

func TestWebSocketMisuseClosesWithACode(t *testing.T) {
	s := start(t, func(cfg *gqlserver.Config) { cfg.Limits.MessageBytes = 1000 })
	const (
		begin     = `{"type":"connection_init"}`
		subscribe = `{"id":"1","type":"subscribe","payload":{"query":"subscription{diary{version}}"}}`
	)
	for _, test := range []struct {
		name   string
		say    []string
		code   int
		reason string
	}{
		{"subscribe first", []string{subscribe}, 4401, "Unauthorized"},
		{"init is no JSON", []string{`{`}, 4400, "Invalid message received"},
		{"init payload is no object", []string{`{"type":"connection_init","payload":7}`}, 4400, "Invalid message received"},
		{"two inits", []string{begin, begin}, 4429, "Too many initialisation requests"},
		{"empty", []string{begin, ``}, 4400, "Invalid message received"},
		{"no JSON", []string{begin, `{`}, 4400, "Invalid message received"},
		{"no object", []string{begin, `[]`}, 4400, "Invalid message received"},
		{"more than one", []string{begin, `{"type":"ping"}{"type":"ping"}`}, 4400, "Invalid message received"},
		{"names in other cases", []string{begin, `{"Type":"ping"}`}, 4400, "Invalid message received"},
		{"no type", []string{begin, `{"id":"1"}`}, 4400, "Invalid message received"},
		{"unknown type", []string{begin, `{"type":"dance"}`}, 4400, "Invalid message received"},
		{"a server's message", []string{begin, `{"id":"1","type":"next","payload":{}}`}, 4400, "Invalid message received"},
		{"no id", []string{begin, `{"type":"subscribe","payload":{"query":"{hello}"}}`}, 4400, "Invalid message received"},
		{
			"empty id", []string{begin, `{"id":"","type":"subscribe","payload":{"query":"{hello}"}}`}, 4400,
			"Invalid message received",
		},
		{
			"id is no text", []string{begin, `{"id":1,"type":"subscribe","payload":{"query":"{hello}"}}`}, 4400,
			"Invalid message received",
		},
		{"no payload", []string{begin, `{"id":"1","type":"subscribe"}`}, 4400, "Invalid message received"},
		{
			"payload is no object", []string{begin, `{"id":"1","type":"subscribe","payload":"{hello}"}`}, 4400,
			"Invalid message received",
		},
		{"no query", []string{begin, `{"id":"1","type":"subscribe","payload":{}}`}, 4400, "Invalid message received"},
		{
			"query is no text", []string{begin, `{"id":"1","type":"subscribe","payload":{"query":7}}`}, 4400,
			"Invalid message received",
		},
		{
			"variables are no object",
			[]string{begin, `{"id":"1","type":"subscribe","payload":{"query":"{hello}","variables":[]}}`}, 4400,
			"Invalid message received",
		},
		{"complete without id", []string{begin, `{"type":"complete"}`}, 4400, "Invalid message received"},
		{"duplicate id", []string{begin, subscribe, subscribe}, 4409, "Subscriber for 1 already exists"},
		{"bad UTF-8", []string{begin, "{\"type\":\"ping\",\"payload\":{\"\xff\":1}}"}, 1007, "Invalid UTF-8"},
		{"too big", []string{begin, strings.Repeat("x", 100_000)}, 1009, "Message too big"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := s.connect()
			for _, message := range test.say {
				c.say(message)
			}
			c.expectClose(test.code, test.reason)
		})
	}
	t.Run("binary", func(t *testing.T) {
		c := s.open(`{}`)
		if err := c.WriteMessage(websocket.BinaryMessage, []byte(subscribe)); err != nil {
			t.Fatal(err)
		}
		c.expectClose(4400, "Invalid message received")
	})
	t.Run("no frame", func(t *testing.T) {
		c := s.open(`{}`)
		if _, err := c.NetConn().Write([]byte{0x81, 0x01, 'x'}); err != nil { // not masked
			t.Fatal(err)
		}
		if got, err := c.hear(); !websocket.IsCloseError(err, 1002) {
			t.Errorf("got %s, %v", got, err)
		}
	})
}

func TestWebSocketEchoesTheClientsCloseCode(t *testing.T) {
	s := start(t, nil)
	c := s.open(`{}`)
	frame := websocket.FormatCloseMessage(websocket.CloseGoingAway, "bye")
	if err := c.WriteControl(websocket.CloseMessage, frame, time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	c.expectClose(websocket.CloseGoingAway, "")
}

func TestWebSocketWithoutInitIsClosed(t *testing.T) {
	short := func(cfg *gqlserver.Config) { cfg.Limits.InitTimeout = time.Second }
	inFakeTime(t, short, func(t *testing.T, s *service) {
		begin := time.Now()
		s.connect().expectClose(4408, "Connection initialisation timeout")
		if took := time.Since(begin); took != time.Second {
			t.Errorf("it was closed after %v, want 1 s", took)
		}
	})
}

func TestWebSocketRequiresTheSubprotocol(t *testing.T) {
	s := start(t, nil)
	conn, _, err := s.dial(nil, "graphql-ws", "graphql-transport-ws")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if conn.Subprotocol() != "graphql-transport-ws" {
		t.Errorf("both offered: got %q", conn.Subprotocol())
	}
	for _, others := range [][]string{{"graphql-ws"}, nil} {
		old, _, err := s.dial(nil, others...)
		if err != nil {
			t.Fatal(err)
		}
		defer old.Close()
		(&client{old, t}).expectClose(4406, "Subprotocol not acceptable")
	}
}

func TestWebSocketRefusesOtherOrigins(t *testing.T) {
	s := start(t, func(cfg *gqlserver.Config) { cfg.AllowedOrigins = []string{"https://friend.example"} })
	for origin, want := range map[string]int{
		"":                       http.StatusSwitchingProtocols,
		s.URL:                    http.StatusSwitchingProtocols,
		"https://friend.example": http.StatusSwitchingProtocols,
		"https://evil.example":   http.StatusForbidden,
		"http://friend.example":  http.StatusForbidden,
		"null":                   http.StatusForbidden,
	} {
		header := http.Header{}
		if origin != "" {
			header.Set("Origin", origin)
		}
		conn, response, _ := s.dial(header, "graphql-transport-ws")
		if response.StatusCode != want {
			t.Errorf("origin %q: got %d, want %d", origin, response.StatusCode, want)
		}
		if conn != nil {
			conn.Close()
		}
	}
}

func TestWebSocketSubprotocolMayBeOnAnyLine(t *testing.T) {
	s := start(t, nil)
	conn, _, err := s.dial(http.Header{"Sec-Websocket-Protocol": {"other", "graphql-transport-ws"}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	c := &client{conn, t}
	c.say(`{"type":"connection_init"}`)
	c.expect(`{"type":"connection_ack"}`)
}

func TestWebSocketThatAnswersNoPingIsClosed(t *testing.T) {
	pinging := func(cfg *gqlserver.Config) { cfg.Limits.PingInterval = time.Second }
	inFakeTime(t, pinging, func(t *testing.T, s *service) {
		c := s.open(`{}`)
		c.SetPingHandler(func(string) error { return nil })
		begin := time.Now()
		c.expectClose(4499, "Connection lost")
		if took := time.Since(begin); took != 2*time.Second {
			t.Errorf("it was closed after %v, want two intervals", took)
		}
	})
}

func TestWebSocketThatAnswersPingsStaysOpen(t *testing.T) {
	pinging := func(cfg *gqlserver.Config) { cfg.Limits.PingInterval = time.Second }
	inFakeTime(t, pinging, func(t *testing.T, s *service) {
		c, pings := s.open(`{}`), 0
		answer := c.PingHandler()
		c.SetPingHandler(func(payload string) error {
			err := answer(payload)
			if pings++; pings == 5 {
				c.say(`{"type":"ping"}`)
			}
			return err
		})
		begin := time.Now()
		c.expect(`{"type":"pong"}`)
		if took := time.Since(begin); took != 5*time.Second {
			t.Errorf("five pings took %v, want five intervals", took)
		}
	})
}

func TestWebSocketOfAVanishedClientIsClosed(t *testing.T) {
	s := start(t, nil)
	c := s.open(`{}`)
	c.subscribe("1", `subscription{own{reader}}`)
	c.expect(`{"id":"1","type":"next","payload":{"data":{"own":{"reader":"anonymous"}}}}`)
	c.Close()
	s.waitUntil("the source is closed", func() bool { return s.schema.diary.openSources.Load() == 0 })
	s.waitUntil("the connection has ended", func() bool { return s.gauge("graphql_connections") == 0 })
}
