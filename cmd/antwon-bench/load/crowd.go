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

// Member is what one client of a crowd does.
type Member struct {
	Room      int    // whose versions it gets: any number that the caller knows the room by
	Init      string // connection_init's payload, as JSON; empty: none
	Subscribe string // subscribe's payload, as JSON
}

// Arrival is one message that carried a version.
type Arrival struct {
	Client  int
	Version int64
	At      time.Time
	Bytes   int // of its frames, headers included
}

// mostTries bounds how often one client tries to get in.
const mostTries = 100

// Crowd is a number of clients of one server. Its methods may be called by anybody at any time.
type Crowd struct {
	// To be set before anybody joins.
	Retry bool // a client that is refused before its first message tries again at once
	Keep  int  // how much of each client's newest message is kept for Last; 0: what it takes to find the version

	address syscall.SockaddrInet4
	host    string
	epoll   int
	done    sync.WaitGroup

	mu       sync.Mutex // held by the loop while it serves what has arrived; guards everything below and the clients
	clients  []*client
	next     int // the first client that has not been started yet
	current  int // clients that have got their first message
	joined   chan struct{}
	arrivals []Arrival
	tries    int
	waiting  *waiting
	err      error
	failed   chan struct{} // closed when err is set
	leaving  bool
}

// waiting is an Await under way.
type waiting struct {
	room    int
	version int64
	missing int
	done    chan struct{}
}

// New returns a crowd without clients for the server at address ("127.0.0.1:8080").
func New(address string) (*Crowd, error) {
	sockaddr, err := resolve(address)
	if err != nil {
		return nil, err
	}
	epoll, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll: %w", err)
	}
	c := &Crowd{
		address: sockaddr, host: address, epoll: epoll,
		arrivals: make([]Arrival, 0, 1<<16), failed: make(chan struct{}),
	}
	c.done.Go(c.loop)
	return c, nil
}

// Join connects clients, so many at a time, and returns when each has got its first message. It is called once.
func (c *Crowd) Join(ctx context.Context, members []Member, atOnce int) error {
	c.mu.Lock()
	c.joined = make(chan struct{})
	for i, m := range members {
		c.clients = append(c.clients, &client{crowd: c, index: i, member: m, fd: -1})
	}
	for range min(atOnce, len(members)) {
		c.startNext()
	}
	c.mu.Unlock()
	err := c.wait(ctx, c.joined)
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("only %d of %d clients got their first message in time", c.Current(), len(members))
	}
	return err
}

// startNext starts the next client, if one is left. The mutex is held.
func (c *Crowd) startNext() {
	if c.next < len(c.clients) {
		c.next++
		c.start(c.clients[c.next-1])
	}
}

func (c *Crowd) start(one *client) {
	c.tries++
	one.tries++
	if err := one.connect(); err != nil {
		c.lost(one, err)
	}
}

// becameCurrent takes notice of a client's first message.
func (c *Crowd) becameCurrent() {
	c.current++
	c.startNext()
	if c.current == len(c.clients) {
		close(c.joined)
	}
}

// lost ends a client, and with it the crowd, unless it may try again or is leaving anyway.
func (c *Crowd) lost(one *client, err error) {
	one.disconnect()
	switch {
	case c.leaving:
	case c.Retry && one.version == nothing && one.tries < mostTries:
		c.start(one)
	default:
		c.fail(fmt.Errorf("client %d: %w", one.index, err))
	}
}

func (c *Crowd) fail(err error) {
	if c.err == nil {
		c.err = err
		close(c.failed)
	}
}

// Await returns when all clients of a room have this version or a newer one. One at a time may wait.
func (c *Crowd) Await(ctx context.Context, room int, version int64) error {
	w := &waiting{room: room, version: version, done: make(chan struct{})}
	c.mu.Lock()
	for _, one := range c.clients {
		if one.member.Room == room && one.version < version {
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
		return fmt.Errorf("%d clients did not get version %d in time", w.missing, version)
	}
	return err
}

func (c *Crowd) wait(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return c.Err()
	case <-c.failed:
		return c.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// arrived takes note of a version. The mutex is held.
func (c *Crowd) arrived(one *client, version int64, bytes int) {
	c.arrivals = append(c.arrivals, Arrival{one.index, version, time.Now(), bytes})
	before := one.version
	if version < before {
		c.fail(fmt.Errorf("client %d got version %d after %d", one.index, version, before))
	}
	one.version = version
	if before == nothing {
		c.becameCurrent()
	}
	if w := c.waiting; w != nil && one.member.Room == w.room && before < w.version && version >= w.version {
		if w.missing--; w.missing == 0 {
			c.waiting = nil
			close(w.done)
		}
	}
}

// Take returns what has arrived since the last call.
func (c *Crowd) Take() []Arrival {
	c.mu.Lock()
	defer c.mu.Unlock()
	taken := c.arrivals
	c.arrivals = make([]Arrival, 0, cap(taken))
	return taken
}

// Versions returns what each client has.
func (c *Crowd) Versions() []int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	versions := make([]int64, len(c.clients))
	for i, one := range c.clients {
		versions[i] = one.version
	}
	return versions
}

// Current returns how many clients have got their first message.
func (c *Crowd) Current() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.current
}

// Tries returns how many connections were begun.
func (c *Crowd) Tries() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tries
}

// Last returns the newest message that a client got, as much as was kept of it.
func (c *Crowd) Last(client int) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return string(c.clients[client].last)
}

// Err returns what the crowd failed with.
func (c *Crowd) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Lose makes the end of a connection no failure from now on: the server is about to be stopped.
func (c *Crowd) Lose() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.leaving = true
}

// Leave disconnects everybody: every second client says so with a close frame, the others just go. It returns the crowd's
// failure, if there was one.
func (c *Crowd) Leave() error {
	c.mu.Lock()
	c.leaving = true
	for i, one := range c.clients {
		if i%2 == 0 && one.fd >= 0 {
			_ = one.send(opClose, []byte{0x03, 0xe8}) // 1000; it is gone either way
		}
		one.disconnect()
	}
	c.mu.Unlock()
	c.done.Wait()
	_ = syscall.Close(c.epoll)
	return c.Err()
}
