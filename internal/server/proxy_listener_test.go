package server_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"syscall"
	"testing"

	"antwon.dj/backend/internal/server"
)

// behindProxy is a server that trusts these proxies to speak the PROXY protocol.
func behindProxy(t *testing.T, trusted netip.Prefix) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(nil)
	s.Listener = server.ListenBehindProxy(s.Listener, []netip.Prefix{trusted})
	s.Config = server.HTTPServer(sayAddress)
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// say sends bytes and then two requests on one connection, and returns the bodies of the answers.
func say(t *testing.T, s *httptest.Server, first string) (bodies string) {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, first+strings.Repeat("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 2)); err != nil {
		t.Fatal(err)
	}
	read := bufio.NewReader(conn)
	for range 2 {
		response, err := http.ReadResponse(read, nil)
		if err != nil {
			return bodies + "closed"
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		bodies += fmt.Sprint(response.StatusCode, " ", string(body), " ")
	}
	return bodies
}

func TestProxyProtocolOfTrustedProxiesTellsTheClient(t *testing.T) {
	const (
		v2 = "\r\n\r\n\x00\r\nQUIT\n"
		v4 = v2 + "\x21\x11\x00\x0c\xcb\x00\x71\x09\x0a\x00\x00\x01\x12\x67\x01\xbb"
		v6 = v2 + "\x21\x21\x00\x24\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x07" +
			"\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x12\x67\x01\xbb"
		v1 = "PROXY TCP4 203.0.113.9 10.0.0.1 4711 443\r\n"
	)
	trusting := behindProxy(t, here)
	for sent, want := range map[string]string{
		v1: "203.0.113.9:4711", v4: "203.0.113.9:4711", v6: "[2001:db8::7]:4711",
		"PROXY TCP6 2001:db8::7 2001:db8::1 4711 443\r\n": "[2001:db8::7]:4711",
		"PROXY UNKNOWN\r\n": "127.0.0.1:", v2 + "\x20\x00\x00\x00": "127.0.0.1:", "": "127.0.0.1:", // such as health checks
	} {
		if got := say(t, trusting, sent); strings.Count(got, "200 "+want) != 2 {
			t.Errorf("%q: got %s, want %s", sent, got, want)
		}
	}
	for _, sent := range []string{"PROXY TCP4 nonsense\r\n", v2 + "\x21\x11\xff\xff", v1 + v1} {
		if got := say(t, trusting, sent); strings.Contains(got, "200 ") {
			t.Errorf("%q is accepted: %s", sent, got)
		}
	}
	for _, sent := range []string{v1, v4, v6} {
		if got := say(t, behindProxy(t, inner), sent); strings.Contains(got, "200 ") {
			t.Errorf("somebody who is not trusted says %q: %s", sent, got)
		}
	}
}

// Package gqlserver writes to sockets without waiting, also to those of a proxy.
func TestSocketsBehindAProxyAreReachable(t *testing.T) {
	inside, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer inside.Close()
	for _, trusted := range []netip.Prefix{here, inner} {
		client, err := new(net.Dialer).DialContext(t.Context(), "tcp", inside.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		conn, err := server.ListenBehindProxy(inside, []netip.Prefix{trusted}).Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		socket, ok := conn.(syscall.Conn)
		if !ok {
			t.Fatalf("trusting %v: a %T has no socket", trusted, conn)
		}
		if _, err := socket.SyscallConn(); err != nil {
			t.Errorf("trusting %v: %v", trusted, err)
		}
	}
}

// No PROXY header crashes the server, or makes a client's address anything but an IP address with a port.
func FuzzProxyProtocol(f *testing.F) {
	for _, seed := range []string{
		"", "PROXY ", "PROXY TCP4 203.0.113.9 10.0.0.1 4711 443\r\n", "PROXY TCP4 256.0.0.1 10.0.0.1 99999 443\r\n",
		"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\xcb\x00\x71\x09\x0a\x00\x00\x01\x12\x67\x01\xbb",
		"\r\n\r\n\x00\r\nQUIT\n\x21",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		inside, outside := net.Pipe()
		defer inside.Close()
		listener := server.ListenBehindProxy(&oneConnection{passedOn{inside}}, []netip.Prefix{here})
		conn, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			_, _ = io.WriteString(outside, sent)
			_ = outside.Close()
		}()
		if _, err := netip.ParseAddrPort(conn.RemoteAddr().String()); err != nil {
			t.Errorf("after %q the client is %v", sent, conn.RemoteAddr())
		}
	})
}

// passedOn is a connection that comes from a trusted proxy.
type passedOn struct{ net.Conn }

func (passedOn) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 4711} }

type oneConnection struct{ conn net.Conn }

func (l *oneConnection) Accept() (net.Conn, error) { return l.conn, nil }
func (l *oneConnection) Close() error              { return l.conn.Close() }
func (l *oneConnection) Addr() net.Addr            { return l.conn.LocalAddr() }
