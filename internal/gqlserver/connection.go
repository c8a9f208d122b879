package gqlserver

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"antwon.dj/backend/internal/gqlserver/sockets"
	"antwon.dj/backend/internal/ratelimit"
)

const (
	// lingerTime is how long a connection stays half open after its close frame, see linger.
	lingerTime = 2 * time.Second
	// sendBuffer bounds the bytes that the kernel keeps for a client that does not read: they are outdated when it reads
	// them.
	sendBuffer = 64 << 10
)

// connection is one WebSocket or, if events is set, one subscription that is answered with Server-Sent Events. While
// nothing comes and nothing is to be sent, it has no goroutine, no buffer and no timer of its own. Frames and
// subscriptions that have something to send are put into the outbox. A goroutine that writes exists only while the
// client does not accept everything at once.
type connection struct {
	handler      *Handler
	socket       net.Conn        // nil before a stream of events has started
	raw          syscall.RawConn // the socket's descriptor; nil if it has none
	slot         *connectionSlot
	remoteAddr   string // "" after connection_init
	payer        *payer // nil before connection_init
	compress     bool
	events       bool
	ctx          context.Context   // parent of the contexts of the operations, which close cancels
	limiter      *ratelimit.Bucket // of new operations; nil before connection_init, and for unlimited clients
	running      sync.WaitGroup    // queries and mutations that are being executed
	lastActivity atomic.Int64      // when the client last sent or accepted something, in Unix nanoseconds
	deadline     sockets.Deadline  // the next of the deadlines

	frames   frameReader    // used only by the goroutine that reads now, see reading.go
	place    sockets.Place  // its place in the poller, once it has started; zero: a goroutine reads
	starting sync.WaitGroup // done when it has started
	reading  sync.WaitGroup // the goroutine that reads, or handles what the poller's goroutine has read

	mu        sync.Mutex // held only while memory is accessed
	deadlines connectionDeadlines
	outbox    outbox
	active    []*operation
	session   string         // the client's session, once it is known
	status    *closeStatus   // set once, when the connection is closed
	flushed   sync.WaitGroup // done when the close frame was sent, or cannot be
}

// connectionDeadlines are the times at which a connection has to do something by itself.
type connectionDeadlines struct {
	init   time.Time // for connection_init; zero once it came
	expiry time.Time // the end of the credentials; zero if they do not expire
	idle   time.Time // for a client without credentials that runs no operation; zero for all others
	ping   time.Time // the next ping
}

func newConnection(h *Handler, slot *connectionSlot) *connection {
	c := &connection{handler: h, slot: slot, ctx: context.Background()}
	c.starting.Add(1)
	c.flushed.Add(1)
	c.deadline.Call = c
	return c
}

func newWebSocket(r *http.Request, h *Handler, socket net.Conn, slot *connectionSlot, compress bool) *connection {
	c := newConnection(h, slot)
	c.remoteAddr, c.compress = r.RemoteAddr, compress
	c.frames = frameReader{limit: int(h.cfg.Limits.MessageBytes), inflates: compress}
	c.ctx = webSocketContext{r.Context()}
	c.setSocket(socket)
	now := time.Now()
	c.lastActivity.Store(now.UnixNano())
	c.deadlines = connectionDeadlines{init: now.Add(h.cfg.Limits.InitTimeout), ping: now.Add(h.cfg.Limits.PingInterval)}
	return c
}

// setSocket sets the socket, once, before the connection starts.
func (c *connection) setSocket(socket net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.socket = socket
	if s, ok := socket.(interface{ SetWriteBuffer(int) error }); ok {
		_ = s.SetWriteBuffer(sendBuffer) // without the bound, a slow client only costs more memory
	}
	if s, ok := socket.(syscall.Conn); ok {
		c.raw, _ = s.SyscallConn() // without a descriptor, every write is done by a goroutine
	}
}

// start begins to read and to watch the deadlines. It must be called exactly once, even if the connection is closed
// already.
func (c *connection) start() {
	defer c.starting.Done()
	c.mu.Lock()
	c.schedule()
	c.mu.Unlock()
	if !c.handler.poller.Add(c.raw, c, &c.place, c.events) {
		c.reading.Go(c.readLoop)
	}
}

func (c *connection) recordActivity() { c.lastActivity.Store(time.Now().UnixNano()) }

// recoverPanic is deferred. After a panic it closes the connection, so that the program goes on.
func (c *connection) recoverPanic() {
	if p := recover(); p != nil {
		_ = c.handler.engine.PresentRecoveredError(c.ctx, p) // logs the panic
		c.close(closedByInternalError)
	}
}

// next returns the first of the deadlines.
func (d connectionDeadlines) next() time.Time {
	first := d.ping
	for _, t := range []time.Time{d.init, d.expiry, d.idle} {
		if !t.IsZero() && t.Before(first) {
			first = t
		}
	}
	return first
}

// schedule has OnDeadline called at the first of the deadlines. The caller holds the mutex.
func (c *connection) schedule() {
	if c.status == nil {
		c.handler.deadlines.Set(&c.deadline, c.deadlines.next())
	}
}

// OnDeadline handles the deadlines that have passed. It does not wait for the socket, so that it is on time even while
// a write is blocked.
func (c *connection) OnDeadline() {
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
			c.outbox.add(c.pingFrame())
		}
	}
	c.schedule()
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
	case silent >= 2*c.handler.cfg.Limits.PingInterval && !c.events:
		return &closedByConnectionLoss
	case reached(c.deadlines.idle) && len(c.active) == 0:
		return &closedByIdleness
	case reached(c.deadlines.idle):
		c.deadlines.idle = now.Add(c.handler.cfg.Limits.AnonymousIdle)
	}
	return nil
}

// close closes the connection: it stops all operations, sends nothing more than a close frame, and ends the reading.
// Only the first call has an effect.
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
		go c.end() // handler.connections waits for it
	}
	active, c.active = c.active, nil
	c.outbox.clear()
	return active
}

func (c *connection) stopOperations(active []*operation) {
	for _, o := range active {
		o.cancelAndUnsubscribe()
	}
	c.mu.Lock()
	socket := c.socket
	c.mu.Unlock()
	if socket != nil { // otherwise it has not started
		_ = socket.SetReadDeadline(time.Now()) // wakes the goroutine that reads; if this fails, it does not read
	}
}

// end waits until nothing of the connection runs any longer, and releases what it holds.
func (c *connection) end() {
	defer c.handler.connections.remove(c)
	c.starting.Wait()
	c.handler.deadlines.Stop(&c.deadline)
	c.handler.poller.Remove(c.place)
	c.reading.Wait()
	c.flushed.Wait()
	c.linger()
	c.running.Wait()
	c.slot.release()
	if c.events {
		return
	}
	c.handler.metrics.countClosed(c.status.code)
	c.handler.cfg.Log.DebugContext(c.ctx, "websocket closed", "close_code", c.status.code, "close_reason", c.status.reason)
}

func (c *connection) pingFrame() []byte {
	if c.events {
		return chunk([]byte(eventComment))
	}
	return controlFrame(opPing, nil)
}

// lastFrame returns what is sent last. A stream of events that was not completed ends without an event, so that the
// client reconnects.
func (c *connection) lastFrame() []byte {
	if c.events {
		return []byte(lastChunk)
	}
	return closeFrame(*c.status)
}

// linger shuts down the writing side and discards what the client still sends. If the socket were closed with unread
// bytes, the kernel would send a reset, which can overtake the close frame.
func (c *connection) linger() {
	if c.socket == nil {
		return // it has not started
	}
	defer c.socket.Close()
	if c.events && (*c.status == closedByConnectionLoss || *c.status == closedBySlowClient) {
		return // it is lost
	}
	if half, ok := c.socket.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
	_ = c.socket.SetReadDeadline(time.Now().Add(lingerTime))
	_, _ = io.Copy(io.Discard, c.socket)
}

// abort closes the socket without a close frame. A connection that has not started ends by itself.
func (c *connection) abort() {
	c.mu.Lock()
	socket := c.socket
	c.mu.Unlock()
	if socket == nil {
		return
	}
	c.starting.Wait() // with a socket, that takes no time
	c.handler.poller.Remove(c.place)
	_ = socket.Close()
}
