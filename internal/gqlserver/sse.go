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

// events is one operation answered as Server-Sent Events, in the way of graphql-sse's distinct connections: the responses
// are events named next, and the end is one named complete. The id of an event is the version it shows; a browser that lost
// the connection asks to go on from there.
type eventStream struct {
	handler *Handler
	w       http.ResponseWriter
	control *http.ResponseController
	pending chan struct{} // holds a token when there may be something to take
	cancel  context.CancelFunc
}

func (e *eventStream) notify() {
	select {
	case e.pending <- struct{}{}:
	default: // a token waits already
	}
}

// shut makes the client come back, here or to another server: there is no last event.
func (e *eventStream) close(closeStatus) { e.cancel() }

func (e *eventStream) abort() {
	e.cancel()
	_ = e.control.SetWriteDeadline(time.Now()) // if it fails, the connection is gone
}

// serveEvents answers an operation with events. What is wrong before the first one is answered as usual.
func (h *Handler) serveEvents(a responder, r *http.Request, op *graphql.OperationContext) {
	v, ok := h.admitConnection(a.w, r)
	if !ok {
		return
	}
	defer v.release()
	client := h.cfg.Identify(r.Context())
	if !v.assignClient(client) {
		http.Error(a.w, "too many connections of yours", http.StatusTooManyRequests)
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	e := &eventStream{handler: h, w: a.w, control: http.NewResponseController(a.w), pending: make(chan struct{}, 1), cancel: cancel}
	defer h.connections.remove(e)
	if !h.connections.add(e) { // draining began meanwhile
		refuseWhileDraining(a.w)
		return
	}
	defer e.extendWriteDeadline() // what the server writes at the end
	if op.Operation.Operation == ast.Subscription {
		e.serveSubscription(ctx, a, r, op, client.ExpiresAt)
		return
	}
	responses, ctx := h.engine.DispatchOperation(r.Context(), op)
	if response := responses(ctx); response != nil && e.sendHeader() == nil {
		_ = e.sendComplete(e.sendNext("", encode(response))) // a client that has left is no error of ours
	}
}

// follow sends the events of a subscription, until the last one, or until ctx or the credentials end: then without a last
// one, so that the client comes back.
func (e *eventStream) serveSubscription(ctx context.Context, a responder, r *http.Request, op *graphql.OperationContext, expiry time.Time) {
	if !expiry.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, expiry)
		defer cancel()
	}
	sub := &subscription{subscriber: e}
	if errs := e.handler.streams.subscribe(ctx, op, lastEventID(r), sub); len(errs) > 0 {
		a.sendInvalidDocument(&graphql.Response{Errors: errs})
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
			err = e.write([]byte(":\n\n"))
		case <-ctx.Done():
			return
		}
	}
}

// lastEventID returns the version that a browser has seen, or nil.
func lastEventID(r *http.Request) *int64 {
	version, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64)
	if err != nil {
		return nil
	}
	return &version
}

// take sends what there is to take, and reports whether that was the last.
func (e *eventStream) sendPending(ctx context.Context, sub *subscription) (over bool, err error) {
	for {
		next, end := sub.nextResponse()
		switch {
		case ctx.Err() != nil: // what failed, failed for that
			return true, nil
		case next != nil && next.failed != nil:
			err = e.sendNext("", slices.Concat([]byte(`{"errors":`), next.failed, []byte("}")))
		case next != nil:
			err = e.sendNext(strconv.FormatInt(next.version, 10), next.plain[:len(next.plain)-1])
		}
		if end {
			return true, e.sendComplete(err)
		}
		if next == nil || err != nil {
			return false, err
		}
	}
}

// begin sends the headers, and a comment, so that the client knows at once that it is heard.
func (e *eventStream) sendHeader() error {
	_ = e.control.SetReadDeadline(time.Time{}) // the server's own; if it stays, the client comes back then
	header := e.w.Header()
	header.Set("Content-Type", mediaEvents+"; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // for nginx, which would wait for more
	e.w.WriteHeader(http.StatusOK)
	return e.write([]byte(":\n\n"))
}

func (e *eventStream) sendNext(id string, response []byte) error {
	var event bytes.Buffer
	event.WriteString("event: next\n")
	if id != "" {
		fmt.Fprintf(&event, "id: %s\n", id)
	}
	event.WriteString("data: ")
	for _, lineBreak := range []string{"\n", "\r"} { // which in JSON are spaces
		response = bytes.ReplaceAll(response, []byte(lineBreak), []byte(" "))
	}
	event.Write(response)
	event.WriteString("\n\n")
	return e.write(event.Bytes())
}

// end says that nothing will follow. The event has data because browsers drop those without.
func (e *eventStream) sendComplete(err error) error {
	if err != nil {
		return err
	}
	return e.write([]byte("event: complete\ndata:\n\n"))
}

// write takes as long as the client takes something: it is given so much time for each part of a large event.
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
	_ = e.control.SetWriteDeadline(time.Time{}) // HTTP/2 ends a stream at its deadline, written to or not
	return nil
}

// limit bounds the time for what is written next.
func (e *eventStream) extendWriteDeadline() {
	_ = e.control.SetWriteDeadline(time.Now().Add(e.handler.cfg.Limits.WriteTimeout)) // if it fails, so does the write
}
