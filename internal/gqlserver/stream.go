package gqlserver

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"antwon.dj/backend/internal/gqlserver/incremental"
)

// noVersion is the version of a subscriber that has no state yet.
const noVersion = -1

// maxResponses bounds the responses that a stream keeps. Clients determine how many there are, by the versions that
// they resume from: after a restart of the server, a few dozen different ones.
const maxResponses = 64

// stream executes one operation for all its subscribers: once for each state and each version that a subscriber has.
// Its goroutine executes the operation; each subscription is a cursor that picks up the responses.
type stream struct {
	streams   *streams
	key       string                    // "": not shared
	op        *graphql.OperationContext // the operation that is executed
	ctx       context.Context           // parent of the contexts of all executions; ends with the stream
	cancel    context.CancelFunc
	resumes   bool              // subscribers get differences
	linger    time.Duration     // how long the stream goes on without subscribers
	wakeUp    chan struct{}     // holds a token when there may be something to do
	notifying []*subscription   // used by the goroutine only: the subscriptions that notifySubscribers notifies
	list      incremental.Cache // used by the goroutine only

	mu             sync.Mutex // held only while memory is accessed
	state          State
	hasState       bool  // state is set
	previousChange int64 // ChangedAt of the state before; subscribers that have it or newer get the same difference
	responses      map[int64]*streamResponse
	revokedAt      int64           // RevokedAt of the state for which all subscribers were checked
	waiting        []*subscription // the subscriptions that wait for an execution
	subscriptions  []*subscription
	ended          bool // no subscription can be added any longer
}

// streamResponse is the response of one execution.
type streamResponse struct {
	tail
	version int64           // the version of the state
	failed  json.RawMessage // the errors of a response without data, which end the subscription; nil if there is data
	chunk   []byte          // the response as an event; guarded by the stream's mutex; nil until a subscriber needs it
}

func (s *stream) wake() {
	select {
	case s.wakeUp <- struct{}{}:
	default: // a token is waiting already
	}
}

// endRevoked ends the subscriptions of subscribers that have lost permission.
func (s *stream) endRevoked() {
	s.mu.Lock()
	var revoked []*subscription
	if s.revokedAt < s.state.RevokedAt && s.state.Revoked != nil {
		revoked = slices.DeleteFunc(slices.Clone(s.subscriptions), func(sub *subscription) bool {
			return s.state.Revoked(sub.subscriberID) == nil
		})
	}
	s.revokedAt = s.state.RevokedAt
	s.mu.Unlock()
	for _, sub := range revoked {
		failed := &streamResponse{failed: s.present(s.state.Revoked(sub.subscriberID))}
		s.mu.Lock()
		sub.failed = failed
		s.mu.Unlock()
		sub.subscriber.notify()
	}
}

// run is the stream's goroutine.
func (s *stream) run(openSource func(context.Context) (Source, error)) {
	defer s.cancel()
	switch err := s.serve(openSource); {
	case s.ctx.Err() != nil: // the only subscriber has unsubscribed, or the handler was closed
		s.streams.removeStream(s)
	case err != nil:
		s.fail(err)
	}
}

// serve executes the operation until the stream has no subscribers any longer, and then returns nil. It returns an
// error if it cannot go on, for example after a panic.
func (s *stream) serve(openSource func(context.Context) (Source, error)) (err error) {
	defer s.recoverPanic(&err)
	source, err := openSource(s.ctx)
	if err != nil {
		return err
	}
	defer source.Close()
	var linger <-chan time.Time // runs while there are no subscribers
	for {
		state, newer := source.Newest()
		debt := s.debt()
		s.update(source, state, debt == 0)
		var paid <-chan time.Time
		if debt > 0 {
			paid = time.After(debt)
		}
		switch unused := s.hasNoSubscribers(); {
		case !unused:
			linger = nil
		case linger == nil:
			linger = time.After(s.linger)
		}
		var refresh <-chan time.Time
		if state.RefreshAfter > 0 {
			refresh = time.After(state.RefreshAfter)
		}
		select {
		case <-newer:
		case <-refresh:
		case <-state.RefreshWhen:
		case <-paid:
		case <-s.wakeUp:
		case <-linger:
			if s.streams.removeIfUnused(s) {
				return nil
			}
			linger = nil // there is a subscriber again, or was one meanwhile
		case <-s.ctx.Done():
			return nil
		}
	}
}

// update makes state the present one, ends the subscriptions that have lost permission, and executes what the others
// need, unless that cannot be paid: then they get a later state.
func (s *stream) update(source Source, state State, canPay bool) {
	changed := s.setState(state)
	s.endRevoked()
	if changed && canPay {
		s.executeForCurrent(source)
	}
	s.notifySubscribers()
	if canPay {
		s.executeRequested(source)
	}
}

// payer returns the payer of the only subscriber, or nil if there are several: nobody pays for what they share.
func (s *stream) payer() *payer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.subscriptions) != 1 {
		return nil
	}
	return s.subscriptions[0].payer
}

// debt returns how long to wait until the next execution can be paid.
func (s *stream) debt() time.Duration {
	if p := s.payer(); p != nil {
		return p.debt()
	}
	return 0
}

// recoverPanic is deferred. It turns a panic into an error.
func (s *stream) recoverPanic(err *error) {
	if p := recover(); p != nil {
		*err = s.op.RecoverFunc(graphql.WithOperationContext(s.ctx, s.op), p)
	}
}

// setState makes state the present one, and reports whether subscribers that have the state before need a new response.
func (s *stream) setState(state State) (changed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := !s.hasState
	if first {
		s.previousChange = state.ChangedAt
	}
	if first || state.ChangedAt != s.state.ChangedAt {
		if !first {
			s.previousChange = s.state.ChangedAt
		}
		s.responses = map[int64]*streamResponse{}
		changed = !first && len(s.subscriptions) > 0
	}
	s.state, s.hasState = state, true
	return changed
}

// executeForCurrent executes what most subscribers need next: the difference from the state before.
func (s *stream) executeForCurrent(source Source) {
	from := int64(noVersion)
	if s.resumes && s.previousChange >= s.state.OldestBase {
		from = s.previousChange
	}
	s.executeFrom(source, from)
}

// executeFrom executes the difference from a version to the present state, and notifies the subscribers that wait for
// it.
func (s *stream) executeFrom(source Source, from int64) {
	for _, sub := range s.storeResponse(from, s.execute(source, from)) {
		sub.subscriber.notify()
	}
}

// notifySubscribers notifies all subscribers that have not got the present state.
func (s *stream) notifySubscribers() {
	s.mu.Lock()
	for _, sub := range s.subscriptions {
		if !sub.waiting && (!sub.started || sub.deliveredVersion < s.state.ChangedAt || s.state.Last) {
			s.notifying = append(s.notifying, sub)
		}
	}
	s.mu.Unlock()
	for _, sub := range s.notifying {
		sub.subscriber.notify()
	}
	clear(s.notifying)
	s.notifying = s.notifying[:0]
}

// executeRequested executes what subscribers wait for, until none waits.
func (s *stream) executeRequested(source Source) {
	for from, ok := s.nextRequested(); ok; from, ok = s.nextRequested() {
		s.executeFrom(source, from)
	}
}

func (s *stream) nextRequested() (from int64, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.waiting) == 0 {
		return 0, false
	}
	return s.baseVersion(s.waiting[0]), true
}

// storeResponse keeps a response and returns the subscriptions that have waited for it. A failure is kept for these
// only: later subscribers get a new execution.
func (s *stream) storeResponse(from int64, p *streamResponse) (served []*subscription) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.failed == nil {
		s.makeRoom()
		s.responses[from] = p
	}
	s.waiting = slices.DeleteFunc(s.waiting, func(sub *subscription) bool {
		if s.baseVersion(sub) != from {
			return false
		}
		sub.waiting = false
		if p.failed != nil {
			sub.failed = p
		}
		served = append(served, sub)
		return true
	})
	return served
}

// makeRoom discards some response if there are too many. A subscriber that still needs it requests it again.
func (s *stream) makeRoom() {
	for from := range s.responses {
		if len(s.responses) < maxResponses {
			return
		}
		delete(s.responses, from)
	}
}

func (s *stream) hasNoSubscribers() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.subscriptions) == 0
}

// fail ends the stream with an error for all subscribers.
func (s *stream) fail(err error) {
	s.streams.removeStream(s)
	failed := &streamResponse{failed: s.present(err)}
	s.mu.Lock()
	subs := slices.Clone(s.subscriptions)
	for _, sub := range subs {
		sub.failed = failed
	}
	s.mu.Unlock()
	for _, sub := range subs {
		sub.subscriber.notify()
	}
}

func (s *stream) present(err error) json.RawMessage {
	if root, refusal := rootField(s.op); refusal == nil { // it was checked before the stream began
		err = errorOfField(root, err)
	}
	return encodeErrors(s.streams.present(s.ctx, s.op, err))
}

// execute executes the operation for the difference from a version to the present state.
func (s *stream) execute(source Source, from int64) *streamResponse {
	p, err := s.executeEvent(source, from)
	if err != nil {
		return &streamResponse{failed: s.present(err)}
	}
	return p
}

func (s *stream) executeEvent(source Source, from int64) (p *streamResponse, err error) {
	fields := min(int64(estimateOf(s.op).fields), fieldsOfHalf(s.streams.engine.cfg.Limits))
	if err := s.streams.turns.Acquire(s.ctx, fields); err != nil {
		return nil, err
	}
	defer s.streams.turns.Release(fields)
	ctx, span := s.streams.engine.tracing.startExecution(s.ctx, s.op, s.key != "")
	defer func() { endSpan(span, err) }()
	defer s.recoverPanic(&err)
	s.streams.metrics.countExecution(s.key != "")
	var since *int64
	if from != noVersion {
		since = &from
	}
	event, err := source.Event(ctx, since, s.state)
	if err != nil {
		return nil, err
	}
	response := s.dispatch(ctx, event)
	endOperationSpan(span, errorsOf(response))
	if response == nil {
		return nil, errors.Join(errors.New("the stream was cut off"), s.ctx.Err())
	}
	return s.newResponse(response), nil
}

// dispatch executes the operation for an event. If the event is a list, it executes only the elements that are new.
func (s *stream) dispatch(ctx context.Context, event any) *graphql.Response {
	execute := func(event any) *graphql.Response {
		responses, ctx := s.streams.engine.Executor.DispatchOperation(withEvent(ctx, event), s.op)
		return responses(withRootField(ctx, s.op))
	}
	switch list, ok := event.(*incremental.List); {
	case !ok:
		return execute(event)
	case s.key == "": // the elements may depend on the viewer
		return execute(list.Whole())
	default:
		return s.list.Execute(s.op, s.streams.analyzer.schema, list, execute)
	}
}

func (s *stream) newResponse(response *graphql.Response) *streamResponse {
	if p := s.payer(); p != nil {
		p.charge(s.ctx, countFields(response.Data))
	}
	s.streams.engine.boundAnswer(s.op, response)
	s.streams.metrics.countErrors(response.Errors)
	if len(response.Data) == 0 || string(response.Data) == "null" {
		return &streamResponse{failed: encodeErrors(response.Errors)}
	}
	plain := append(encode(response), '}')
	return &streamResponse{version: s.state.Version, tail: tail{plain: plain, shared: s.key != ""}}
}
