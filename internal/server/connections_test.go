package server_test

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/internal/server"
)

// full is a server that admits few connections.
type full struct {
	t    *testing.T
	addr string
	log  lines
}

// lines counts the lines of a log.
type lines struct {
	mu  *sync.Mutex
	all *[]string
}

func (l lines) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	*l.all = append(*l.all, string(line))
	return len(line), nil
}

func (l lines) containing(text string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range *l.all {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

// startFull starts a server that admits two connections, for which it trusts this machine as a proxy.
func startFull(t *testing.T, wrap func(net.Listener) net.Listener) *full {
	t.Helper()
	return startLimited(t, 2, wrap, netip.MustParsePrefix("127.0.0.1/32"))
}

func startLimited(t *testing.T, limit int, wrap func(net.Listener) net.Listener, trusted ...netip.Prefix) *full {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &full{t: t, addr: listener.Addr().String(), log: lines{&sync.Mutex{}, &[]string{}}}
	log := slog.New(slog.NewTextHandler(f.log, nil))
	connections := server.NewConnections(limit, trusted, log, prometheus.NewRegistry())
	s := server.HTTPServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "answered "+r.URL.Path)
	}))
	done := make(chan error, 1)
	go func() { done <- connections.Serve(s, wrap(connections.Listen(listener))) }()
	t.Cleanup(func() {
		_ = s.Close()
		if err := <-done; err != http.ErrServerClosed { //nolint:errorlint // Serve returns it as it is
			t.Error(err)
		}
	})
	return f
}

// dial opens a connection.
func (f *full) dial() net.Conn {
	f.t.Helper()
	return f.dialFrom("127.0.0.1")
}

// dialFrom opens a connection from an address of this machine.
func (f *full) dialFrom(address string) net.Conn {
	f.t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	conn, err := dialer.DialContext(f.t.Context(), "tcp", f.addr)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// get sends a request on a connection, and returns the status.
func (f *full) get(conn net.Conn, path string) int {
	f.t.Helper()
	_, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path)
	if err != nil {
		f.t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		f.t.Fatal(err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

func (f *full) gets(conn net.Conn, path string, want int) {
	f.t.Helper()
	if got := f.get(conn, path); got != want {
		f.t.Errorf("%s: %d, want %d", path, got, want)
	}
}

func TestFullServerRefusesNewcomersAndServesTheOthers(t *testing.T) {
	for name, wrap := range map[string]func(net.Listener) net.Listener{"directly": directly, "wrapped": wrapped} {
		t.Run(name, func(t *testing.T) { startFull(t, wrap).refusesNewcomers() })
	}
}

func directly(listener net.Listener) net.Listener { return listener }

// wrapped returns a listener around another one, like that of the PROXY protocol.
func wrapped(listener net.Listener) net.Listener { return wrappedListener{listener} }

type wrappedListener struct{ net.Listener }

func (l wrappedListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	return wrappedConn{conn}, err
}

type wrappedConn struct{ net.Conn }

func (c wrappedConn) Raw() net.Conn { return c.Conn }

func (f *full) refusesNewcomers() {
	f.t.Helper()
	first, second := f.dial(), f.dial()
	f.gets(first, "/", http.StatusOK)
	f.gets(second, "/", http.StatusOK)
	for range 50 {
		f.gets(f.dial(), "/", http.StatusServiceUnavailable)
		f.gets(f.dial(), "/healthz", http.StatusOK)
		f.gets(f.dial(), "/readyz", http.StatusOK)
	}
	f.gets(first, "/", http.StatusOK)
	if n := f.log.containing("too many connections"); n != 1 {
		f.t.Errorf("%d lines say that newcomers are refused, want 1", n)
	}
	_ = second.Close()
	for range 500 {
		if f.get(f.dial(), "/") == http.StatusOK {
			return
		}
		time.Sleep(10 * time.Millisecond) // a real socket: the server learns later that the other side has closed
	}
	f.t.Error("newcomers are refused although there is room")
}

// Connections beyond the limit that send nothing do not keep monitoring from checking the server's health.
func TestSilentNewcomersAreReplaced(t *testing.T) {
	f := startFull(t, directly)
	f.gets(f.dial(), "/", http.StatusOK)
	f.gets(f.dial(), "/", http.StatusOK)
	var silent []net.Conn
	for range 100 {
		silent = append(silent, f.dial())
	}
	f.gets(f.dial(), "/healthz", http.StatusOK)
	if _, err := silent[0].Read(make([]byte, 1)); err == nil {
		t.Error("the first of them is still open")
	}
}

// A network that opens more and more connections gets half of them. The other half is left to all others.
func TestOneNetworkCannotHaveAllConnections(t *testing.T) {
	const limit = 40
	f := startLimited(t, limit, directly)
	for range limit / 2 {
		f.gets(f.dial(), "/", http.StatusOK)
	}
	for range 2 * limit {
		f.gets(f.dial(), "/", http.StatusServiceUnavailable)
	}
	f.gets(f.dial(), "/readyz", http.StatusOK)
	for range limit / 2 {
		f.gets(f.dialFrom("127.0.0.2"), "/", http.StatusOK)
	}
	if n := f.log.containing("its share"); n != 1 {
		t.Errorf("%d lines say that newcomers of a network are refused, want 1", n)
	}
	f.gets(f.dialFrom("127.0.0.3"), "/", http.StatusServiceUnavailable) // now the server is full
	if n := f.log.containing("too many connections"); n != 1 {
		t.Errorf("%d lines say that newcomers are refused, want 1", n)
	}
}

// One customer of a provider may have all networks of an IPv6 /48. The connections of a trusted proxy are those of all
// clients.
func TestConnectionsAreCountedByNetworkAndSite(t *testing.T) {
	open := server.CountShares(40, netip.MustParsePrefix("192.0.2.1/32"))
	for _, test := range []struct {
		from  func(i int) string
		admit int
	}{
		{func(int) string { return "192.0.2.1" }, 100},
		{func(int) string { return "::ffff:192.0.2.1" }, 100},
		{func(int) string { return "192.0.2.2" }, 20},
		{func(i int) string { return fmt.Sprintf("2001:db8:1:1::%x", i) }, 20},
		{func(i int) string { return fmt.Sprintf("2001:db8:1:%x::1", 2+i) }, 10},
		{func(i int) string { return fmt.Sprintf("2001:db8:2:%x::1", i) }, 30},
	} {
		admitted := 0
		for i := range 100 {
			if open(test.from(i)) {
				admitted++
			}
		}
		if admitted != test.admit {
			t.Errorf("of 100 connections from %s and so on %d are admitted, want %d", test.from(0), admitted, test.admit)
		}
	}
}
