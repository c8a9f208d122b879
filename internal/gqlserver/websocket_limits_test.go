package gqlserver_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/internal/gqlserver"
)

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

// anonymous treats everybody without credentials as anonymous.
func anonymous(cfg *gqlserver.Config) {
	cfg.Limits.AnonymousPerAddress, cfg.Limits.PingInterval = 2, time.Hour
	cfg.Identify = func(ctx context.Context) gqlserver.Client {
		return gqlserver.Client{ID: viewer(ctx), Anonymous: viewer(ctx) == "anonymous"}
	}
}

func TestWebSocketLimitsAnonymousConnections(t *testing.T) {
	s := start(t, anonymous)
	refused := func(when string) {
		t.Helper()
		if _, response, _ := s.dial(nil, "graphql-transport-ws"); response.StatusCode != http.StatusTooManyRequests {
			t.Errorf("%s: got %d", when, response.StatusCode)
		}
	}
	s.open(`{"authorization":"Bearer ada"}`)
	first, second := s.open(`{}`), s.connect()
	refused("one without a token, and one before connection_init")
	second.say(`{"type":"connection_init","payload":{"authorization":"Bearer bob"}}`)
	second.expect(`{"type":"connection_ack"}`)
	s.open(`{}`)
	refused("two without a token")
	first.Close()
	s.waitUntil("the first connection has ended", func() bool { return s.gauge("graphql_connections") == 3 })
	s.open(`{"authorization":"Bearer eve"}`)
}

// A client without a token may query and subscribe, but its connection is closed while it runs no operation.
func TestIdleAnonymousWebSocketIsClosed(t *testing.T) {
	inFakeTime(t, anonymous, func(t *testing.T, s *service) {
		user, idle := s.open(`{"authorization":"Bearer ada"}`), s.open(`{}`)
		time.Sleep(59 * time.Second)
		idle.subscribe("1", `{hello}`)
		idle.expect(`{"id":"1","type":"next","payload":{"data":{"hello":"hello world"}}}`)
		idle.expect(`{"id":"1","type":"complete"}`)
		time.Sleep(59 * time.Second)
		idle.subscribe("2", `subscription{diary{version}}`)
		idle.expect(`{"id":"2","type":"next","payload":{"data":{"diary":{"version":0}}}}`)
		time.Sleep(10*time.Minute + 55*time.Second) // between two checks, which take place every minute
		idle.say(`{"id":"2","type":"complete"}`)
		ended := time.Now()
		idle.expectClose(1000, "Idle without credentials")
		if waited := time.Since(ended); waited > time.Minute {
			t.Errorf("closed %v after its last operation had ended", waited)
		}
		user.subscribe("1", `{hello}`)
		user.expect(`{"id":"1","type":"next","payload":{"data":{"hello":"hello world"}}}`)
	})
}

// A device can choose its addresses within its network, so all of them share a limit.
func TestConnectionsFromOneIPv6NetworkAreLimited(t *testing.T) {
	s := start(t, func(cfg *gqlserver.Config) { cfg.Limits.ConnectionsPerAddress = 2 })
	var from string
	serve := s.Config.Handler
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.RemoteAddr = from
		serve.ServeHTTP(w, r)
	})
	opened := 0
	for i := range 24 {
		from = fmt.Sprintf("[2001:db8:1:%x::%x]:1", i/3, i) // three devices in each of eight networks of a site
		conn, response, err := s.dial(nil, "graphql-transport-ws")
		if err == nil {
			opened++
			defer conn.Close()
		} else if response.StatusCode != http.StatusTooManyRequests {
			t.Fatalf("%s: %d, %v", from, response.StatusCode, err)
		}
	}
	if opened != 16 {
		t.Errorf("%d connections were accepted, want two of each network", opened)
	}
	for address, accepted := range map[string]bool{
		"[2001:db8:1:9::1]:1": false, "[2001:db8:2::1]:1": true, "192.0.2.1:1": true,
	} {
		from = address
		conn, _, err := s.dial(nil, "graphql-transport-ws")
		if (err == nil) != accepted {
			t.Errorf("from %s: %v", address, err)
		}
		if err == nil {
			defer conn.Close()
		}
	}
}
