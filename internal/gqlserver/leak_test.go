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

// departures are the manners in which clients leave. What they cannot say any more does not matter.
var departures = map[string]func(c *websocket.Conn){
	"without a word": func(c *websocket.Conn) { say(c, hello, following("1"), following("2")) },
	"with a close frame": func(c *websocket.Conn) {
		say(c, hello, following("1"))
		_ = c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""), time.Now().Add(patience))
		readAll(c)
	},
	"with a reset": func(c *websocket.Conn) {
		say(c, hello, following("1"), following("2"))
		_ = c.NetConn().(*net.TCPConn).SetLinger(0)
	},
	"when all is complete": func(c *websocket.Conn) {
		say(c, hello, following("1"), following("2"), `{"id":"1","type":"complete"}`, `{"id":"2","type":"complete"}`)
	},
	"in the middle": func(c *websocket.Conn) { _, _ = c.NetConn().Write([]byte{0x81, 0xfe, 0x01}) },
	"at once":       func(*websocket.Conn) {},
	"with a wrong token": func(c *websocket.Conn) {
		say(c, `{"type":"connection_init","payload":{"authorization":"Bearer bad"}}`, following("1"))
		readAll(c)
	},
	"while their token expires": func(c *websocket.Conn) {
		say(c, strings.Replace(hello, "eve", "mayfly", 1))
		for i := range 30 {
			say(c, following(fmt.Sprint(i)), `{"id":"q`+fmt.Sprint(i)+`","type":"subscribe","payload":{"query":"{wait}"}}`)
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

// following is a subscription, every other one private.
func following(id string) string {
	field := map[bool]string{true: "own", false: "diary"}[rand.IntN(2) == 0]
	return `{"id":"` + id + `","type":"subscribe","payload":{"query":"subscription{` + field + `{version}}"}}`
}

func TestNothingIsLeftOfWhoHasLeft(t *testing.T) {
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
	before := runtime.NumGoroutine()
	s.visit(together, visits)
	for name, settled := range map[string]func() bool{
		"connections":   func() bool { return s.gauge("graphql_connections") == 0 },
		"subscriptions": func() bool { return s.gauge("graphql_subscriptions_active") == 0 },
		"streams":       func() bool { return s.gauge("graphql_shared_streams") == 0 },
		"sources":       func() bool { return s.schema.diary.following.Load() == 0 },
		"writers":       func() bool { return s.gauge("graphql_websocket_waiting") == 0 },
		"goroutines":    func() bool { return runtime.NumGoroutine() <= before+2 },
	} {
		s.eventually("no "+name+" are left", settled)
	}
	for range visits { // all that the limits allow: none of those who have left is still counted
		c := s.connect()
		c.say(hello)
		c.expect(`{"type":"connection_ack"}`)
	}
}

// visit has clients come and leave, some of them together.
func (s *service) visit(together, visits int) {
	manners := make(chan func(*websocket.Conn))
	var clients sync.WaitGroup
	for range together {
		clients.Go(func() {
			for leave := range manners {
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
			manners <- leave
			s.schema.diary.write("y")
			n++
		}
	}
	close(manners)
	clients.Wait()
}

func TestNothingIsLeftOfEvents(t *testing.T) {
	s := start(t, func(cfg *gqlserver.Config) {
		cfg.Limits.Linger = time.Millisecond
		cfg.Limits.ConnectionsPerAddress = 1
	})
	for range 50 {
		e := s.events(s.Client(), http.MethodPost, `subscription{own{version}}`, nil)
		e.expect(comment)
		e.leave()
		s.eventually("it leaves", func() bool { return s.gauge("graphql_connections")+float64(s.schema.diary.following.Load()) == 0 })
	}
}
