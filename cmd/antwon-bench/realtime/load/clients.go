//go:build linux

package load

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"time"
)

// Subscriber says what one client sends.
type Subscriber struct {
	Room      int    // the room whose versions the client receives: any number by which the caller knows it
	Init      string // connection_init's payload, as JSON
	Subscribe string // subscribe's payload, as JSON; for centrifuge the arguments of subscribe
}

// Arrival is one message that carried a version.
type Arrival struct {
	Client  int // the index of its Subscriber in the call of Connect
	Version int64
	At      time.Time
	Bytes   int // of its frames, headers included
}

// maxAttempts bounds how often one client tries to connect.
const maxAttempts = 100

// Clients is a number of clients of one server.
type Clients struct {
	// To be set before Connect is called.
	Events     bool // they subscribe by Server-Sent Events instead of WebSockets
	Centrifuge bool // they speak centrifuge's protocol, with JSON, instead of graphql-transport-ws
	Retry      bool // a client that is refused before its first message connects again at once
	KeepBytes  int  // how much of each client's last message is kept for LastMessage; 0: what its version needs

	address syscall.SockaddrInet4
	host    string
	epoll   int
	done    sync.WaitGroup // of the loop

	mu        sync.Mutex // held by the loop while it reads what has arrived; guards all that follows, and the clients
	all       []*client
	next      int           // the index of the first client that has not been started yet
	current   int           // clients that have received their first message
	connected chan struct{} // closed when all are current
	arrivals  []Arrival
	attempts  int
	waiting   *waiting // the call of Await that has not returned
	err       error
	failed    chan struct{} // closed when err is set
	closing   bool
}

// waiting is what a call of Await waits for.
type waiting struct {
	room    int
	version int64
	missing int // clients that do not have the version yet
	done    chan struct{}
}

// New prepares to connect to the server at address ("127.0.0.1:8080"). The caller must call Close.
func New(address string) (*Clients, error) {
	sockaddr, err := resolve(address)
	if err != nil {
		return nil, err
	}
	epoll, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll: %w", err)
	}
	c := &Clients{
		address: sockaddr, host: address, epoll: epoll,
		arrivals: make([]Arrival, 0, 1<<16), failed: make(chan struct{}),
	}
	c.done.Go(c.loop)
	return c, nil
}

// Connect connects one client for each subscriber, at most atOnce at the same time, and returns when each has received
// its first message. It may be called once.
func (c *Clients) Connect(ctx context.Context, subscribers []Subscriber, atOnce int) error {
	c.mu.Lock()
	c.connected = make(chan struct{})
	for i, s := range subscribers {
		c.all = append(c.all, &client{clients: c, index: i, subscriber: s, fd: -1})
	}
	for range min(atOnce, len(subscribers)) {
		c.startNext()
	}
	c.mu.Unlock()
	err := c.wait(ctx, c.connected)
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("only %d of %d clients received their first message in time", c.Current(), len(subscribers))
	}
	return err
}

// startNext starts the next client, if any is left. The caller holds the mutex.
func (c *Clients) startNext() {
	if c.next < len(c.all) {
		c.next++
		c.start(c.all[c.next-1])
	}
}

// start connects a client. The caller holds the mutex.
func (c *Clients) start(one *client) {
	c.attempts++
	one.attempts++
	if err := one.connect(); err != nil {
		c.handleLost(one, err)
	}
}

// becameCurrent counts a client that has received its first message, and starts the next one. The caller holds the
// mutex.
func (c *Clients) becameCurrent() {
	c.current++
	c.startNext()
	if c.current == len(c.all) {
		close(c.connected)
	}
}

// handleLost disconnects a client after an error, and starts it again if it may retry. Otherwise all clients fail,
// unless they are closing. The caller holds the mutex.
func (c *Clients) handleLost(one *client, err error) {
	one.disconnect()
	switch {
	case c.closing:
	case c.Retry && one.version == noVersion && one.attempts < maxAttempts:
		c.start(one)
	default:
		c.fail(fmt.Errorf("client %d: %w", one.index, err))
	}
}

// fail keeps the first error. The caller holds the mutex.
func (c *Clients) fail(err error) {
	if c.err == nil {
		c.err = err
		close(c.failed)
	}
}

// Await returns when all clients of a room have received this version or a newer one. It must not be called again
// before it has returned.
func (c *Clients) Await(ctx context.Context, room int, version int64) error {
	w := &waiting{room: room, version: version, done: make(chan struct{})}
	c.mu.Lock()
	for _, one := range c.all {
		if one.subscriber.Room == room && one.version < version {
			w.missing++
		}
	}
	if w.missing == 0 {
		c.mu.Unlock()
		return c.Err()
	}
	c.waiting = w
	c.mu.Unlock()
	err := c.wait(ctx, w.done)
	if errors.Is(err, context.DeadlineExceeded) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.waiting = nil
		return fmt.Errorf("%d clients did not receive version %d in time", w.missing, version)
	}
	return err
}

// wait waits until done is closed, the clients have failed, or ctx ends.
func (c *Clients) wait(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return c.Err()
	case <-c.failed:
		return c.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// recordArrival records that a client has received a version. The caller holds the mutex.
func (c *Clients) recordArrival(one *client, version int64, bytes int) {
	c.arrivals = append(c.arrivals, Arrival{Client: one.index, Version: version, At: time.Now(), Bytes: bytes})
	before := one.version
	if version < before {
		c.fail(fmt.Errorf("client %d received version %d after %d", one.index, version, before))
	}
	one.version = version
	if before == noVersion {
		c.becameCurrent()
	}
	if w := c.waiting; w != nil && one.subscriber.Room == w.room && before < w.version && version >= w.version {
		if w.missing--; w.missing == 0 {
			c.waiting = nil
			close(w.done)
		}
	}
}

// DrainArrivals returns the arrivals since the last call, in order, and forgets them.
func (c *Clients) DrainArrivals() []Arrival {
	c.mu.Lock()
	defer c.mu.Unlock()
	drained := c.arrivals
	c.arrivals = make([]Arrival, 0, cap(drained))
	return drained
}

// Current returns how many clients have received their first message.
func (c *Clients) Current() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.current
}

// Attempts returns how many connections have been begun.
func (c *Clients) Attempts() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.attempts
}

// LastMessage returns the beginning of the last message that a client received, as long as KeepBytes says.
func (c *Clients) LastMessage(client int) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return string(c.all[client].last)
}

// Err returns why the clients have failed, or nil.
func (c *Clients) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// ExpectDisconnect announces that the server will be stopped. From now on, the disconnection of a client is no failure.
func (c *Clients) ExpectDisconnect() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closing = true
}

// Close disconnects all clients, every second one with a close frame, the others without. It waits for the loop to end
// and returns why the clients have failed, if they have.
func (c *Clients) Close() error {
	c.mu.Lock()
	c.closing = true
	for i, one := range c.all {
		if i%2 == 0 && one.fd >= 0 {
			_ = one.send(opClose, []byte{0x03, 0xe8}) // 1000, normal closure; if that fails, the connection is closed anyway
		}
		one.disconnect()
	}
	c.mu.Unlock()
	c.done.Wait()
	_ = syscall.Close(c.epoll)
	return c.Err()
}
