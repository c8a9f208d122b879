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
	handler      *Handler
	ws           *websocket.Conn // for reading only
	socket       net.Conn        // below it, for what the outbox writes
	raw          syscall.RawConn // of the socket; nil where it has none
	slot         *connectionSlot
	compress     bool
	ctx          context.Context // of everything that runs here; ends with the connection
	cancel       context.CancelFunc
	limiter      *rate.Limiter  // of operations; nil before connection_init, and for those without limits
	running      sync.WaitGroup // queries and mutations
	lastActivity atomic.Int64   // when something came from the client, in Unix nanoseconds
	timer        *time.Timer    // rings when the next of due is due

	mu        sync.Mutex // held for memory only
	deadlines connectionDeadlines
	outbox    outbox
	active    []*operation
	status    *closeStatus  // set once
	flushed   chan struct{} // closed when end was sent, or cannot be
}

// dues are the times by which something has to happen.
type connectionDeadlines struct {
	init   time.Time // connection_init; zero once it came
	expiry time.Time // the end of the credentials; zero if they have none
	ping   time.Time // the next one
}

func newConnection(ctx context.Context, h *Handler, ws *websocket.Conn, socket net.Conn, v *connectionSlot, compress bool) *connection {
	c := &connection{handler: h, ws: ws, socket: socket, slot: v, compress: compress, flushed: make(chan struct{})}
	c.ctx, c.cancel = context.WithCancel(withWebSocket(ctx))
	c.outbox.spaceFreed.L = &c.mu
	c.configure()
	now := time.Now()
	c.lastActivity.Store(now.UnixNano())
	c.deadlines = connectionDeadlines{init: now.Add(h.cfg.Limits.InitTimeout), ping: now.Add(h.cfg.Limits.PingInterval)}
	c.timer = time.AfterFunc(time.Hour, c.handleTimer)
	c.timer.Reset(c.deadlines.untilNext(now))
	return c
}

// configure says what control frames from the client mean, and bounds the socket.
func (c *connection) configure() {
	c.ws.SetCloseHandler(func(int, string) error { return nil })
	c.ws.SetPongHandler(func(string) error { c.recordActivity(); return nil })
	c.ws.SetPingHandler(func(payload string) error {
		c.recordActivity()
		c.awaitOutboxSpace() // pongs count, too
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

func (c *connection) recordActivity() { c.lastActivity.Store(time.Now().UnixNano()) }

// serve is the connection's goroutine.
func (c *connection) serve() {
	c.readLoop()
	c.awaitEnd()
	c.handler.connections.remove(c)
}

// read waits for messages. What is done with one needs a deep stack, which a goroutine would keep while it waits for the
// next; so that has a goroutine of its own each time, and this one stays small.
func (c *connection) readLoop() {
	handled := make(chan *closeStatus, 1) // for the one that is waited for
	for c.awaitOutboxSpace() {
		kind, r, err := c.ws.NextReader()
		e := closeStatusOf(err)
		if e == nil {
			go func() { handled <- c.receiveMessage(kind, r) }()
			e = <-handled
		}
		if e != nil {
			c.close(*e)
			return
		}
	}
}

// survive, deferred, ends the connection instead of the program after a panic.
func (c *connection) recoverPanic() {
	if p := recover(); p != nil {
		_ = c.handler.engine.PresentRecoveredError(c.ctx, p) // which logs it
		c.close(closedByInternalError)
	}
}

var messageBuffers = sync.Pool{New: func() any { return &bytes.Buffer{} }}

// receive reads a message and does what it asks for, or says how the connection has to end.
func (c *connection) receiveMessage(kind int, r io.Reader) *closeStatus {
	defer c.recoverPanic()
	c.recordActivity()
	buffer := messageBuffers.Get().(*bytes.Buffer)
	defer messageBuffers.Put(buffer)
	buffer.Reset()
	limit := c.handler.cfg.Limits.MessageBytes // of what a compressed message grows to
	n, err := buffer.ReadFrom(io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		return closeStatusOf(err)
	case n > limit:
		return &closedByMessageSize
	case kind != websocket.TextMessage:
		return &closedByInvalidMessage
	case !utf8.Valid(buffer.Bytes()):
		return &closedByInvalidUTF8
	}
	m, err := decodeMessage(buffer.Bytes())
	if err != nil {
		return &closedByInvalidMessage
	}
	return c.handleMessage(m)
}

// endingOf tells what a failure to read means; nil, if there is none.
func closeStatusOf(err error) *closeStatus {
	if err == nil {
		return nil
	}
	closed, ok := errors.AsType[*websocket.CloseError](err)
	switch {
	case ok && closed.Code != websocket.CloseAbnormalClosure:
		e := closedByClient(closed.Code)
		return &e
	case ok, errors.Is(err, io.EOF), errors.As(err, new(net.Error)):
		return &closedByConnectionLoss
	default:
		return &closedByProtocolError
	}
}

// next returns how long it is until something is due.
func (d connectionDeadlines) untilNext(now time.Time) time.Duration {
	first := d.ping
	for _, t := range []time.Time{d.init, d.expiry} {
		if !t.IsZero() && t.Before(first) {
			first = t
		}
	}
	return max(0, first.Sub(now))
}

// ring does what is due. It does not wait for the socket, so it comes in time even when a write is stuck.
func (c *connection) handleTimer() {
	now := time.Now()
	if e := c.overdueStatus(now); e != nil {
		c.close(*e)
		return
	}
	c.mu.Lock()
	if c.status != nil {
		c.mu.Unlock()
		return
	}
	if pinging := !now.Before(c.deadlines.ping); pinging {
		c.deadlines.ping = now.Add(c.handler.cfg.Limits.PingInterval)
		if !c.outbox.writing { // otherwise the client has enough to answer for
			c.outbox.add(controlFrame(opPing, nil))
		}
	}
	c.timer.Reset(c.deadlines.untilNext(now))
	c.write()
}

func (c *connection) overdueStatus(now time.Time) *closeStatus {
	c.mu.Lock()
	defer c.mu.Unlock()
	reached := func(t time.Time) bool { return !t.IsZero() && !now.Before(t) }
	switch silent := now.Sub(time.Unix(0, c.lastActivity.Load())); {
	case reached(c.deadlines.init):
		return &closedByInitTimeout
	case reached(c.deadlines.expiry):
		return &closedByExpiry
	case silent >= 2*c.handler.cfg.Limits.PingInterval:
		return &closedByConnectionLoss
	}
	return nil
}

// shut ends the connection: what runs on it is stopped, nothing but a close frame is sent any more, and the reading
// goroutine finishes. Only the first call counts.
func (c *connection) close(e closeStatus) {
	c.mu.Lock()
	active := c.beginClose(e)
	c.write()
	c.stopOperations(active)
}

// conclude decides how the connection ends, if nobody has, and returns what has to be stopped. The mutex is held.
func (c *connection) beginClose(e closeStatus) (active []*operation) {
	if c.status == nil {
		c.status = &e
	}
	active, c.active = c.active, nil
	c.outbox.clear()
	return active
}

func (c *connection) stopOperations(active []*operation) {
	c.cancel()
	for _, o := range active {
		o.cancelAndUnsubscribe()
	}
	_ = c.ws.SetReadDeadline(time.Now()) // wakes the reading goroutine; if it fails, there is nothing to wake
}

// finish returns when nothing runs on the connection any more.
func (c *connection) awaitEnd() {
	c.timer.Stop()
	<-c.flushed
	c.linger()
	c.running.Wait()
	c.slot.release()
	c.handler.metrics.countClosed(c.status.code)
	c.handler.cfg.Log.DebugContext(c.ctx, "websocket closed", "close_code", c.status.code, "close_reason", c.status.reason)
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
func (c *connection) abort() { _ = c.socket.Close() }
