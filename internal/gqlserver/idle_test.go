package gqlserver_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/internal/gqlserver"
)

// connectionGoroutines returns the stacks of the goroutines that belong to connections of clients.
func connectionGoroutines() (found []string) {
	stacks := make([]byte, 16<<20)
	for one := range strings.SplitSeq(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
		if strings.Contains(one, "gqlserver.(*connection)") || strings.Contains(one, "net/http.(*conn).serve") ||
			strings.Contains(one, "net/http.(*connReader)") {
			found = append(found, one)
		}
	}
	return found
}

func (s *service) expectNoConnectionGoroutines() {
	s.t.Helper()
	if runtime.GOOS != "linux" {
		return // elsewhere each connection has one
	}
	s.waitUntil("no connection has a goroutine", func() bool { return len(connectionGoroutines()) == 0 })
}

func TestIdleConnectionsHaveNoGoroutines(t *testing.T) {
	s := start(t, nil)
	var clients []*client
	for range 20 {
		c := s.open(`{}`)
		c.subscribe("1", `subscription{changes{version}}`)
		c.nextChange()
		clients = append(clients, c)
	}
	var streams []*eventStream
	for range 20 {
		e := s.events(s.Client(), http.MethodPost, `subscription{diary{version}}`, nil)
		e.expect(comment)
		e.expect(diaryEvent(0))
		streams = append(streams, e)
	}
	s.expectNoConnectionGoroutines()
	want := s.schema.diary.write("y")
	for _, c := range clients {
		if _, event := c.nextChange(); event.Version != want {
			t.Errorf("got version %d, want %d", event.Version, want)
		}
	}
	for _, e := range streams {
		e.expect(diaryEvent(int(want)))
	}
	s.expectNoConnectionGoroutines()
	for _, e := range streams {
		e.leave()
	}
	s.waitUntil("the streams have ended", func() bool { return s.gauge("graphql_connections") == 20 })
}

// A third of the clients stops in the middle of a frame and another resets its connection there. The others must not be
// affected, no goroutine may wait for these, and their connections must be released.
func TestClientsThatStopWithinAFrameKeepNobodyBusy(t *testing.T) {
	const third = 100
	s := start(t, func(cfg *gqlserver.Config) {
		cfg.Limits.ConnectionsPerAddress, cfg.Limits.AnonymousPerAddress = 10*third, 10*third
		cfg.Limits.ConnectionsPerUser = 10 * third
	})
	half := frame(fin|textData, `{"id":"1","type":"subscribe","payload":{"query":"{hello}"}}`)
	half = half[:len(half)/2]
	var behaving []*client
	var stalled []*rawSocket
	for i := range third {
		c := s.open(`{}`)
		c.subscribe("1", `subscription{changes{version}}`)
		c.nextChange()
		behaving = append(behaving, c)
		r := s.openRaw()
		r.send(half[:1+i%len(half)])
		stalled = append(stalled, r)
		s.openRaw().reset(half[:1+i%len(half)])
	}
	s.waitUntil("those that were reset are gone", func() bool { return s.gauge("graphql_connections") == 2*third })
	s.expectNoConnectionGoroutines()
	for range 10 {
		want := s.schema.diary.write("y")
		for _, c := range behaving {
			if _, event := c.nextChange(); event.Version != want {
				t.Fatalf("got version %d, want %d", event.Version, want)
			}
		}
	}
	for i, r := range stalled {
		if i%2 == 0 {
			_ = r.Close() // a client may end at any time
		} else {
			r.send(half[1+i%len(half):]) // and this one goes on, with a message that is cut off
			r.reset("")
		}
	}
	s.waitUntil("only the others are left", func() bool { return s.gauge("graphql_connections") == third })
	for _, c := range behaving {
		c.say(`{"type":"ping"}`)
		c.expect(`{"type":"pong"}`)
	}
}

// reset sends something and resets the connection.
func (r *rawSocket) reset(last string) {
	r.t.Helper()
	r.send(last)
	if err := r.Conn.(*net.TCPConn).SetLinger(0); err != nil {
		r.t.Error(err)
	}
	_ = r.Close() // the test goes on without it
}

// A client that sends bytes of a frame forever does not count as alive: only complete frames do.
func TestClientThatNeverCompletesAFrameIsDisconnected(t *testing.T) {
	t.Parallel()
	s := start(t, func(cfg *gqlserver.Config) { cfg.Limits.PingInterval = 50 * time.Millisecond })
	r := s.openRaw()
	drip := frame(fin|textData, strings.Repeat("x", 60_000))
	go func() {
		for i := range len(drip) {
			if _, err := io.WriteString(r.Conn, drip[i:i+1]); err != nil {
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	s.waitUntil("it is disconnected", func() bool { return s.closeCount("4499") == 1 })
}

// A packet may contain several messages. One goroutine handles all of them, in order.
func TestManyMessagesInOnePacketAreHandledInOrder(t *testing.T) {
	s := start(t, func(cfg *gqlserver.Config) { cfg.Limits.OperationsPerSecond = 1000 })
	r := s.openRaw()
	var frames, want strings.Builder
	for i := range 90 {
		frames.WriteString(frame(fin|textData, fmt.Sprintf(`{"type":"ping","payload":{"n":%d}}`, i)))
		frames.WriteString(frame(fin|ping, fmt.Sprint(i)))
		fmt.Fprintf(&want, `{"type":"pong","payload":{"n":%d}} | pong "%d" | `, i, i)
	}
	r.send(frames.String() + frame(fin|textData, lastPing))
	if got := r.answers() + " | "; got != want.String() {
		t.Errorf("got  %.500s\nwant %.500s", got, want.String())
	}
	s.expectNoConnectionGoroutines()
}
