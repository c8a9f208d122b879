package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"antwon.dj/backend/internal/testport"
)

// A server may have few files open, and an attacker with a few addresses, each with a share of its own, holds all
// connections. The server refuses newcomers with 503. Connected clients and monitoring are still served. The server
// logs one line about it, and recovers by itself.
func TestServerOutOfConnectionsGoesOn(t *testing.T) {
	t.Parallel()
	s := startLimited(t, 256)
	host := s.login("Hanna")
	roomID := host.openRoom("FULL")
	song := host.search(roomID, "the", 1)[0]
	guest := s.join("FULL", "Gina").connect()
	var events atomic.Int64
	guest.subscribe("1", `subscription($r: ID!) { roomQueue(roomId: $r) { version } }`,
		map[string]any{"r": roomID}, func(json.RawMessage) { events.Add(1) })
	s.eventually("the guest to see the queue", func() bool { return events.Load() > 0 })

	attack := s.hold(t, 400)
	status := func(path string) int {
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := client.Do(request)
		if err != nil {
			return 0
		}
		defer response.Body.Close()
		return response.StatusCode
	}
	for range 100 {
		if got := status(question); got != http.StatusServiceUnavailable {
			t.Fatalf("a newcomer gets %d", got)
		}
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if got := status(path); got != http.StatusOK {
			t.Errorf("%s: %d", path, got)
		}
	}
	before := events.Load()
	host.add(roomID, song) // on a connection that is kept alive
	s.eventually("the guest to see the song", func() bool { return events.Load() > before })

	attack()
	s.eventually("newcomers to be let in", func() bool { return status(question) == http.StatusOK })
	if n := strings.Count(s.log.String(), "too many connections"); n != 1 {
		t.Errorf("%d lines of the log say that there are too many connections, want 1", n)
	}
	if n := strings.Count(s.log.String(), "Accept error"); n != 0 {
		t.Errorf("%d lines of the log are about accepting", n)
	}
}

// question is an operation that everybody may ask.
const question = "/graphql?query=%7B__typename%7D"

// startLimited starts a demo that may have this many files open.
func startLimited(t *testing.T, files int) *server {
	t.Helper()
	binary(t)
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(t, "demo", testport.FreeAddress(t), "sqlite:data/antwon.db")
	s.wrap = []string{shell, "-c", fmt.Sprintf(`ulimit -n %d && exec "$@"`, files), shell}
	s.run()
	return s
}

// hold opens connections from four addresses and sends one request on each, after which the server keeps the connection
// for two minutes. It returns a function that closes them.
func (s *server) hold(t *testing.T, n int) (release func()) {
	t.Helper()
	var held []net.Conn
	for i := range n {
		dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(2+i%4))}}
		conn, err := dialer.DialContext(context.Background(), "tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n") // the server may have closed it already
		held = append(held, conn)
	}
	return func() {
		for _, conn := range held {
			_ = conn.Close()
		}
	}
}
