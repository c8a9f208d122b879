package gqlserver_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"antwon.dj/backend/internal/gqlserver"
)

// stall makes a client subscribe to a diary that is too large to be accepted without reading, and waits until it is.
func (s *service) stall(c *client) {
	s.t.Helper()
	waiting := s.gauge("graphql_websocket_waiting")
	s.overwhelm(c)
	s.waitUntil("the client is full", func() bool { return s.gauge("graphql_websocket_waiting") > waiting })
}

// overwhelm makes a client subscribe to a diary that is too large to be accepted without reading.
func (s *service) overwhelm(c *client) {
	s.t.Helper()
	s.schema.diary.change(func() { s.schema.diary.entries = []string{strings.Repeat("x", 4<<20)} })
	c.limitReading()
	c.subscribe("big", `subscription{diary{entries}}`)
}

func TestStalledClientSkipsToTheNewestState(t *testing.T) {
	s := start(t, nil)
	c, other := s.open(`{}`), s.open(`{}`)
	for _, c := range []*client{c, other} {
		c.subscribe("1", `subscription{changes{version since}}`)
		c.nextChange()
	}
	s.stall(c) // at version 1
	for range 100 {
		s.schema.diary.write("z")
	}
	for version := int64(0); version < 101; { // until the stream, which both share, has executed the newest state
		_, event := other.nextChange()
		version = event.Version
	}
	var versions []int64
	for len(versions) == 0 || versions[len(versions)-1] < 101 {
		text, err := c.hear()
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(text, `{"id":"1"`) {
			_, event := readChange(t, text)
			versions = append(versions, event.Version)
		}
	}
	if versions[0] == 1 { // it was being sent when the client stopped reading
		versions = versions[1:]
	}
	if len(versions) != 1 {
		t.Errorf("the client was sent the versions %v, want only the newest", versions)
	}
}

func TestStalledClientsDelayNoOtherClient(t *testing.T) {
	s := start(t, nil)
	for range 3 {
		s.stall(s.open(`{}`))
	}
	live := s.open(`{}`)
	live.subscribe("1", `subscription{changes{version}}`)
	live.nextChange()
	for range 50 {
		want := s.schema.diary.write("y")
		if _, event := live.nextChange(); event.Version != want {
			t.Fatalf("got version %d, want %d", event.Version, want)
		}
	}
	if n := s.gauge("graphql_websocket_waiting"); n != 3 {
		t.Errorf("%v clients are stalled, want 3", n)
	}
}

func TestClientThatReadsNothingIsDisconnected(t *testing.T) {
	t.Parallel()
	s := start(t, func(cfg *gqlserver.Config) { cfg.Limits.WriteTimeout = 200 * time.Millisecond })
	c := s.open(`{}`)
	c.subscribe("1", `subscription{diary{entries}}`)
	s.flood()
	s.waitUntil("it is disconnected", func() bool {
		return s.closeCount("1013") == 1 || s.gauge("graphql_subscriptions_active") == 0
	})
	c.expectClose(1013, "Client does not read") // which it reads afterwards
	s.waitUntil("the connection is counted as closed", func() bool { return s.closeCount("1013") == 1 })
}

// The client needs many times the time limits for one message. It sends nothing, because it would see a ping only after
// that message.
func TestClientThatReadsSlowlyIsNotDisconnected(t *testing.T) {
	limited := func(cfg *gqlserver.Config) {
		cfg.Limits.WriteTimeout, cfg.Limits.PingInterval = 10*time.Second, 12*time.Second
	}
	inFakeTime(t, limited, func(t *testing.T, s *service) {
		c := s.open(`{}`)
		synctest.Wait() // until the server knows that the client has read the acknowledgement
		s.stall(c)
		begin := time.Now()
		if err := c.SetReadDeadline(time.Time{}); err != nil {
			t.Fatal(err)
		}
		_, r, err := c.NextReader()
		for err == nil {
			time.Sleep(9 * time.Second)
			_, err = io.CopyN(io.Discard, r, 64<<10)
		}
		if !errors.Is(err, io.EOF) {
			t.Errorf("after %v: got %v", time.Since(begin), err)
		}
	})
}

func TestBlockedWriteDoesNotKeepAConnectionOpen(t *testing.T) {
	const writeTimeout = time.Minute
	for code, change := range map[string]func(cfg *gqlserver.Config){
		"4403": func(cfg *gqlserver.Config) {
			cfg.Identify = func(context.Context) gqlserver.Client {
				return gqlserver.Client{ExpiresAt: time.Now().Add(20 * time.Second)}
			}
		},
		"4499": func(cfg *gqlserver.Config) { cfg.Limits.PingInterval = 10 * time.Second },
	} {
		t.Run(code, func(t *testing.T) {
			limited := func(cfg *gqlserver.Config) {
				cfg.Limits.WriteTimeout = writeTimeout
				change(cfg)
			}
			inFakeTime(t, limited, func(t *testing.T, s *service) {
				s.overwhelm(s.open(`{}`))
				time.Sleep(20 * time.Second)
				synctest.Wait()
				if n := s.gauge("graphql_subscriptions_active"); n != 0 {
					t.Errorf("%v subscriptions are still active", n)
				}
				time.Sleep(writeTimeout) // of the write that is blocked
				synctest.Wait()
				if n := s.closeCount(code); n != 1 {
					t.Errorf("%v connections were closed with %s, want 1", n, code)
				}
			})
		})
	}
	t.Run("1012", func(t *testing.T) {
		limited := func(cfg *gqlserver.Config) { cfg.Limits.WriteTimeout = writeTimeout }
		inFakeTime(t, limited, func(t *testing.T, s *service) {
			c := s.open(`{}`)
			synctest.Wait() // until the server knows that the client has read the acknowledgement
			s.stall(c)
			if err := s.handler.Drain(t.Context()); err != nil || s.closeCount("1012") != 1 {
				t.Errorf("got %v", err)
			}
		})
	})
}

// By itself, gorilla would answer a protocol error with a close frame, even in the middle of another frame.
func TestProtocolErrorDoesNotCorruptAFrame(t *testing.T) {
	s := start(t, nil)
	c := s.open(`{}`)
	s.stall(c)
	if _, err := c.NetConn().Write([]byte{0x81, 0x01, 'x'}); err != nil { // not masked
		t.Fatal(err)
	}
	s.waitUntil("the server has read it", func() bool { return s.gauge("graphql_subscriptions_active") == 0 })
	if got, err := c.hear(); err != nil || len(got) < 4<<20 || !strings.HasSuffix(got, `x"]}}}}`) {
		t.Fatalf("got %d bytes, %v", len(got), err)
	}
	c.expectClose(1002, "Protocol error")
}

// Each ping is answered, so a client that sends pings and does not read has to wait.
func TestClientThatReadsNoPongsHasToWait(t *testing.T) {
	s := start(t, nil)
	c := s.open(`{}`)
	s.stall(c)
	ping := append([]byte{0x89, 0x80 | 125, 0, 0, 0, 0}, make([]byte, 125)...)
	pings := []byte(strings.Repeat(string(ping), 1000))
	for sent := 0; sent < 64<<20; sent += len(pings) {
		if err := c.NetConn().SetWriteDeadline(time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := c.NetConn().Write(pings); err != nil {
			return // it has to wait
		}
	}
	t.Error("the server accepts any number of pings")
}

// The other tests of pings use pipes. On a real socket, the kernel accepts pings on behalf of a client that does not
// read.
func TestHalfOpenConnectionIsClosed(t *testing.T) {
	t.Parallel()
	s := start(t, func(cfg *gqlserver.Config) { cfg.Limits.PingInterval = 50 * time.Millisecond })
	for i := range 3 { // they do not read again, so they answer no ping
		s.open(`{}`).subscribe(fmt.Sprint(i), `subscription{own{version}}`)
	}
	s.waitUntil("they are closed", func() bool { return s.closeCount("4499") == 3 })
}

func TestHalfOpenConnectionWithoutADescriptorIsClosed(t *testing.T) {
	t.Parallel()
	s := start(t, func(cfg *gqlserver.Config) { cfg.Limits.PingInterval = 50 * time.Millisecond })
	s.serveOn(plainListener{s.listen()})
	s.open(`{}`) // and does not read again
	s.waitUntil("it is closed", func() bool { return s.closeCount("4499") == 1 })
}

// plainListener hides the type of the sockets that it accepts, as a listener for TLS does.
type plainListener struct{ net.Listener }

func (l plainListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	return struct{ net.Conn }{conn}, err
}

func TestWebSocketsWorkOnSocketsOfAnyType(t *testing.T) {
	s := start(t, nil)
	s.serveOn(plainListener{s.listen()})
	c := s.open(`{}`)
	c.subscribe("1", `subscription{changes{version}}`)
	c.nextChange()
	for range 20 {
		want := s.schema.diary.write("y")
		if _, event := c.nextChange(); event.Version != want {
			t.Fatalf("got version %d, want %d", event.Version, want)
		}
	}
	if err := c.WriteMessage(websocket.TextMessage, []byte(`{`)); err != nil {
		t.Fatal(err)
	}
	c.expectClose(4400, "Invalid message received")
}
