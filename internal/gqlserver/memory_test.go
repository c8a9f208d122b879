package gqlserver_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"

	"antwon.dj/backend/internal/gqlserver"
)

// inFakeTime runs a test with a service whose connections are pipes in memory, in a synctest bubble: time passes only
// while all goroutines wait, so that timeouts need no real time and are exact. A pipe has no buffer: a write waits
// until the other side reads.
func inFakeTime(t *testing.T, change func(*gqlserver.Config), test func(t *testing.T, s *service)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, startOnPipes(t, change)) })
}

// startOnPipes starts a service whose connections are pipes in memory.
func startOnPipes(t *testing.T, change func(*gqlserver.Config)) *service {
	t.Helper()
	l := &pipeListener{accepted: make(chan net.Conn), closed: make(chan struct{})}
	s := startOn(t, change, &httptest.Server{Listener: l, Config: &http.Server{}})
	s.dialContext = l.dial
	s.Client().Transport.(*http.Transport).DialContext = l.dial
	return s
}

// pipeListener accepts the other ends of the pipes that dial returns.
type pipeListener struct {
	accepted  chan net.Conn
	closed    chan struct{}
	closeOnce sync.Once
}

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.accepted <- server:
		return client, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.accepted:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.closeOnce.Do(func() { close(l.closed) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }
