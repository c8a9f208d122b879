package gqlserver_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"antwon.dj/backend/internal/gqlserver"
)

const hello = `{"type":"connection_init","payload":{"authorization":"Bearer eve"}}`

// departures are ways in which clients disconnect. Errors of writing do not matter.
var departures = map[string]func(c *websocket.Conn){
	"without a close frame": func(c *websocket.Conn) { say(c, hello, subscribeMessage("1"), subscribeMessage("2")) },
	"with a close frame": func(c *websocket.Conn) {
		say(c, hello, subscribeMessage("1"))
		_ = c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""), time.Now().Add(patience))
		readAll(c)
	},
	"with a reset": func(c *websocket.Conn) {
		say(c, hello, subscribeMessage("1"), subscribeMessage("2"))
		_ = c.NetConn().(*net.TCPConn).SetLinger(0)
	},
	"after completing all operations": func(c *websocket.Conn) {
		say(
			c, hello, subscribeMessage("1"), subscribeMessage("2"), `{"id":"1","type":"complete"}`,
			`{"id":"2","type":"complete"}`,
		)
	},
	"in the middle of a frame": func(c *websocket.Conn) { _, _ = c.NetConn().Write([]byte{0x81, 0xfe, 0x01}) },
	"at once":                  func(*websocket.Conn) {},
	"with a wrong token": func(c *websocket.Conn) {
		say(c, `{"type":"connection_init","payload":{"authorization":"Bearer bad"}}`, subscribeMessage("1"))
		readAll(c)
	},
	"while the token expires": func(c *websocket.Conn) {
		say(c, strings.Replace(hello, "eve", "mayfly", 1))
		for i := range 30 {
			say(
				c, subscribeMessage(fmt.Sprint(i)), `{"id":"q`+fmt.Sprint(i)+`","type":"subscribe","payload":{"query":"{wait}"}}`,
			)
		}
		readAll(c)
	},
}

func say(c *websocket.Conn, messages ...string) {
	for _, m := range messages {
		_ = c.WriteMessage(websocket.TextMessage, []byte(m))
	}
}

func readAll(c *websocket.Conn) {
	_ = c.SetReadDeadline(time.Now().Add(patience))
	for {
		if _, _, err := c.ReadMessage(); err != nil {
			return
		}
	}
}

// subscribeMessage returns a message that subscribes to a shared or private field, chosen at random.
func subscribeMessage(id string) string {
	field := map[bool]string{true: "own", false: "diary"}[rand.IntN(2) == 0]
	return `{"id":"` + id + `","type":"subscribe","payload":{"query":"subscription{` + field + `{version}}"}}`
}

func TestDisconnectedClientsLeaveNothingBehind(t *testing.T) {
	const together, visits = 8, 300
	s := start(t, func(cfg *gqlserver.Config) {
		cfg.Limits.Linger = time.Millisecond
		cfg.Limits.ConnectionsPerAddress, cfg.Limits.ConnectionsPerUser = visits, visits
		cfg.Limits.OperationsPerSecond = 1000
		cfg.Identify = func(ctx context.Context) gqlserver.Client {
			client := gqlserver.Client{ID: viewer(ctx)}
			if client.ID == "mayfly" {
				client.ExpiresAt = time.Now().Add(rand.N(3 * time.Millisecond))
			}
			return client
		}
	})
	s.visit(together, visits)
	for name, none := range map[string]func() bool{
		"connections":   func() bool { return s.gauge("graphql_connections") == 0 },
		"subscriptions": func() bool { return s.gauge("graphql_subscriptions_active") == 0 },
		"streams":       func() bool { return s.gauge("graphql_shared_streams") == 0 },
		"sources":       func() bool { return s.schema.diary.openSources.Load() == 0 },
		"writers":       func() bool { return s.gauge("graphql_websocket_waiting") == 0 },
		"goroutines":    func() bool { return handlerGoroutines() == 0 },
	} {
		s.waitUntil("there are no "+name, none)
	}
	for range visits { // as many as the limits allow, so none of the earlier ones is still counted
		c := s.connect()
		c.say(hello)
		c.expect(`{"type":"connection_ack"}`)
	}
}

// handlerGoroutines returns the number of goroutines that run a connection or a stream.
func handlerGoroutines() int {
	stacks := make([]byte, 4<<20)
	text := string(stacks[:runtime.Stack(stacks, true)])
	return strings.Count(text, "gqlserver.(*connection).") + strings.Count(text, "gqlserver.(*stream).run(")
}

// visit lets clients connect and disconnect, some of them at the same time.
func (s *service) visit(together, visits int) {
	waiting := make(chan func(*websocket.Conn))
	var clients sync.WaitGroup
	for range together {
		clients.Go(func() {
			for leave := range waiting {
				if conn, _, err := s.dial(nil, "graphql-transport-ws"); err != nil {
					s.t.Error(err)
				} else {
					leave(conn)
					conn.Close()
				}
			}
		})
	}
	for n := 0; n < visits; {
		for _, leave := range departures {
			waiting <- leave
			s.schema.diary.write("y")
			n++
		}
	}
	close(waiting)
	clients.Wait()
}

func TestDisconnectedEventStreamsLeaveNothingBehind(t *testing.T) {
	s := start(t, func(cfg *gqlserver.Config) {
		cfg.Limits.Linger = time.Millisecond
		cfg.Limits.ConnectionsPerAddress = 1
	})
	for range 50 {
		e := s.events(s.Client(), http.MethodPost, `subscription{own{version}}`, nil)
		e.expect(comment)
		e.leave()
		s.waitUntil("the stream has ended", func() bool {
			return s.gauge("graphql_connections")+float64(s.schema.diary.openSources.Load()) == 0
		})
	}
}
