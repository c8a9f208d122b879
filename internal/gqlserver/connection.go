package gqlserver

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"
)

const (
	// lingerTime is how long a connection stays half open after its close frame, see linger.
	lingerTime = 2 * time.Second
	// sendBuffer bounds what the kernel holds for a client that does not read: it is old by the time it is read.
	sendBuffer = 64 << 10
)

// connection is one WebSocket. Its goroutine reads and handles one message after the other. Whoever has something to send
// puts it into the outbox; a goroutine that writes exists only while the client does not take it at once.
type connection struct {
	handler  *Handler
	ws       *websocket.Conn // for reading only
	socket   net.Conn        // below it, for what the outbox writes
	raw      syscall.RawConn // of the socket; nil where it has none
	visit    *visit
	compress bool
	ctx      context.Context // of everything that runs here; ends with the connection
	cancel   context.CancelFunc
	limiter  *rate.Limiter  // of operations; nil before connection_init, and for those without limits
	running  sync.WaitGroup // queries and mutations
	heard    atomic.Int64   // when something came from the client, in Unix nanoseconds
	alarm    *time.Timer    // rings when the next of due is due

	mu      sync.Mutex // held for memory only
	due     dues
	outbox  outbox
	active  []*operation
	end     *ending       // set once
	flushed chan struct{} // closed when end was sent, or cannot be
}

// dues are the times by which something has to happen.
type dues struct {
	init   time.Time // connection_init; zero once it came
	expiry time.Time // the end of the credentials; zero if they have none
	ping   time.Time // the next one
}

func newConnection(ctx context.Context, h *Handler, ws *websocket.Conn, socket net.Conn, v *visit, compress bool) *connection {
	c := &connection{handler: h, ws: ws, socket: socket, visit: v, compress: compress, flushed: make(chan struct{})}
	c.ctx, c.cancel = context.WithCancel(withWebSocket(ctx))
	c.outbox.room.L = &c.mu
	c.configure()
	now := time.Now()
	c.heard.Store(now.UnixNano())
	c.due = dues{init: now.Add(h.cfg.Limits.InitTimeout), ping: now.Add(h.cfg.Limits.PingInterval)}
	c.alarm = time.AfterFunc(time.Hour, c.ring)
	c.alarm.Reset(c.due.next(now))
	return c
}

// configure says what control frames from the client mean, and bounds the socket.
func (c *connection) configure() {
	c.ws.SetCloseHandler(func(int, string) error { return nil })
	c.ws.SetPongHandler(func(string) error { c.hear(); return nil })
	c.ws.SetPingHandler(func(payload string) error {
		c.hear()
		c.awaitRoom() // pongs count, too
		c.send(controlFrame(opPong, []byte(payload)))
		return nil
	})
	if s, ok := c.socket.(interface{ SetWriteBuffer(int) error }); ok {
		_ = s.SetWriteBuffer(sendBuffer) // a bound that is missed costs memory only
	}
	if s, ok := c.socket.(syscall.Conn); ok {
		c.raw, _ = s.SyscallConn() // without it, every write waits in a goroutine
	}
}

func (c *connection) hear() { c.heard.Store(time.Now().UnixNano()) }

// serve is the connection's goroutine.
func (c *connection) serve() {
	c.read()
	c.finish()
	c.handler.connections.remove(c)
}

// read waits for messages. What is done with one needs a deep stack, which a goroutine would keep while it waits for the
// next; so that has a goroutine of its own each time, and this one stays small.
func (c *connection) read() {
	handled := make(chan *ending, 1) // for the one that is waited for
	for c.awaitRoom() {
		kind, r, err := c.ws.NextReader()
		e := endingOf(err)
		if e == nil {
			go func() { handled <- c.receive(kind, r) }()
			e = <-handled
		}
		if e != nil {
			c.shut(*e)
			return
		}
	}
}

// survive, deferred, ends the connection instead of the program after a panic.
func (c *connection) survive() {
	if p := recover(); p != nil {
		_ = c.handler.engine.PresentRecoveredError(c.ctx, p) // which logs it
		c.shut(endInternal)
	}
}

var messageBuffers = sync.Pool{New: func() any { return &bytes.Buffer{} }}

// receive reads a message and does what it asks for, or says how the connection has to end.
func (c *connection) receive(kind int, r io.Reader) *ending {
	defer c.survive()
	c.hear()
	buffer := messageBuffers.Get().(*bytes.Buffer)
	defer messageBuffers.Put(buffer)
	buffer.Reset()
	limit := c.handler.cfg.Limits.MessageBytes // of what a compressed message grows to
	n, err := buffer.ReadFrom(io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		return endingOf(err)
	case n > limit:
		return &endTooBig
	case kind != websocket.TextMessage:
		return &endInvalid
	case !utf8.Valid(buffer.Bytes()):
		return &endBadText
	}
	m, err := decodeMessage(buffer.Bytes())
	if err != nil {
		return &endInvalid
	}
	return c.handle(m)
}

// endingOf tells what a failure to read means; nil, if there is none.
func endingOf(err error) *ending {
	if err == nil {
		return nil
	}
	closed, ok := errors.AsType[*websocket.CloseError](err)
	switch {
	case ok && closed.Code != websocket.CloseAbnormalClosure:
		e := endByClient(closed.Code)
		return &e
	case ok, errors.Is(err, io.EOF), errors.As(err, new(net.Error)):
		return &endLost
	default:
		return &endProtocol
	}
}

// next returns how long it is until something is due.
func (d dues) next(now time.Time) time.Duration {
	first := d.ping
	for _, t := range []time.Time{d.init, d.expiry} {
		if !t.IsZero() && t.Before(first) {
			first = t
		}
	}
	return max(0, first.Sub(now))
}

// ring does what is due. It does not wait for the socket, so it comes in time even when a write is stuck.
func (c *connection) ring() {
	now := time.Now()
	if e := c.overdue(now); e != nil {
		c.shut(*e)
		return
	}
	c.mu.Lock()
	if c.end != nil {
		c.mu.Unlock()
		return
	}
	if pinging := !now.Before(c.due.ping); pinging {
		c.due.ping = now.Add(c.handler.cfg.Limits.PingInterval)
		if !c.outbox.writing { // otherwise the client has enough to answer for
			c.outbox.add(controlFrame(opPing, nil))
		}
	}
	c.alarm.Reset(c.due.next(now))
	c.write()
}

func (c *connection) overdue(now time.Time) *ending {
	c.mu.Lock()
	defer c.mu.Unlock()
	reached := func(t time.Time) bool { return !t.IsZero() && !now.Before(t) }
	switch silent := now.Sub(time.Unix(0, c.heard.Load())); {
	case reached(c.due.init):
		return &endInitTimeout
	case reached(c.due.expiry):
		return &endExpired
	case silent >= 2*c.handler.cfg.Limits.PingInterval:
		return &endLost
	}
	return nil
}

// shut ends the connection: what runs on it is stopped, nothing but a close frame is sent any more, and the reading
// goroutine finishes. Only the first call counts.
func (c *connection) shut(e ending) {
	c.mu.Lock()
	active := c.conclude(e)
	c.write()
	c.stop(active)
}

// conclude decides how the connection ends, if nobody has, and returns what has to be stopped. The mutex is held.
func (c *connection) conclude(e ending) (active []*operation) {
	if c.end == nil {
		c.end = &e
	}
	active, c.active = c.active, nil
	c.outbox.drop()
	return active
}

func (c *connection) stop(active []*operation) {
	c.cancel()
	for _, o := range active {
		o.stop()
	}
	_ = c.ws.SetReadDeadline(time.Now()) // wakes the reading goroutine; if it fails, there is nothing to wake
}

// finish returns when nothing runs on the connection any more.
func (c *connection) finish() {
	c.alarm.Stop()
	<-c.flushed
	c.linger()
	c.running.Wait()
	c.visit.leave()
	c.handler.metrics.countClosed(c.end.code)
	c.handler.cfg.Log.DebugContext(c.ctx, "websocket closed", "close_code", c.end.code, "close_reason", c.end.reason)
}

// linger says that nothing more will come and reads away what the client still sends. Closed with unread bytes, the socket
// would be reset, and a reset can overtake the close frame.
func (c *connection) linger() {
	if half, ok := c.socket.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
	_ = c.socket.SetReadDeadline(time.Now().Add(lingerTime))
	_, _ = io.Copy(io.Discard, c.socket)
	_ = c.socket.Close()
}

// cut ends the connection without a word.
func (c *connection) cut() { _ = c.socket.Close() }
