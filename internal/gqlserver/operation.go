package gqlserver

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"antwon.dj/backend/internal/ratelimit"
)

// operation is an operation that a client runs on its connection.
type operation struct {
	subscription // used while subscribed
	conn         *connection
	id           string
	prefix       string             // begins each of its messages of type next
	cancel       context.CancelFunc // ends the context of a query, mutation or private subscription
	cost         *ratelimit.Uses    // what it used of its limits; nil: its client has not asked

	// Guarded by the connection's mutex.
	subscribed bool       // the subscription belongs to a stream
	queued     bool       // the operation waits in the outbox
	nextReady  *operation // the one behind it in the outbox
}

// handleMessage handles a message. It returns nil, or the status with which the connection has to be closed.
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

// initialize authenticates the client with the credentials in the payload of connection_init.
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
		c.limiter = ratelimit.NewBucket(ratelimit.Rate{
			Name: "operations", Burst: limits.Operations, PerSecond: float64(limits.OperationsPerSecond),
		})
	}
	c.ctx, c.payer, c.remoteAddr = ctx, c.handler.budgets.payer(client, c.remoteAddr), ""
	c.mu.Lock()
	c.session = client.SessionID
	c.deadlines.init, c.deadlines.expiry = time.Time{}, client.ExpiresAt
	if client.Anonymous {
		c.deadlines.idle = time.Now().Add(limits.AnonymousIdle)
	}
	c.schedule()
	c.mu.Unlock()
	if c.handler.cfg.Ended(client.SessionID) { // ended after Authenticate, before CloseEnded could find it here
		return &closedByEndedSession
	}
	c.send(textFrame(encodeMessage("", typeAck, nil)))
	return nil
}

// startOperation starts the operation that a message asks for.
func (c *connection) startOperation(m message) *closeStatus {
	ctx, cancel := context.WithCancel(withCost(graphql.StartOperationTrace(c.ctx), m.params))
	o := &operation{conn: c, prefix: nextPrefix(m.id), cancel: cancel, cost: ratelimit.UsesFrom(ctx)}
	o.id = idWithin(o.prefix, m.id)
	running, fresh := c.addOperation(o)
	if !fresh {
		cancel()
		e := closedByDuplicateID(m.id)
		return &e
	}
	defer c.recoverOperation(o)
	if refusal := c.checkOperationLimits(ctx, running, m.size); refusal != nil {
		c.failOperation(o, gqlerror.List{refusal})
		return nil
	}
	if m.refusal != "" {
		refused := gqlerror.List{refusal(codeBadInput, m.refusal)}
		c.handler.metrics.countErrors(refused)
		c.failOperation(o, refused)
		return nil
	}
	m.params.ReadTime = graphql.TraceTiming{Start: graphql.Now(), End: graphql.Now()}
	engine := c.handler.engine
	leave, refusal := c.payer.enterPreparation(ctx, m.size)
	if refusal != nil {
		c.handler.metrics.countErrors(gqlerror.List{refusal})
		c.failOperation(o, gqlerror.List{refusal})
		return nil
	}
	leave = sync.OnceFunc(leave)
	defer leave() // also if it panics
	op, errs := engine.CreateOperationContext(ctx, m.params)
	leave() // the rest may wait for the database
	switch {
	case len(errs) > 0:
		c.payer.charge(ctx, refusedCost(m.params))
		c.failOperation(o, engine.DispatchError(graphql.WithOperationContext(ctx, op), errs).Errors)
	case op.Operation.Operation == ast.Subscription:
		c.subscribe(ctx, o, op)
	default:
		c.running.Go(func() { c.executeOperation(ctx, o, op) })
	}
	return nil
}

// checkOperationLimits returns an error if the client runs too many operations at once, starts them too often, or has
// spent its budget. Size is that of the operation's message in bytes.
func (c *connection) checkOperationLimits(ctx context.Context, running, size int) *gqlerror.Error {
	limits := c.handler.cfg.Limits
	if uses := ratelimit.UsesFrom(ctx); uses != nil {
		uses.Add(ratelimit.NewUse("running operations", running, limits.Operations))
	}
	var refusal *gqlerror.Error
	switch {
	case running > limits.Operations:
		refusal = gqlerror.Errorf("At most %d operations may run at the same time on one connection.", limits.Operations)
	case c.limiter != nil && c.limiter.Allow(ctx) > 0:
		refusal = gqlerror.Errorf("At most %d operations per second may be started on one connection.",
			limits.OperationsPerSecond)
		refusal.Extensions = map[string]any{"retryAfterMs": 1000}
	default:
		refusal = c.payer.take(ctx, requestCost(size))
	}
	if refusal == nil {
		return nil
	}
	errcode.Set(refusal, codeRateLimited)
	c.handler.metrics.countErrors(gqlerror.List{refusal})
	return refusal
}

// subscribe subscribes the operation to a stream.
func (c *connection) subscribe(ctx context.Context, o *operation, op *graphql.OperationContext) {
	o.subscriber, o.payer = o, c.payer
	if errs := c.handler.streams.subscribe(ctx, op, nil, &o.subscription); len(errs) > 0 {
		c.failOperation(o, errs)
		return
	}
	c.markSubscribed(o)
}

// markSubscribed records that an operation is subscribed to a stream. A shared stream has its own context, so the
// context of the operation is cancelled and released.
func (c *connection) markSubscribed(o *operation) {
	c.mu.Lock()
	o.subscribed = true
	if o.stream.key != "" {
		o.cancel()
		o.cancel = func() {}
	}
	closing := c.status != nil // then the operation was not unsubscribed, because it was not subscribed yet
	c.mu.Unlock()
	if closing {
		o.cancelAndUnsubscribe()
	}
}

// executeOperation executes a query or mutation and sends its response.
func (c *connection) executeOperation(ctx context.Context, o *operation, op *graphql.OperationContext) {
	defer o.cancel()
	defer c.recoverOperation(o)
	response, refusal := c.handler.engine.execute(ctx, op, c.payer)
	if refusal != nil {
		c.handler.metrics.countErrors(gqlerror.List{refusal})
		c.failOperation(o, gqlerror.List{refusal})
		return
	}
	if response == nil {
		return // the connection is closing
	}
	message := append(append([]byte(o.prefix), encode(response)...), '}')
	if !c.removeOperation(o) {
		return // the client has completed the operation, or the connection is closing
	}
	c.send(textFrame(message))
	c.send(completeFrame(o.id))
}

// recoverOperation is deferred. After a panic it ends the operation with an error, so that the others go on.
func (c *connection) recoverOperation(o *operation) {
	if p := recover(); p != nil {
		err := c.handler.engine.PresentRecoveredError(c.ctx, p) // logs the panic
		c.failOperation(o, gqlerror.List{gqlerror.WrapIfUnwrapped(err)})
	}
}

// failOperation ends an operation with errors, after which no message follows.
func (c *connection) failOperation(o *operation, errs gqlerror.List) {
	if c.removeOperation(o) {
		o.cancelAndUnsubscribe()
		c.send(textFrame(encodeMessage(o.id, typeError, errorsWithCost(o.cost, errs))))
	}
}

// notify is called by the stream when the subscription has a response to send.
func (o *operation) notify() {
	c := o.conn
	c.mu.Lock()
	if c.status == nil {
		c.outbox.addReady(o)
	}
	c.write()
}

// nextSubscriptionFrame returns the next frame of a subscription in two parts, or nil if there is none. The first part
// may be in the buffer.
func (c *connection) nextSubscriptionFrame(o *operation, buffer []byte) (own, shared []byte) {
	if c.events {
		return c.nextEventFrame(o, buffer)
	}
	next, end := o.nextResponse()
	if end && !c.removeOperation(o) {
		return nil, nil // the client has completed it meanwhile
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
		c.send(completeFrame(o.id)) // is sent after this frame, because this goroutine writes
	}
	return next.appendNext(buffer, o.prefix, c.compress)
}

// cancelAndUnsubscribe stops an operation whose result is no longer needed.
func (o *operation) cancelAndUnsubscribe() {
	o.conn.mu.Lock()
	joined, cancel := o.subscribed, o.cancel
	o.conn.mu.Unlock()
	if joined {
		o.unsubscribe()
	}
	cancel()
}

// addOperation adds an operation. It returns how many the connection has, and whether the id was unused.
func (c *connection) addOperation(o *operation) (running int, fresh bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.ContainsFunc(c.active, func(a *operation) bool { return a.id == o.id }) {
		return 0, false
	}
	if c.status == nil {
		c.active = append(c.active, o)
		if !c.deadlines.idle.IsZero() {
			c.deadlines.idle = time.Now().Add(c.handler.cfg.Limits.AnonymousIdle)
		}
	} else {
		o.cancel() // close did not find it
	}
	return len(c.active), true
}

// removeOperation removes an operation. It returns false if the operation was removed before.
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

// encodeMessage returns a message of the protocol. It omits an empty id and a nil payload.
func encodeMessage(id, kind string, payload any) []byte {
	data, err := json.Marshal(struct {
		ID      string `json:"id,omitempty"`
		Type    string `json:"type"`
		Payload any    `json:"payload,omitempty"`
	}{id, kind, payload})
	if err != nil {
		panic(err) // a resolver or presenter has returned something that is not JSON
	}
	return data
}
