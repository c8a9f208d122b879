package gqlserver_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/gorilla/websocket"

	"antwon.dj/backend/internal/gqlserver"
)

func TestWebSocketServesAllKindsOfOperations(t *testing.T) {
	s := start(t, nil)
	s.schema.diary.write("a")
	c := s.open(`{"authorization":"Bearer eve"}`)
	c.say(`{"id":"1","type":"subscribe","payload":{"query":"subscription{diary{version entries}}"}}`)
	c.expect(`{"id":"1","type":"next","payload":{"data":{"diary":{"entries":["a"],"version":1}}}}`)
	s.schema.diary.write("b")
	c.expect(`{"id":"1","type":"next","payload":{"data":{"diary":{"entries":["a","b"],"version":2}}}}`)
	c.say(`{"id":"2","type":"subscribe","payload":{"query":"{viewer}"}}`)
	c.expect(`{"id":"2","type":"next","payload":{"data":{"viewer":"eve"}}}`)
	c.expect(`{"id":"2","type":"complete"}`)
	c.say(`{"id":"3","type":"subscribe","payload":{"query":"mutation($v:Int!){set(value:$v)}","variables":{"v":7}}}`)
	c.expect(`{"id":"3","type":"next","payload":{"data":{"set":7}}}`)
	c.expect(`{"id":"3","type":"complete"}`)
	c.say(`{"id":"4","type":"subscribe","payload":{"query":"{transport}"}}`)
	c.expect(`{"id":"4","type":"next","payload":{"data":{"transport":"websocket"}}}`)
	c.expect(`{"id":"4","type":"complete"}`)
	s.schema.diary.change(func() { s.schema.diary.last = true })
	c.expect(`{"id":"1","type":"complete"}`)
	if n := s.sum("graphql_operations_total", map[string]string{"kind": "subscription", "outcome": "ok"}); n != 1 {
		t.Errorf("%v subscriptions were counted", n)
	}
}

func TestWebSocketUsesTheCredentialsOfConnectionInit(t *testing.T) {
	s := start(t, nil)
	for payload, viewer := range map[string]string{
		`{"authorization":"Bearer eve"}`: "eve",
		`{"Authorization":"Bearer ada"}`: "ada",
		`{"authorization":null}`:         "anonymous",
		`{}`:                             "anonymous",
		`null`:                           "anonymous",
	} {
		c := s.open(payload)
		c.say(`{"id":"1","type":"subscribe","payload":{"query":"{viewer}"}}`)
		c.expect(`{"id":"1","type":"next","payload":{"data":{"viewer":"` + viewer + `"}}}`)
	}
	c := s.connect()
	c.say(`{"type":"connection_init","payload":{"authorization":"Bearer bad"}}`)
	c.expectClose(4403, "this token is not valid")
}

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

func TestWebSocketErrorEndsItsOperation(t *testing.T) {
	s := start(t, nil)
	c := s.open(`{"authorization":"Bearer stranger"}`)
	for _, test := range []struct{ query, want string }{
		{`{`, `GRAPHQL_PARSE_FAILED`},
		{`{nothing}`, `GRAPHQL_VALIDATION_FAILED`},
		{`subscription{__typename}`, `GRAPHQL_VALIDATION_FAILED`},
		{`subscription{diary{version}}`, `{"message":"strangers may not read this"}`},
	} {
		c.subscribe("1", test.query)
		if got, err := c.hear(); err != nil || !strings.HasPrefix(got, `{"id":"1","type":"error","payload":[{`) ||
			!strings.Contains(got, test.want) {
			t.Errorf("%s: got %s, %v", test.query, got, err)
		}
	}
	c.say(`{"type":"ping"}`)
	c.expect(`{"type":"pong"}`) // and no complete before it
}

func TestWebSocketPanicIsMasked(t *testing.T) {
	s := start(t, nil)
	c := s.open(`{}`)
	c.subscribe("1", `{panic}`)
	c.expect(`{"id":"1","type":"next","payload":{"errors":[{"message":"masked",` +
		`"extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}}`)
	c.expect(`{"id":"1","type":"complete"}`)
	for _, query := range []string{
		`subscription{panic{version}}`, `subscription{diary(of:\"panic\"){version}}`,
		`subscription{diary(of:\"nobody\"){version}}`,
	} {
		c.subscribe("2", query)
		if got, err := c.hear(); err != nil ||
			!strings.HasPrefix(got, `{"id":"2","type":"error","payload":[{"message":"masked"`) {
			t.Errorf("%s: got %s, %v", query, got, err)
		}
	}
}

// Encoding such a response panics where gqlgen does not recover. That must not end the program.
func TestWebSocketSurvivesResponsesThatAreNotJSON(t *testing.T) {
	s := start(t, func(cfg *gqlserver.Config) {
		cfg.AroundResponses = func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
			response := next(ctx)
			response.Extensions = map[string]any{"no JSON": func() {}}
			return response
		}
	})
	c := s.open(`{}`)
	c.subscribe("1", `subscription{diary{version}}`)
	if got, err := c.hear(); err != nil ||
		!strings.HasPrefix(got, `{"id":"1","type":"error","payload":[{"message":"masked"`) {
		t.Errorf("got %s, %v", got, err)
	}
	c.subscribe("2", `{hello}`)
	if got, err := c.hear(); err != nil ||
		!strings.HasPrefix(got, `{"id":"2","type":"error","payload":[{"message":"masked"`) {
		t.Errorf("got %s, %v", got, err)
	}
}

// What is wrong with one operation does not end the others.
func TestWebSocketStaysOpenWhenAnOperationIsRefused(t *testing.T) {
	s := start(t, nil)
	c := s.open(`{}`)
	refused := func(id, message string) {
		t.Helper()
		c.expect(`{"id":"` + id + `","type":"error","payload":[{"message":"` + message +
			`","extensions":{"code":"BAD_USER_INPUT"}}]}`)
	}
	c.subscribe("1", ``)
	refused("1", "The query is missing.")
	longID := strings.Repeat("x", 257)
	c.subscribe(longID, `{hello}`)
	refused(longID, "The id of an operation may have at most 256 bytes.")
	c.say(`{"id":"` + longID + `","type":"complete"}`)
	c.say(`{"id":"2","type":"subscribe","payload":{"query":"query($n:String!){hello(name:$n)}",` +
		`"variables":{"n":"\ud83d"}}}`)
	refused("2", "A string contains a lone surrogate, which is no Unicode character.")
	for _, ping := range []string{`{"type":"ping","id":"3"}`, `{"type":"ping","id":4}`, `{"ID":5,"type":"ping"}`} {
		c.say(ping)
		c.expect(`{"type":"pong"}`)
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

func TestWebSocketAnswersPings(t *testing.T) {
	s := start(t, nil)
	c := s.open(`{}`)
	c.say(`{"type":"ping","payload":{"n":1}}`)
	c.expect(`{"type":"pong","payload":{"n":1}}`)
	c.say(`{"type":"pong"}`)
	c.say(`{"type":"complete","id":"nothing"}`)
	answered := make(chan string, 1)
	c.SetPongHandler(func(payload string) error { answered <- payload; return nil })
	if err := c.WriteControl(websocket.PingMessage, []byte("hello"), time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	c.say(`{"type":"ping"}`)
	c.expect(`{"type":"pong"}`)
	if got := <-answered; got != "hello" {
		t.Errorf("got %s", got)
	}
}

func TestWebSocketSendsNothingForCompletedOperations(t *testing.T) {
	s := start(t, nil)
	c := s.open(`{}`)
	c.subscribe("1", `subscription{diary{version}}`)
	c.expect(`{"id":"1","type":"next","payload":{"data":{"diary":{"version":0}}}}`)
	c.subscribe("2", `{wait}`)
	c.say(`{"id":"1","type":"complete"}`)
	c.say(`{"id":"2","type":"complete"}`)
	s.waitUntil("both operations have ended", func() bool { return s.sum("graphql_operations_total", nil) == 2 })
	s.schema.diary.write("a")
	c.subscribe("1", `subscription{diary{version}}`) // the id is free again
	c.expect(`{"id":"1","type":"next","payload":{"data":{"diary":{"version":1}}}}`)
}

func TestWebSocketLimitsConcurrentOperations(t *testing.T) {
	s := start(t, func(cfg *gqlserver.Config) { cfg.Limits.Operations = 1 })
	c := s.open(`{}`)
	c.subscribe("1", `subscription{diary{version}}`)
	c.expect(`{"id":"1","type":"next","payload":{"data":{"diary":{"version":0}}}}`)
	c.subscribe("2", `{hello}`)
	if got, err := c.hear(); err != nil || !strings.Contains(got, `"type":"error"`) ||
		!strings.Contains(got, `"code":"RATE_LIMITED"`) {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestWebSocketLimitsTheRateOfOperations(t *testing.T) {
	limited := func(cfg *gqlserver.Config) {
		cfg.Limits.Operations, cfg.Limits.OperationsPerSecond = 3, 1
		cfg.Identify = func(ctx context.Context) gqlserver.Client {
			return gqlserver.Client{Unlimited: viewer(ctx) == "host"}
		}
	}
	inFakeTime(t, limited, func(t *testing.T, s *service) {
		guest, host := s.open(`{"authorization":"Bearer guest"}`), s.open(`{"authorization":"Bearer host"}`)
		if n := guest.countRateLimited(6); n != 3 {
			t.Errorf("%d of 6 operations of a guest were refused, want 3", n)
		}
		if n := host.countRateLimited(6); n != 0 {
			t.Errorf("%d operations of a host were refused, want none", n)
		}
		time.Sleep(time.Second)
		if n := guest.countRateLimited(2); n != 1 {
			t.Errorf("%d of 2 operations a second later were refused, want 1", n)
		}
	})
}

// countRateLimited runs n operations, one after the other, and returns how many were refused.
func (c *client) countRateLimited(n int) (refused int) {
	c.t.Helper()
	for range n {
		c.subscribe("1", `{hello}`)
		got, err := c.hear()
		if err != nil {
			c.t.Fatal(err)
		}
		if strings.Contains(got, "RATE_LIMITED") && strings.Contains(got, `"retryAfterMs":1000`) {
			refused++
			continue
		}
		c.expect(`{"id":"1","type":"complete"}`)
	}
	return refused
}

func TestWebSocketLimitsConnections(t *testing.T) {
	s := start(t, func(cfg *gqlserver.Config) {
		cfg.Limits.ConnectionsPerUser, cfg.Limits.ConnectionsPerAddress = 2, 4
		cfg.Identify = func(ctx context.Context) gqlserver.Client {
			return gqlserver.Client{ID: viewer(ctx), Unlimited: viewer(ctx) == "host"}
		}
	})
	const eve = `{"authorization":"Bearer eve"}`
	first := s.open(eve)
	s.open(eve)
	third := s.connect()
	third.say(`{"type":"connection_init","payload":` + eve + `}`)
	third.expectClose(1013, "Too many connections")
	third.Close()
	s.waitUntil("the third connection has ended", func() bool { return s.gauge("graphql_connections") == 2 })
	for range 5 {
		s.open(`{"authorization":"Bearer host"}`)
	}
	s.open(`{"authorization":"Bearer ada"}`)
	s.open(`{"authorization":"Bearer bob"}`)
	if _, response, _ := s.dial(nil, "graphql-transport-ws"); response.StatusCode != http.StatusTooManyRequests ||
		response.Header.Get("Retry-After") == "" {
		t.Errorf("got %d", response.StatusCode)
	}
	first.Close()
	s.waitUntil("the first connection has ended", func() bool { return s.gauge("graphql_connections") == 8 })
	s.open(eve)
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

func TestDrainClosesAllWebSocketsOneAfterTheOther(t *testing.T) {
	spread := func(cfg *gqlserver.Config) { cfg.Limits.DrainWindow = 40 * time.Millisecond }
	inFakeTime(t, spread, func(t *testing.T, s *service) {
		subscribed, idle, silent := s.open(`{}`), s.open(`{}`), s.connect()
		subscribed.subscribe("1", `subscription{diary{version}}`)
		subscribed.expect(`{"id":"1","type":"next","payload":{"data":{"diary":{"version":0}}}}`)

		begin := time.Now()
		closed := make(chan time.Duration, 3)
		for _, c := range []*client{subscribed, idle, silent} {
			go func() {
				c.expectClose(1012, "Service restart")
				closed <- time.Since(begin)
				c.Close()
			}()
		}
		if err := s.handler.Drain(t.Context()); err != nil {
			t.Error(err)
		}
		for i := range 3 {
			if took, want := <-closed, time.Duration(i)*10*time.Millisecond; took != want {
				t.Errorf("connection %d was closed after %v, want %v", i, took, want)
			}
		}
		if n := s.schema.diary.openSources.Load(); n != 0 {
			t.Errorf("%d sources are still open", n)
		}
		_, response, _ := s.dial(nil, "graphql-transport-ws")
		if response.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("a new connection got %d", response.StatusCode)
		}
	})
}

func TestDrainAbortsConnectionsWhenItsContextEnds(t *testing.T) {
	inFakeTime(t, nil, func(t *testing.T, s *service) {
		c := s.open(`{}`)
		c.subscribe("1", `subscription{diary{entries}}`) // and does not read the response
		synctest.Wait()

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		if err := s.handler.Drain(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(begin); took != time.Second {
			t.Errorf("Drain took %v, want 1 s", took)
		}
		synctest.Wait()
		if n := s.gauge("graphql_connections"); n != 0 {
			t.Errorf("%v connections are still counted", n)
		}
	})
}
