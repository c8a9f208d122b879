package gqlserver

import (
	"context"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// canTakeOver reports whether the connection of a request can be taken from the HTTP server. HTTP/1.0 knows no chunks,
// a connection of HTTP/2 has other requests, too, and TLS has buffers of its own.
func canTakeOver(r *http.Request) bool { return r.ProtoMajor == 1 && r.ProtoMinor == 1 && r.TLS == nil }

// serveEventConnection answers a subscription with events, on a connection that it takes from the HTTP server, which
// would keep a goroutine and two buffers for it.
func (h *Handler) serveEventConnection(
	a responder, r *http.Request, op *graphql.OperationContext, pays *payer, slot *connectionSlot,
) {
	c, started := newEventConnection(h, slot, pays.client), false
	defer func() {
		if !started { // also after a panic
			c.giveUp()
		}
	}()
	if !h.connections.add(c) { // draining began meanwhile
		refuseWhileDraining(a.w)
		return
	}
	if errs := c.subscribeOnly(r, op, pays); len(errs) > 0 {
		response := &graphql.Response{Errors: errs}
		addCost(r.Context(), response)
		a.sendInvalidDocument(response)
		return
	}
	if started = c.takeOver(a.w); started {
		c.startEvents()
	}
}

func newEventConnection(h *Handler, slot *connectionSlot, client Client) *connection {
	c := newConnection(h, slot)
	c.events, c.session = true, client.SessionID
	c.outbox.writing = true // nothing is written before it has started
	c.deadlines = connectionDeadlines{
		expiry: client.ExpiresAt, ping: time.Now().Add(h.cfg.Limits.PingInterval),
	}
	return c
}

// giveUp ends a connection that has not started.
func (c *connection) giveUp() {
	c.close(closedByConnectionLoss)
	c.flushed.Done()
	c.starting.Done()
}

// subscribeOnly starts the connection's only operation. A disconnect before that cancels the operation.
func (c *connection) subscribeOnly(r *http.Request, op *graphql.OperationContext, pays *payer) gqlerror.List {
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	defer context.AfterFunc(r.Context(), cancel)()
	o := &operation{subscription: subscription{payer: pays}, conn: c, cancel: cancel}
	o.subscriber = o
	if errs := c.handler.streams.subscribe(ctx, op, lastEventID(r), &o.subscription); len(errs) > 0 {
		cancel()
		return errs
	}
	c.addOperation(o)
	c.markSubscribed(o)
	return nil
}

// takeOver sends the header of a stream of events and a comment, and takes the connection from the HTTP server. It
// returns false if that fails. The header says that the connection ends with the stream.
func (c *connection) takeOver(w http.ResponseWriter) bool {
	setEventHeader(w.Header())
	w.Header().Set("Connection", "close")
	w.WriteHeader(http.StatusOK)
	if _, err := w.Write([]byte(eventComment)); err != nil {
		return false
	}
	control := http.NewResponseController(w)
	if err := control.Flush(); err != nil {
		return false
	}
	socket, _, err := control.Hijack()
	if err != nil {
		return false
	}
	c.setSocket(socket)
	return true
}

// startEvents starts to read from the connection, and writes the events that wait already.
func (c *connection) startEvents() {
	c.start()
	if c.handler.cfg.Ended(c.sessionID()) { // ended after Authenticate, before CloseEnded could find it here
		c.close(closedByEndedSession)
	}
	c.mu.Lock()
	c.outbox.writing = false
	c.write()
}

// nextEventFrame returns the next event of a subscription in two parts, or nil if there is none. With the last event
// it closes the connection.
func (c *connection) nextEventFrame(o *operation, buffer []byte) (own, shared []byte) {
	next, end := o.nextResponse()
	switch {
	case end:
		var events []byte
		if next != nil {
			events = next.event()
		}
		c.finish()
		return chunk(append(events, completeEvent...)), nil
	case next == nil:
		return nil, nil
	default:
		return buffer, o.stream.chunkOf(next)
	}
}

// finish closes the connection after the event that is written now.
func (c *connection) finish() {
	c.mu.Lock()
	active := c.beginClose(closedByCompletion)
	c.mu.Unlock()
	c.stopOperations(active)
}

// chunkOf returns the event of a response as a chunk, which is made once for all subscribers.
func (s *stream) chunkOf(r *streamResponse) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.chunk == nil {
		r.chunk = chunk(r.event())
	}
	return r.chunk
}

// lastChunk ends a response in chunks.
const lastChunk = "0\r\n\r\n"

func chunk(data []byte) []byte {
	size := strconv.AppendInt(nil, int64(len(data)), 16)
	return slices.Concat(size, []byte("\r\n"), data, []byte("\r\n"))
}

// writeParts writes events in parts, each with its own deadline, so that a slow client has enough time for a large
// event. It removes what was written from rest.
func (c *connection) writeParts(rest *net.Buffers) error {
	const part = 16 << 10
	for len(*rest) > 0 {
		first := (*rest)[0]
		_ = c.socket.SetWriteDeadline(time.Now().Add(c.handler.cfg.Limits.WriteTimeout)) // if it fails, so does the write
		n, err := c.socket.Write(first[:min(part, len(first))])
		if err != nil {
			return err
		}
		if (*rest)[0] = first[n:]; n == len(first) {
			*rest = (*rest)[1:]
		}
	}
	return c.socket.SetWriteDeadline(time.Time{})
}
