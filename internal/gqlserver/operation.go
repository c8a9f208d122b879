package gqlserver

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"golang.org/x/time/rate"
)

// operation is one that a client runs on its connection.
type operation struct {
	subscription // if joined
	conn         *connection
	id           string
	prefix       []byte             // of its messages of type next
	cancel       context.CancelFunc // ends what runs in its context

	// Guarded by the connection's mutex.
	joined bool // the subscription follows a stream
	dirty  bool // it is in the outbox
}

// handle does what a message asks for, or says how the connection has to end.
func (c *connection) handle(m message) *ending {
	switch {
	case m.kind == typeInit:
		return c.init(m)
	case m.kind == typePing:
		c.send(textFrame(encodeMessage("", typePong, m.payload)))
	case m.kind == typeSubscribe && !c.acknowledged():
		return &endUnauthorized
	case m.kind == typeSubscribe:
		return c.begin(m)
	case m.kind == typeComplete:
		if o := c.find(m.id); o != nil && c.remove(o) {
			o.stop()
		}
	}
	return nil
}

func (c *connection) acknowledged() bool { return c.due.init.IsZero() }

// init lets the client in with the credentials in the payload of connection_init.
func (c *connection) init(m message) *ending {
	if c.acknowledged() {
		return &endSecondInit
	}
	ctx, refusal := c.handler.authenticate(c.ctx, authorization(m.init))
	if refusal != nil {
		e := endForbidden(refusal.Message)
		return &e
	}
	client := c.handler.cfg.Identify(ctx)
	if !c.visit.identify(client) {
		return &endTooMany
	}
	limits := c.handler.cfg.Limits
	if !client.Unlimited {
		c.limiter = rate.NewLimiter(rate.Limit(limits.OperationsPerSecond), limits.Operations)
	}
	c.ctx = ctx
	c.mu.Lock()
	c.due.init, c.due.expiry = time.Time{}, client.ExpiresAt
	c.alarm.Reset(c.due.next(time.Now()))
	c.mu.Unlock()
	c.send(textFrame(encodeMessage("", typeAck, nil)))
	return nil
}

// begin runs an operation.
func (c *connection) begin(m message) *ending {
	ctx, cancel := context.WithCancel(graphql.StartOperationTrace(c.ctx))
	o := &operation{conn: c, id: m.id, prefix: nextPrefix(m.id), cancel: cancel}
	running, fresh := c.add(o)
	if !fresh {
		cancel()
		e := endDuplicate(m.id)
		return &e
	}
	if refusal := c.refuse(running); refusal != nil {
		c.fail(o, gqlerror.List{refusal})
		return nil
	}
	m.params.ReadTime = graphql.TraceTiming{Start: graphql.Now(), End: graphql.Now()}
	engine := c.handler.engine
	op, errs := engine.CreateOperationContext(ctx, m.params)
	switch {
	case len(errs) > 0:
		c.fail(o, engine.DispatchError(graphql.WithOperationContext(ctx, op), errs).Errors)
	case op.Operation.Operation == ast.Subscription:
		c.follow(ctx, o, op)
	default:
		c.running.Go(func() { c.execute(ctx, o, op) })
	}
	return nil
}

// refuse says no to a client that does too much at once, or too often.
func (c *connection) refuse(running int) *gqlerror.Error {
	limits := c.handler.cfg.Limits
	var refusal *gqlerror.Error
	switch {
	case running > limits.Operations:
		refusal = gqlerror.Errorf("at most %d operations may run at once on one connection", limits.Operations)
	case c.limiter != nil && !c.limiter.Allow():
		refusal = gqlerror.Errorf("at most %d operations may begin in a second on one connection", limits.OperationsPerSecond)
		refusal.Extensions = map[string]any{"retryAfterMs": 1000}
	default:
		return nil
	}
	errcode.Set(refusal, codeRateLimited)
	c.handler.metrics.countErrors(gqlerror.List{refusal})
	return refusal
}

// follow makes a subscription of the operation.
func (c *connection) follow(ctx context.Context, o *operation, op *graphql.OperationContext) {
	o.subscriber = o
	if errs := c.handler.streams.subscribe(ctx, op, nil, &o.subscription); len(errs) > 0 {
		c.fail(o, errs)
		return
	}
	if o.stream.key != "" {
		o.cancel() // the stream has a context of its own
	}
	c.mu.Lock()
	o.joined = true
	ending := c.end != nil // and o was not stopped, because it had not joined
	c.mu.Unlock()
	if ending {
		o.stop()
	}
}

// execute runs a query or mutation.
func (c *connection) execute(ctx context.Context, o *operation, op *graphql.OperationContext) {
	defer c.survive()
	defer o.cancel()
	responses, ctx := c.handler.engine.DispatchOperation(ctx, op)
	response := responses(ctx)
	if response == nil || !c.remove(o) {
		return // nobody waits for it any more
	}
	c.send(textFrame(append(append(o.prefix, encode(response)...), '}')))
	c.send(completeFrame(o.id))
}

// fail ends an operation with errors; nothing follows them.
func (c *connection) fail(o *operation, errs gqlerror.List) {
	if c.remove(o) {
		o.stop()
		c.send(textFrame(encodeMessage(o.id, typeError, errs)))
	}
}

// deliver is told by the stream that there is something to take.
func (o *operation) deliver() {
	c := o.conn
	c.mu.Lock()
	if c.end == nil && !o.dirty {
		o.dirty = true
		c.outbox.dirty = append(c.outbox.dirty, o)
	}
	c.write()
}

// takeFrom returns the next frame of a subscription, if there is one. The first part may use the buffer.
func (c *connection) takeFrom(o *operation, buffer []byte) (own, shared []byte) {
	next, end := o.take()
	if end && !c.remove(o) {
		return nil, nil // the client has ended it
	}
	if end {
		o.stop()
	}
	switch {
	case next == nil && end:
		return completeFrame(o.id), nil
	case next == nil:
		return nil, nil
	case next.failed != nil:
		return textFrame(encodeMessage(o.id, typeError, next.failed)), nil
	case end:
		c.send(completeFrame(o.id)) // after this frame, for we are writing
	}
	return next.appendNext(buffer, o.prefix, c.compress)
}

// stop ends an operation that nobody waits for any more.
func (o *operation) stop() {
	o.conn.mu.Lock()
	joined := o.joined
	o.conn.mu.Unlock()
	if joined {
		o.leave()
	}
	o.cancel()
}

// add makes an operation known. It reports how many there are, and whether its id was free.
func (c *connection) add(o *operation) (running int, fresh bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.ContainsFunc(c.active, func(a *operation) bool { return a.id == o.id }) {
		return 0, false
	}
	if c.end == nil {
		c.active = append(c.active, o)
	}
	return len(c.active), true
}

// remove forgets an operation, and reports false if somebody did before.
func (c *connection) remove(o *operation) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := slices.Index(c.active, o)
	if at < 0 {
		return false
	}
	c.active = slices.Delete(c.active, at, at+1)
	return true
}

func (c *connection) find(id string) *operation {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at := slices.IndexFunc(c.active, func(o *operation) bool { return o.id == id }); at >= 0 {
		return c.active[at]
	}
	return nil
}

func completeFrame(id string) []byte { return textFrame(encodeMessage(id, typeComplete, nil)) }

// encodeMessage returns a message of the protocol. An empty id and a nil payload are left out.
func encodeMessage(id, kind string, payload any) []byte {
	data, err := json.Marshal(struct {
		ID      string `json:"id,omitempty"`
		Type    string `json:"type"`
		Payload any    `json:"payload,omitempty"`
	}{id, kind, payload})
	if err != nil {
		panic(err) // a resolver or presenter made something that is no JSON
	}
	return data
}
