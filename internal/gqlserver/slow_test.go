package gqlserver_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"antwon.dj/backend/internal/gqlserver"
)

// stall lets a client follow a diary that is too large for it to take without reading.
func (s *service) stall(c *client) {
	s.t.Helper()
	waiting := s.gauge("graphql_websocket_waiting")
	s.overwhelm(c)
	s.eventually("the client has no room for more", func() bool { return s.gauge("graphql_websocket_waiting") > waiting })
}

func (s *service) overwhelm(c *client) {
	s.t.Helper()
	s.schema.diary.change(func() { s.schema.diary.entries = []string{strings.Repeat("x", 4<<20)} })
	c.limitReading()
	c.subscribe("big", `subscription{diary{entries}}`)
}

func TestStalledClientSkipsToTheNewest(t *testing.T) {
	s := start(t, nil)
	c := s.open(`{}`)
	c.subscribe("1", `subscription{changes{version since}}`)
	c.changed()
	s.stall(c) // at version 1
	for range 100 {
		s.schema.diary.write("z")
	}
	var told []int64
	for len(told) == 0 || told[len(told)-1] < 101 {
		text, err := c.hear()
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(text, `{"id":"1"`) {
			_, event := readChange(t, text)
			told = append(told, event.Version)
		}
	}
	if told[0] == 1 { // that was under way when the client stopped reading
		told = told[1:]
	}
	if len(told) != 1 {
		t.Errorf("it was told of the versions %v", told)
	}
}

func TestStalledClientsDelayNobody(t *testing.T) {
	s := start(t, nil)
	for range 3 {
		s.stall(s.open(`{}`))
	}
	live := s.open(`{}`)
	live.subscribe("1", `subscription{changes{version}}`)
	live.changed()
	for range 50 {
		want := s.schema.diary.write("y")
		if _, event := live.changed(); event.Version != want {
			t.Fatalf("got version %d, want %d", event.Version, want)
		}
	}
	if n := s.gauge("graphql_websocket_waiting"); n != 3 {
		t.Errorf("%v clients are stalled", n)
	}
}

func TestClientThatTakesNothingIsCutOff(t *testing.T) {
	t.Parallel()
	s := start(t, func(cfg *gqlserver.Config) { cfg.Limits.WriteTimeout = 200 * time.Millisecond })
	c := s.open(`{}`)
	c.subscribe("1", `subscription{diary{entries}}`)
	s.flood()
	s.eventually("it is cut off", func() bool { return s.closings("1013") == 1 || s.gauge("graphql_subscriptions_active") == 0 })
	c.expectClose(1013, "Client does not read") // when it reads on
	s.eventually("that is counted", func() bool { return s.closings("1013") == 1 })
}

// It takes several times as long as it may be silent, or not read, and says nothing: its pongs wait behind what it
// reads.
func TestClientThatTakesSomethingIsNotCutOff(t *testing.T) {
	t.Parallel()
	s := start(t, func(cfg *gqlserver.Config) {
		cfg.Limits.WriteTimeout, cfg.Limits.PingInterval = 200*time.Millisecond, 250*time.Millisecond
	})
	c := s.open(`{}`)
	s.stall(c)
	if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	_, r, err := c.NextReader()
	for err == nil {
		time.Sleep(25 * time.Millisecond)
		_, err = io.CopyN(io.Discard, r, 64<<10)
	}
	if !errors.Is(err, io.EOF) {
		t.Errorf("got %v", err)
	}
}

func TestStuckConnectionEndsAllTheSame(t *testing.T) {
	for code, change := range map[string]func(cfg *gqlserver.Config){
		"4403": func(cfg *gqlserver.Config) {
			cfg.Identify = func(context.Context) gqlserver.Client {
				return gqlserver.Client{ExpiresAt: time.Now().Add(200 * time.Millisecond)}
			}
		},
		"4499": func(cfg *gqlserver.Config) { cfg.Limits.PingInterval = 100 * time.Millisecond },
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			s := start(t, func(cfg *gqlserver.Config) {
				cfg.Limits.WriteTimeout = 500 * time.Millisecond
				change(cfg)
			})
			s.overwhelm(s.open(`{}`))
			s.eventually("it ends", func() bool { return s.closings(code) == 1 })
		})
	}
	t.Run("1012", func(t *testing.T) {
		t.Parallel()
		s := start(t, func(cfg *gqlserver.Config) { cfg.Limits.WriteTimeout = 300 * time.Millisecond })
		s.stall(s.open(`{}`))
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if err := s.handler.Drain(ctx); err != nil || s.closings("1012") != 1 {
			t.Errorf("got %v", err)
		}
	})
}

// Gorilla answers to whoever breaks the protocol by itself, be it within a frame.
func TestGorillaDoesNotWriteIntoFrames(t *testing.T) {
	s := start(t, nil)
	c := s.open(`{}`)
	s.stall(c)
	if _, err := c.NetConn().Write([]byte{0x81, 0x01, 'x'}); err != nil { // not masked
		t.Fatal(err)
	}
	s.eventually("it is heard", func() bool { return s.gauge("graphql_subscriptions_active") == 0 })
	if got, err := c.hear(); err != nil || len(got) < 4<<20 || !strings.HasSuffix(got, `x"]}}}}`) {
		t.Fatalf("got %d bytes, %v", len(got), err)
	}
	c.expectClose(1002, "Protocol error")
}

// Each ping is answered, so who sends them and reads nothing has to wait.
func TestPongsDoNotPileUp(t *testing.T) {
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
	t.Error("the server takes as many pings as come")
}

func TestHalfOpenConnectionEnds(t *testing.T) {
	t.Parallel()
	s := start(t, func(cfg *gqlserver.Config) { cfg.Limits.PingInterval = 50 * time.Millisecond })
	for i := range 3 { // they never read again, so they answer no ping
		s.open(`{}`).subscribe(fmt.Sprint(i), `subscription{own{version}}`)
	}
	s.eventually("they are given up", func() bool { return s.closings("4499") == 3 })
}

// plainListener hides what kind of sockets it accepts, as listeners for TLS do.
type plainListener struct{ net.Listener }

func (l plainListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	return struct{ net.Conn }{conn}, err
}

func TestSocketsOfAnyKindWillDo(t *testing.T) {
	s := start(t, nil)
	s.behind(plainListener{s.listen()})
	c := s.open(`{}`)
	c.subscribe("1", `subscription{changes{version}}`)
	c.changed()
	for range 20 {
		want := s.schema.diary.write("y")
		if _, event := c.changed(); event.Version != want {
			t.Fatalf("got version %d, want %d", event.Version, want)
		}
	}
	if err := c.WriteMessage(websocket.TextMessage, []byte(`{`)); err != nil {
		t.Fatal(err)
	}
	c.expectClose(4400, "Invalid message received")
}
