package scenarios_test

import (
	"context"
	"errors"
	"net"
	"sync"
)

// network is one listener and those who dial it. Waiting for a pipe is waiting for somebody in the bubble; waiting for a
// socket would be waiting for the world.
type network struct {
	arriving chan net.Conn
	closed   chan struct{}
	once     sync.Once
}

func newNetwork() *network {
	return &network{arriving: make(chan net.Conn), closed: make(chan struct{})}
}

// Accept, Close and Addr make a network a net.Listener.
func (n *network) Accept() (net.Conn, error) {
	select {
	case c := <-n.arriving:
		return c, nil
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

func (n *network) Close() error {
	n.once.Do(func() { close(n.closed) })
	return nil
}

func (n *network) Addr() net.Addr { return address{} }

type address struct{}

func (address) Network() string { return "pipe" }
func (address) String() string  { return "pipe" }

// line is one server's way into the network. Cut, its connections break and no new ones come about.
type line struct {
	to  *network
	mu  sync.Mutex
	cut bool
	all []net.Conn
}

func (l *line) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	if !l.hold(near) {
		return nil, errors.New("the line is cut")
	}
	select {
	case l.to.arriving <- far:
		return near, nil
	case <-l.to.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *line) hold(c net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, c)
	return !l.cut
}

func (l *line) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = true
	for _, c := range l.all {
		_ = c.Close() // a pipe's Close cannot fail
	}
}
