package sockets

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// pollEnd is one end of a connection that a Poller waits for. The other end sends what only this one may receive.
type pollEnd struct {
	*net.TCPConn
	raw     syscall.RawConn
	peer    net.Conn
	place   Place
	removed atomic.Bool
	got     chan string
	again   bool
	report  func(error)
}

func (e *pollEnd) OnReadable(buffer []byte) bool {
	if e.removed.Load() {
		e.report(errors.New("a socket was reported after it had been removed"))
	}
	n, lost := Read(e.raw, buffer)
	if lost {
		e.got <- "end"
		return false
	}
	e.got <- string(buffer[:n])
	return e.again
}

// pollListener makes connections.
type pollListener struct {
	net.Listener
	t *testing.T
}

func newPollListener(t *testing.T) *pollListener {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return &pollListener{l, t}
}

func (l *pollListener) connect() (*pollEnd, error) {
	peer, err := new(net.Dialer).DialContext(l.t.Context(), "tcp4", l.Addr().String())
	if err != nil {
		return nil, err
	}
	accepted, err := l.Accept()
	if err != nil {
		return nil, err
	}
	e := &pollEnd{TCPConn: accepted.(*net.TCPConn), peer: peer, got: make(chan string, 8), again: true,
		report: func(err error) { l.t.Error(err) }}
	e.raw, err = e.SyscallConn()
	return e, err
}

func (e *pollEnd) send(t *testing.T, text string) {
	t.Helper()
	if _, err := e.peer.Write([]byte(text)); err != nil {
		t.Error(err)
	}
}

func (e *pollEnd) end() {
	_ = e.Close()      // the test is over for it
	_ = e.peer.Close() // and for this end
}

func startPoller(t *testing.T) *Poller {
	p := &Poller{}
	t.Cleanup(p.Close)
	return p
}

func TestSocketIsReportedAgainOnlyWhenItIsResumed(t *testing.T) {
	p, l := startPoller(t), newPollListener(t)
	e, err := l.connect()
	if err != nil {
		t.Fatal(err)
	}
	defer e.end()
	e.again = false
	if !p.Add(e.raw, e, &e.place, false) {
		t.Fatal("the Poller does not wait for a socket")
	}
	e.send(t, "a")
	if got := <-e.got; got != "a" {
		t.Errorf("got %q", got)
	}
	e.send(t, "b")
	select {
	case got := <-e.got:
		t.Errorf("%q was reported although the socket had not been resumed", got)
	case <-time.After(20 * time.Millisecond):
	}
	p.Resume(e.place)
	if got := <-e.got; got != "b" {
		t.Errorf("got %q", got)
	}
	p.Remove(e.place)
	p.Resume(e.place) // does nothing
	e.removed.Store(true)
	e.send(t, "c")
	p.Close()
	if p.Add(e.raw, e, &e.place, false) {
		t.Error("a closed Poller waits for a socket")
	}
}

func TestOnlyTheEndOfASocketIsReported(t *testing.T) {
	p, l := startPoller(t), newPollListener(t)
	e, err := l.connect()
	if err != nil {
		t.Fatal(err)
	}
	defer e.end()
	if !p.Add(e.raw, e, &e.place, true) {
		t.Fatal("the Poller does not wait for a socket")
	}
	e.send(t, "a")
	select {
	case got := <-e.got:
		t.Errorf("%q was reported before the end", got)
	case <-time.After(20 * time.Millisecond):
	}
	_ = e.peer.Close() // what matters is what the other end sees
	if got := <-e.got; got != "a" {
		t.Errorf("got %q, want what came before the end", got)
	}
}

// Descriptors are used again as soon as they are closed. No socket may get the bytes of another one, or be reported
// after it was removed.
func TestDescriptorsAreUsedAgainWithoutConfusion(t *testing.T) {
	p, l := startPoller(t), newPollListener(t)
	connections := make(chan *pollEnd, 16)
	var accepting, using sync.WaitGroup
	accepting.Go(func() {
		defer close(connections)
		for range 2000 {
			e, err := l.connect()
			if err != nil {
				t.Error(err)
				return
			}
			connections <- e
		}
	})
	for range 8 {
		using.Go(func() {
			for e := range connections {
				p.useOnce(t, e)
			}
		})
	}
	accepting.Wait()
	using.Wait()
}

// useOnce has a socket report its own peer's name, and then removes and closes it while its peer sends something.
func (p *Poller) useOnce(t *testing.T, e *pollEnd) {
	if !p.Add(e.raw, e, &e.place, false) {
		t.Error("the Poller does not wait for a socket")
		return
	}
	name := e.peer.LocalAddr().String()
	e.send(t, name)
	if got := <-e.got; got != name {
		t.Errorf("%s got %q", name, got)
	}
	_, _ = e.peer.Write([]byte("late")) // may be reported or not
	p.Remove(e.place)
	e.removed.Store(true)
	e.end()
}
