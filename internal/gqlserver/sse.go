package gqlserver

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

const mediaEvents = "text/event-stream"

// eventStream is one operation in the goroutine of its request, answered with Server-Sent Events in the mode of
// graphql-sse: each response is an event named next, followed by an event named complete. The id of an event is its
// version; a browser that has lost the connection sends it when it reconnects.
type eventStream struct {
	handler *Handler
	session string // the client's session
	w       http.ResponseWriter
	control *http.ResponseController
	pending chan struct{} // holds a token when there may be a response to send
	cancel  context.CancelFunc
}

func (e *eventStream) notify() {
	select {
	case e.pending <- struct{}{}:
	default: // a token is waiting already
	}
}

// close ends the stream without a complete event, so that the client reconnects, possibly to another server.
func (e *eventStream) close(closeStatus) { e.cancel() }

func (e *eventStream) sessionID() string { return e.session }

func (e *eventStream) abort() {
	e.cancel()
	_ = e.control.SetWriteDeadline(time.Now()) // if it fails, the connection is lost already
}

// serveEvents answers an operation with events. A refusal is a stream as well.
func (h *Handler) serveEvents(a responder, r *http.Request, op *graphql.OperationContext, pays *payer) {
	slot, ok := h.admitConnection(a.w, r)
	if !ok {
		return
	}
	client := pays.client
	if !slot.assignClient(client) {
		slot.release()
		http.Error(a.w, "You have too many connections.", http.StatusTooManyRequests)
		return
	}
	if op.Operation.Operation == ast.Subscription && canTakeOver(r) {
		h.serveEventConnection(a, r, op, pays, slot)
		return
	}
	defer slot.release() // also if it panics
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	e := &eventStream{
		handler: h, session: client.SessionID, w: a.w, control: http.NewResponseController(a.w),
		pending: make(chan struct{}, 1), cancel: cancel,
	}
	defer func() {
		slot.release() // first: a connection that is no longer registered is no longer counted
		h.connections.remove(e)
	}()
	if !h.connections.add(e) { // draining began meanwhile
		refuseWhileDraining(a.w)
		return
	}
	if h.cfg.Ended(client.SessionID) { // ended after Authenticate, before CloseEnded could find it here
		cancel()
	}
	defer e.extendWriteDeadline() // for what the server writes when the handler returns
	if op.Operation.Operation == ast.Subscription {
		e.serveSubscription(ctx, a, r, op, pays)
		return
	}
	response, refusal := h.engine.execute(r.Context(), op, pays)
	if refusal != nil {
		a.sendRateLimited(ctx, refusal)
		return
	}
	if response != nil && e.sendHeader() == nil {
		_ = e.sendComplete(e.sendNext("", encode(response))) // an error means that the client has disconnected
	}
}

// serveSubscription sends the events of a subscription until the last one. If ctx ends or the credentials expire, there
// is no complete event, so that the client reconnects.
func (e *eventStream) serveSubscription(
	ctx context.Context, a responder, r *http.Request, op *graphql.OperationContext, pays *payer,
) {
	if expiry := pays.client.ExpiresAt; !expiry.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, expiry)
		defer cancel()
	}
	sub := &subscription{subscriber: e, payer: pays}
	if errs := e.handler.streams.subscribe(ctx, op, lastEventID(r), sub); len(errs) > 0 {
		response := &graphql.Response{Errors: errs}
		addCost(ctx, response)
		a.sendInvalidDocument(response)
		return
	}
	defer sub.unsubscribe()
	keepAlive := time.NewTicker(e.handler.cfg.Limits.PingInterval)
	defer keepAlive.Stop()
	for err := e.sendHeader(); err == nil; {
		var over bool
		if over, err = e.sendPending(ctx, sub); over || err != nil {
			return
		}
		select {
		case <-e.pending:
		case <-keepAlive.C:
			err = e.write([]byte(eventComment))
		case <-ctx.Done():
			return
		}
	}
}

// lastEventID returns the version that a reconnecting browser has, or nil.
func lastEventID(r *http.Request) *int64 {
	version, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64)
	if err != nil {
		return nil
	}
	return &version
}

// sendPending sends the responses that are available, and reports whether the stream has ended.
func (e *eventStream) sendPending(ctx context.Context, sub *subscription) (over bool, err error) {
	for {
		next, end := sub.nextResponse()
		switch {
		case ctx.Err() != nil: // an error of the subscription is only a consequence of that
			return true, nil
		case next != nil:
			err = e.write(next.event())
		}
		if end {
			return true, e.sendComplete(err)
		}
		if next == nil || err != nil {
			return false, err
		}
	}
}

// sendHeader sends the response headers and a comment, so that the client learns at once that the stream has started.
func (e *eventStream) sendHeader() error {
	_ = e.control.SetReadDeadline(time.Time{}) // removes the server's limit; if that fails, the client reconnects
	setEventHeader(e.w.Header())
	e.w.WriteHeader(http.StatusOK)
	return e.write([]byte(eventComment))
}

func setEventHeader(header http.Header) {
	header.Set("Content-Type", mediaEvents+"; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // keeps nginx from buffering
}

func (e *eventStream) sendNext(id string, response []byte) error {
	return e.write(nextEvent(id, response))
}

// event returns the event of a subscription's response.
func (r *streamResponse) event() []byte {
	if r.failed != nil {
		return nextEvent("", slices.Concat([]byte(`{"errors":`), r.failed, []byte("}")))
	}
	return nextEvent(strconv.FormatInt(r.version, 10), r.plain[:len(r.plain)-1])
}

func nextEvent(id string, response []byte) []byte {
	var event bytes.Buffer
	event.WriteString("event: next\n")
	if id != "" {
		fmt.Fprintf(&event, "id: %s\n", id)
	}
	event.WriteString("data: ")
	for _, lineBreak := range []string{"\n", "\r"} { // outside of JSON strings these are white space
		response = bytes.ReplaceAll(response, []byte(lineBreak), []byte(" "))
	}
	event.Write(response)
	event.WriteString("\n\n")
	return event.Bytes()
}

// eventComment means nothing. It shows that a stream has started, and keeps it alive.
const eventComment = ":\n\n"

// completeEvent ends a stream. It has data because browsers ignore events without.
const completeEvent = "event: complete\ndata:\n\n"

// sendComplete sends the event that ends the stream, unless err is not nil.
func (e *eventStream) sendComplete(err error) error {
	if err != nil {
		return err
	}
	return e.write([]byte(completeEvent))
}

// write writes an event in parts, each with its own deadline, so that a slow client has enough time for a large event.
func (e *eventStream) write(event []byte) error {
	const part = 16 << 10
	for p := range slices.Chunk(event, part) {
		e.extendWriteDeadline()
		if _, err := e.w.Write(p); err != nil {
			return err
		}
	}
	if err := e.control.Flush(); err != nil {
		return err
	}
	_ = e.control.SetWriteDeadline(time.Time{}) // HTTP/2 would end the stream at the deadline even if nothing is written
	return nil
}

// extendWriteDeadline sets the deadline of the next write.
func (e *eventStream) extendWriteDeadline() {
	_ = e.control.SetWriteDeadline(time.Now().Add(e.handler.cfg.Limits.WriteTimeout)) // if it fails, so does the write
}
