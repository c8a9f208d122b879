package scenarios_test

import (
	"context"
	"errors"
	"net"
	"sync"
)

// network is a listener with in-memory connections. It uses pipes, because a goroutine that waits for a pipe waits for
// another one in the bubble, while a goroutine that waits for a socket would stop the fake time.
type network struct {
	arriving chan net.Conn
	closed   chan struct{}
	once     sync.Once
}

func newNetwork() *network {
	return &network{arriving: make(chan net.Conn), closed: make(chan struct{})}
}

// Accept, Close and Addr implement net.Listener.
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

// link is one server's connection to the network. When it is cut, its connections break and new ones fail.
type link struct {
	to  *network
	mu  sync.Mutex
	cut bool
	all []net.Conn
}

func (l *link) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	if !l.add(near) {
		return nil, errors.New("the link is cut")
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

// add keeps a connection for cutNow, and reports whether the link is intact.
func (l *link) add(c net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, c)
	return !l.cut
}

// cutNow cuts the link.
func (l *link) cutNow() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = true
	for _, c := range l.all {
		_ = c.Close() // a pipe's Close cannot fail
	}
}
