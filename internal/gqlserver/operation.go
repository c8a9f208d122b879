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
	subscribed bool // the subscription follows a stream
	queued     bool // it is in the outbox
}

// handle does what a message asks for, or says how the connection has to end.
func (c *connection) handleMessage(m message) *closeStatus {
	switch {
	case m.kind == typeInit:
		return c.initialize(m)
	case m.kind == typePing:
		c.send(textFrame(encodeMessage("", typePong, m.payload)))
	case m.kind == typeSubscribe && !c.acknowledged():
		return &closedByMissingInit
	case m.kind == typeSubscribe:
		return c.startOperation(m)
	case m.kind == typeComplete:
		if o := c.findOperation(m.id); o != nil && c.removeOperation(o) {
			o.cancelAndUnsubscribe()
		}
	}
	return nil
}

func (c *connection) acknowledged() bool { return c.deadlines.init.IsZero() }

// init lets the client in with the credentials in the payload of connection_init.
func (c *connection) initialize(m message) *closeStatus {
	if c.acknowledged() {
		return &closedBySecondInit
	}
	ctx, refusal := c.handler.authenticate(c.ctx, authorization(m.init))
	if refusal != nil {
		e := closedByRefusedCredentials(refusal.Message)
		return &e
	}
	client := c.handler.cfg.Identify(ctx)
	if !c.slot.assignClient(client) {
		return &closedByConnectionLimit
	}
	limits := c.handler.cfg.Limits
	if !client.Unlimited {
		c.limiter = rate.NewLimiter(rate.Limit(limits.OperationsPerSecond), limits.Operations)
	}
	c.ctx = ctx
	c.mu.Lock()
	c.deadlines.init, c.deadlines.expiry = time.Time{}, client.ExpiresAt
	c.timer.Reset(c.deadlines.untilNext(time.Now()))
	c.mu.Unlock()
	c.send(textFrame(encodeMessage("", typeAck, nil)))
	return nil
}

// begin runs an operation.
func (c *connection) startOperation(m message) *closeStatus {
	ctx, cancel := context.WithCancel(graphql.StartOperationTrace(c.ctx))
	o := &operation{conn: c, id: m.id, prefix: nextPrefix(m.id), cancel: cancel}
	running, fresh := c.addOperation(o)
	if !fresh {
		cancel()
		e := closedByDuplicateID(m.id)
		return &e
	}
	if refusal := c.checkOperationLimits(running); refusal != nil {
		c.failOperation(o, gqlerror.List{refusal})
		return nil
	}
	m.params.ReadTime = graphql.TraceTiming{Start: graphql.Now(), End: graphql.Now()}
	engine := c.handler.engine
	op, errs := engine.CreateOperationContext(ctx, m.params)
	switch {
	case len(errs) > 0:
		c.failOperation(o, engine.DispatchError(graphql.WithOperationContext(ctx, op), errs).Errors)
	case op.Operation.Operation == ast.Subscription:
		c.subscribe(ctx, o, op)
	default:
		c.running.Go(func() { c.executeOperation(ctx, o, op) })
	}
	return nil
}

// refuse says no to a client that does too much at once, or too often.
func (c *connection) checkOperationLimits(running int) *gqlerror.Error {
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
func (c *connection) subscribe(ctx context.Context, o *operation, op *graphql.OperationContext) {
	o.subscriber = o
	if errs := c.handler.streams.subscribe(ctx, op, nil, &o.subscription); len(errs) > 0 {
		c.failOperation(o, errs)
		return
	}
	if o.stream.key != "" {
		o.cancel() // the stream has a context of its own
	}
	c.mu.Lock()
	o.subscribed = true
	ending := c.status != nil // and o was not stopped, because it had not joined
	c.mu.Unlock()
	if ending {
		o.cancelAndUnsubscribe()
	}
}

// execute runs a query or mutation.
func (c *connection) executeOperation(ctx context.Context, o *operation, op *graphql.OperationContext) {
	defer c.recoverPanic()
	defer o.cancel()
	responses, ctx := c.handler.engine.DispatchOperation(ctx, op)
	response := responses(ctx)
	if response == nil || !c.removeOperation(o) {
		return // nobody waits for it any more
	}
	c.send(textFrame(append(append(o.prefix, encode(response)...), '}')))
	c.send(completeFrame(o.id))
}

// fail ends an operation with errors; nothing follows them.
func (c *connection) failOperation(o *operation, errs gqlerror.List) {
	if c.removeOperation(o) {
		o.cancelAndUnsubscribe()
		c.send(textFrame(encodeMessage(o.id, typeError, errs)))
	}
}

// deliver is told by the stream that there is something to take.
func (o *operation) notify() {
	c := o.conn
	c.mu.Lock()
	if c.status == nil && !o.queued {
		o.queued = true
		c.outbox.ready = append(c.outbox.ready, o)
	}
	c.write()
}

// takeFrom returns the next frame of a subscription, if there is one. The first part may use the buffer.
func (c *connection) nextSubscriptionFrame(o *operation, buffer []byte) (own, shared []byte) {
	next, end := o.nextResponse()
	if end && !c.removeOperation(o) {
		return nil, nil // the client has ended it
	}
	if end {
		o.cancelAndUnsubscribe()
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
func (o *operation) cancelAndUnsubscribe() {
	o.conn.mu.Lock()
	joined := o.subscribed
	o.conn.mu.Unlock()
	if joined {
		o.unsubscribe()
	}
	o.cancel()
}

// add makes an operation known. It reports how many there are, and whether its id was free.
func (c *connection) addOperation(o *operation) (running int, fresh bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.ContainsFunc(c.active, func(a *operation) bool { return a.id == o.id }) {
		return 0, false
	}
	if c.status == nil {
		c.active = append(c.active, o)
	}
	return len(c.active), true
}

// remove forgets an operation, and reports false if somebody did before.
func (c *connection) removeOperation(o *operation) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := slices.Index(c.active, o)
	if at < 0 {
		return false
	}
	c.active = slices.Delete(c.active, at, at+1)
	return true
}

func (c *connection) findOperation(id string) *operation {
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
