package gqlserver_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"antwon.dj/backend/internal/gqlserver"
)

func TestWebSocketServesAllKinds(t *testing.T) {
	s := start(t, nil)
	c := s.open(`{"authorization":"Bearer eve"}`)
	c.say(`{"id":"1","type":"subscribe","payload":{"query":"subscription($to:Int!){count(to:$to)}","variables":{"to":2}}}`)
	c.expect(`{"payload":{"data":{"count":1}},"id":"1","type":"next"}`)
	c.expect(`{"payload":{"data":{"count":2}},"id":"1","type":"next"}`)
	c.expect(`{"id":"1","type":"complete"}`)
	c.say(`{"id":"2","type":"subscribe","payload":{"query":"{viewer}"}}`)
	c.expect(`{"payload":{"data":{"viewer":"eve"}},"id":"2","type":"next"}`)
	c.expect(`{"id":"2","type":"complete"}`)
	c.say(`{"id":"3","type":"subscribe","payload":{"query":"mutation{set(value:7)}"}}`)
	c.expect(`{"payload":{"data":{"set":7}},"id":"3","type":"next"}`)
	c.expect(`{"id":"3","type":"complete"}`)
	c.say(`{"id":"4","type":"subscribe","payload":{"query":"{transport}"}}`)
	c.expect(`{"payload":{"data":{"transport":"websocket"}},"id":"4","type":"next"}`)
	if n := s.sum("graphql_operations_total", map[string]string{"kind": "subscription", "outcome": "ok"}); n != 1 {
		t.Errorf("%v subscriptions were counted", n)
	}
}

func TestWebSocketCredentials(t *testing.T) {
	s := start(t, nil)
	for payload, viewer := range map[string]string{
		`{"authorization":"Bearer eve"}`: "eve",
		`{"Authorization":"Bearer ada"}`: "ada",
		`{"authorization":null}`:         "anonymous",
		`{}`:                             "anonymous",
	} {
		c := s.open(payload)
		c.say(`{"id":"1","type":"subscribe","payload":{"query":"{viewer}"}}`)
		c.expect(`{"payload":{"data":{"viewer":"` + viewer + `"}},"id":"1","type":"next"}`)
	}
	c := s.connect()
	c.say(`{"type":"connection_init","payload":{"authorization":"Bearer bad"}}`)
	c.expectClose(4403, "this token is not valid")
}

func TestWebSocketEndsWithCredentials(t *testing.T) {
	s := start(t, func(cfg *gqlserver.Config) {
		cfg.ExpiresAt = func(ctx context.Context) time.Time {
			if viewer(ctx) == "eve" {
				return time.Now().Add(50 * time.Millisecond)
			}
			return time.Time{}
		}
	})
	c := s.open(`{"authorization":"Bearer eve"}`)
	c.say(`{"id":"1","type":"subscribe","payload":{"query":"subscription{forever}"}}`)
	c.expect(`{"payload":{"data":{"forever":1}},"id":"1","type":"next"}`)
	if got, err := c.hear(); !websocket.IsCloseError(err, 4403) || !strings.Contains(err.Error(), "Token expired") {
		t.Errorf("got %s, %v", got, err)
	}
	s.eventually("the subscription ends", func() bool { return s.schema.running.Load() == 0 })
}

func TestWebSocketMisuse(t *testing.T) {
	s := start(t, func(cfg *gqlserver.Config) { cfg.Limits.MessageBytes = 1000 })
	const subscribe = `{"id":"1","type":"subscribe","payload":{"query":"{hello}"}}`
	for _, test := range []struct {
		name   string
		say    []string
		code   int
		reason string
	}{
		{"subscribe first", []string{subscribe}, 4401, "Unauthorized"},
		{"init is no JSON", []string{`{`}, 4400, "Invalid message received"},
		{"init payload is no object", []string{`{"type":"connection_init","payload":7}`}, 4400, "Invalid message received"},
		{"two inits", []string{`{"type":"connection_init"}`, `{"type":"connection_init"}`}, 4429, "Too many initialisation requests"},
		{"no JSON", []string{`{"type":"connection_init"}`, `{`}, 4400, "Invalid message received"},
		{"unknown type", []string{`{"type":"connection_init"}`, `{"type":"dance"}`}, 4400, "Invalid message received"},
		{"too big", []string{`{"type":"connection_init"}`, strings.Repeat("x", 100_000)}, 1009, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := s.connect()
			for _, message := range test.say {
				c.say(message)
			}
			c.expectClose(test.code, test.reason)
		})
	}
}

func TestWebSocketWithoutInit(t *testing.T) {
	s := start(t, func(cfg *gqlserver.Config) { cfg.Limits.InitTimeout = 50 * time.Millisecond })
	s.connect().expectClose(4408, "Connection initialisation timeout")
}

func TestWebSocketSubprotocols(t *testing.T) {
	s := start(t, nil)
	conn, _, err := s.dial(nil, "graphql-ws", "graphql-transport-ws")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if conn.Subprotocol() != "graphql-transport-ws" {
		t.Errorf("both offered: got %q", conn.Subprotocol())
	}
	old, _, err := s.dial(nil, "graphql-ws")
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	(&client{old, t}).expectClose(4406, "Subprotocol not acceptable")
}

func TestWebSocketOrigins(t *testing.T) {
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

func TestWebSocketPanicIsMasked(t *testing.T) {
	s := start(t, nil)
	c := s.open(`{}`)
	const masked = `{"errors":[{"message":"masked","extensions":{"code":"INTERNAL_SERVER_ERROR"}}],"data":null}`
	c.say(`{"id":"1","type":"subscribe","payload":{"query":"{panic}"}}`)
	c.expect(`{"payload":` + masked + `,"id":"1","type":"next"}`)
	c.expect(`{"id":"1","type":"complete"}`)
	c.say(`{"id":"2","type":"subscribe","payload":{"query":"subscription{panic}"}}`)
	c.expect(`{"payload":{"data":{"panic":1}},"id":"2","type":"next"}`)
	c.expect(`{"payload":` + masked + `,"id":"2","type":"next"}`)
	c.expect(`{"id":"2","type":"complete"}`)
}

func TestWebSocketLimitsOperations(t *testing.T) {
	s := start(t, func(cfg *gqlserver.Config) { cfg.Limits.Operations = 1 })
	c := s.open(`{}`)
	c.say(`{"id":"1","type":"subscribe","payload":{"query":"subscription{forever}"}}`)
	c.expect(`{"payload":{"data":{"forever":1}},"id":"1","type":"next"}`)
	c.say(`{"id":"2","type":"subscribe","payload":{"query":"{hello}"}}`)
	if got, err := c.hear(); err != nil || !strings.Contains(got, `"code":"RATE_LIMITED"`) {
		t.Errorf("got %s, %v", got, err)
	}
	c.expect(`{"id":"2","type":"complete"}`)
	c.say(`{"id":"1","type":"complete"}`)
	c.expect(`{"id":"1","type":"complete"}`)
	c.say(`{"id":"3","type":"subscribe","payload":{"query":"{hello}"}}`)
	c.expect(`{"payload":{"data":{"hello":"hello world"}},"id":"3","type":"next"}`)
}

func TestWebSocketPings(t *testing.T) {
	s := start(t, func(cfg *gqlserver.Config) { cfg.Limits.PingInterval = 100 * time.Millisecond })
	silent := s.open(`{}`)
	silent.say(`{"id":"1","type":"subscribe","payload":{"query":"subscription{forever}"}}`)
	silent.expectClose(4499, "Connection lost") // it hears the pings, but does not answer

	c := s.open(`{}`)
	for range 5 {
		c.expect(`{"type":"ping"}`)
		c.say(`{"type":"pong"}`)
	}
}

func TestWebSocketStalledReader(t *testing.T) {
	s := start(t, func(cfg *gqlserver.Config) { cfg.Limits.WriteTimeout = 100 * time.Millisecond })
	c := s.open(`{}`)
	c.say(`{"id":"1","type":"subscribe","payload":{"query":"subscription{flood}"}}`)
	s.eventually("the flood begins", func() bool { return s.schema.running.Load() == 1 })
	s.eventually("the flood ends", func() bool { return s.schema.running.Load() == 0 })
	s.eventually("the connection ends", func() bool { return s.gauge("graphql_websocket_connections") == 0 })
}

func TestWebSocketVanishedClient(t *testing.T) {
	s := start(t, nil)
	c := s.open(`{}`)
	c.say(`{"id":"1","type":"subscribe","payload":{"query":"subscription{forever}"}}`)
	c.expect(`{"payload":{"data":{"forever":1}},"id":"1","type":"next"}`)
	c.Close()
	s.eventually("the subscription ends", func() bool { return s.schema.running.Load() == 0 })
	s.eventually("the connection ends", func() bool { return s.gauge("graphql_websocket_connections") == 0 })
}

func TestDrainEndsAllConnections(t *testing.T) {
	s := start(t, nil)
	subscribed, idle, mute := s.open(`{}`), s.open(`{}`), s.connect()
	subscribed.say(`{"id":"1","type":"subscribe","payload":{"query":"subscription{forever}"}}`)
	subscribed.expect(`{"payload":{"data":{"forever":1}},"id":"1","type":"next"}`)

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	drained := make(chan error)
	go func() { drained <- s.handler.Drain(ctx) }()
	for _, c := range []*client{subscribed, idle, mute} {
		if got, err := c.hear(); !websocket.IsCloseError(err, 1012) {
			t.Errorf("got %s, %v", got, err)
		}
		c.Close()
	}
	if err := <-drained; err != nil {
		t.Error(err)
	}
	if n := s.schema.running.Load(); n != 0 {
		t.Errorf("%d subscriptions still run", n)
	}
	s.connect().expectClose(1012, "Service restart")
}

func TestDrainIsBounded(t *testing.T) {
	s := start(t, nil)
	c := s.open(`{}`)
	c.say(`{"id":"1","type":"subscribe","payload":{"query":"subscription{flood}"}}`)
	s.eventually("the flood begins", func() bool { return s.schema.running.Load() == 1 })
	time.Sleep(100 * time.Millisecond) // until the socket is full

	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	begin := time.Now()
	if err := s.handler.Drain(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(begin); took > time.Second {
		t.Errorf("took %v", took)
	}
	s.eventually("the connection ends", func() bool { return s.gauge("graphql_websocket_connections") == 0 })
}
