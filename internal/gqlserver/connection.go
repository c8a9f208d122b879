package gqlserver

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"

	"antwon.dj/backend/internal/ratelimit"
)

const (
	// lingerTime is how long a connection stays half open after its close frame, see linger.
	lingerTime = 2 * time.Second
	// sendBuffer bounds the bytes that the kernel keeps for a client that does not read: they are outdated when it reads
	// them.
	sendBuffer = 64 << 10
)

// connection is one WebSocket. Its goroutine reads and handles one message after the other. Frames and subscriptions
// that have something to send are put into the outbox. A goroutine that writes exists only while the client does not
// accept everything at once.
type connection struct {
	handler      *Handler
	ws           *websocket.Conn // only for reading
	socket       net.Conn        // the connection below ws, to which the outbox writes
	raw          syscall.RawConn // the socket's descriptor; nil if it has none
	slot         *connectionSlot
	remoteAddr   string
	payer        *payer // nil before connection_init
	compress     bool
	ctx          context.Context // parent of all contexts of the connection's operations; ends with the connection
	cancel       context.CancelFunc
	limiter      *ratelimit.Bucket // of new operations; nil before connection_init, and for unlimited clients
	running      sync.WaitGroup    // queries and mutations that are being executed
	lastActivity atomic.Int64      // when the client last sent or accepted something, in Unix nanoseconds
	timer        *time.Timer       // fires at the next of the deadlines

	mu        sync.Mutex // held only while memory is accessed
	deadlines connectionDeadlines
	outbox    outbox
	active    []*operation
	session   string        // the client's session, once it is known
	status    *closeStatus  // set once, when the connection is closed
	flushed   chan struct{} // closed when the close frame was sent, or cannot be
}

// connectionDeadlines are the times at which a connection has to do something by itself.
type connectionDeadlines struct {
	init   time.Time // for connection_init; zero once it came
	expiry time.Time // the end of the credentials; zero if they do not expire
	idle   time.Time // for a client without credentials that runs no operation; zero for all others
	ping   time.Time // the next ping
}

func newConnection(
	r *http.Request, h *Handler, ws *websocket.Conn, socket net.Conn, slot *connectionSlot, compress bool,
) *connection {
	c := &connection{
		handler: h, ws: ws, socket: socket, slot: slot, remoteAddr: r.RemoteAddr, compress: compress,
		flushed: make(chan struct{}),
	}
	ctx := context.WithoutCancel(r.Context())
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

// configure sets the handlers of control frames and the options of the socket.
func (c *connection) configure() {
	c.ws.SetCloseHandler(func(int, string) error { return nil })
	c.ws.SetPongHandler(func(string) error { c.recordActivity(); return nil })
	c.ws.SetPingHandler(func(payload string) error {
		c.recordActivity()
		c.awaitOutboxSpace() // a client that pings faster than it reads has to wait
		c.send(controlFrame(opPong, []byte(payload)))
		return nil
	})
	if s, ok := c.socket.(interface{ SetWriteBuffer(int) error }); ok {
		_ = s.SetWriteBuffer(sendBuffer) // without the bound, a slow client only costs more memory
	}
	if s, ok := c.socket.(syscall.Conn); ok {
		c.raw, _ = s.SyscallConn() // without a descriptor, every write is done by a goroutine
	}
}

func (c *connection) recordActivity() { c.lastActivity.Store(time.Now().UnixNano()) }

// serve is the connection's goroutine.
func (c *connection) serve() {
	c.readLoop()
	c.awaitEnd()
	c.handler.connections.remove(c)
}

// readLoop reads messages until the connection is closed. Handling a message needs a deep stack, which a goroutine
// keeps while it waits for the next message. So a new goroutine handles each message, and the one that waits stays
// small.
func (c *connection) readLoop() {
	handled := make(chan *closeStatus, 1) // receives the result of the handler that runs
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

// recoverPanic is deferred. After a panic it closes the connection, so that the program goes on.
func (c *connection) recoverPanic() {
	if p := recover(); p != nil {
		_ = c.handler.engine.PresentRecoveredError(c.ctx, p) // logs the panic
		c.close(closedByInternalError)
	}
}

var messageBuffers = sync.Pool{New: func() any { return &bytes.Buffer{} }}

// receiveMessage reads a message and handles it. It returns nil, or the status with which the connection has to be
// closed.
func (c *connection) receiveMessage(kind int, r io.Reader) *closeStatus {
	defer c.recoverPanic()
	c.recordActivity()
	buffer := messageBuffers.Get().(*bytes.Buffer)
	defer messageBuffers.Put(buffer)
	buffer.Reset()
	limit := c.handler.cfg.Limits.MessageBytes // of the message after decompression
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

// closeStatusOf returns the status for an error of reading, and nil for a nil error.
func closeStatusOf(err error) *closeStatus {
	if err == nil {
		return nil
	}
	if violation, ok := errors.AsType[*frameError](err); ok {
		return &violation.status
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

// untilNext returns the time from now until the next deadline.
func (d connectionDeadlines) untilNext(now time.Time) time.Duration {
	first := d.ping
	for _, t := range []time.Time{d.init, d.expiry, d.idle} {
		if !t.IsZero() && t.Before(first) {
			first = t
		}
	}
	return max(0, first.Sub(now))
}

// handleTimer handles the deadlines that have passed. It does not wait for the socket, so that it is on time even while
// a write is blocked.
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
		if !c.outbox.writing { // otherwise the client has enough to accept already
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
	case reached(c.deadlines.idle) && len(c.active) == 0:
		return &closedByIdleness
	case reached(c.deadlines.idle):
		c.deadlines.idle = now.Add(c.handler.cfg.Limits.AnonymousIdle)
	}
	return nil
}

// close closes the connection: it stops all operations, sends nothing more than a close frame, and makes the reading
// goroutine return. Only the first call has an effect.
func (c *connection) close(e closeStatus) {
	c.mu.Lock()
	active := c.beginClose(e)
	c.write()
	c.stopOperations(active)
}

func (c *connection) sessionID() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session
}

// beginClose sets the status, unless it is set, and returns the operations to stop. The caller holds the mutex.
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
	_ = c.ws.SetReadDeadline(time.Now()) // wakes the reading goroutine; if this fails, it does not read
}

// awaitEnd waits until nothing of the connection runs any longer, and releases what it holds.
func (c *connection) awaitEnd() {
	c.timer.Stop()
	<-c.flushed
	c.linger()
	c.running.Wait()
	c.slot.release()
	c.handler.metrics.countClosed(c.status.code)
	c.handler.cfg.Log.DebugContext(c.ctx, "websocket closed", "close_code", c.status.code, "close_reason", c.status.reason)
}

// linger shuts down the writing side and discards what the client still sends. If the socket were closed with unread
// bytes, the kernel would send a reset, which can overtake the close frame.
func (c *connection) linger() {
	if half, ok := c.socket.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
	_ = c.socket.SetReadDeadline(time.Now().Add(lingerTime))
	_, _ = io.Copy(io.Discard, c.socket)
	_ = c.socket.Close()
}

// abort closes the socket without a close frame.
func (c *connection) abort() { _ = c.socket.Close() }
