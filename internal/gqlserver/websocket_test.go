package gqlserver_test

import (
	"context"
	"strings"
	"testing"
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

// An error in one operation does not end the others.
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
