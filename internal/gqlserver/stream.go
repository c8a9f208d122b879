package gqlserver

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// everything is the version to begin with for a client that has none.
const noVersion = -1

// maxPayloads is how many responses a stream keeps: which there are is up to the clients, by the versions that they go on
// from. Joiners after a restart differ by a few dozen versions.
const maxResponses = 64

// stream executes one operation for all who follow it: once for each state and each version that somebody leads on from.
// Its goroutine executes; whoever follows is a cursor, and takes what was executed.
type stream struct {
	streams   *streams
	key       string                    // "" if it is not shared
	op        *graphql.OperationContext // of all executions
	ctx       context.Context           // of all executions; ends with the stream
	cancel    context.CancelFunc
	resumes   bool            // subscribers get differences
	linger    time.Duration   // how long it goes on without subscribers
	wakeUp    chan struct{}   // holds a token when there may be something to do
	notifying []*subscription // the goroutine's own: whom it is waking

	mu             sync.Mutex // held for memory only
	state          State
	hasState       bool  // there is a state
	previousChange int64 // State.Changed of what was shown before state: who has seen that or later is told the same
	responses      map[int64]*streamResponse
	revokedAt      int64           // State.BarredAt when everybody was asked about
	waiting        []*subscription // who wait for an execution
	subscriptions  []*subscription
	ended          bool // nobody can join any more
}

// payload is the response to one execution.
type streamResponse struct {
	tail
	version int64           // of the state it shows
	failed  json.RawMessage // there are no data: the subscription ends with these errors
}

// subscriber is told by a stream that there is something to take. It must not block.
type subscriber interface{ notify() }

// subscription is somebody's cursor on a stream. Its fields are guarded by the stream's mutex, but for those that never
// change.
type subscription struct {
	subscriber   subscriber
	stream       *stream
	minVersion   int64 // the version that it must be shown at least
	subscriberID string
	onEnd        func() // tells that it has ended; may be nil

	index            int   // in stream.subs
	deliveredVersion int64 // the version it has, or everything
	started          bool  // it was told something
	waiting          bool  // it is among stream.wanted
	ended            bool
	failed           *streamResponse // what it ends with
}

// take returns what the subscription has to be told next, if there is something; if not, its subscriber is told when there
// is. With end, nothing follows, and the subscription has left.
func (sub *subscription) nextResponse() (next *streamResponse, end bool) {
	s := sub.stream
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case sub.ended:
		return nil, false
	case sub.failed != nil:
		s.remove(sub)
		return sub.failed, true
	case !s.hasState || s.state.Version < sub.minVersion:
		return nil, false
	case sub.started && sub.deliveredVersion >= s.state.ChangedAt:
		if s.state.Last { // and was not, when it was told
			s.remove(sub)
		}
		return nil, s.state.Last
	}
	next = s.responses[s.baseVersion(sub)]
	if next == nil || next.version < max(sub.deliveredVersion, sub.minVersion) {
		s.requestExecution(sub)
		return nil, false
	}
	sub.started, sub.deliveredVersion = true, next.version
	if s.state.Last {
		s.remove(sub)
	}
	return next, s.state.Last
}

// from returns the version from which an event has to lead to the present state. Versions that show the same are one, as
// far as the source can tell what followed them.
func (s *stream) baseVersion(sub *subscription) int64 {
	switch {
	case !s.resumes || sub.deliveredVersion < s.state.OldestBase:
		return noVersion
	case sub.deliveredVersion >= s.state.ChangedAt:
		return max(s.state.ChangedAt, s.state.OldestBase)
	case sub.deliveredVersion >= s.previousChange:
		return max(s.previousChange, s.state.OldestBase)
	default:
		return sub.deliveredVersion
	}
}

func (s *stream) requestExecution(sub *subscription) {
	if !sub.waiting {
		sub.waiting = true
		s.waiting = append(s.waiting, sub)
		s.wake()
	}
}

func (s *stream) wake() {
	select {
	case s.wakeUp <- struct{}{}:
	default: // a token waits already
	}
}

// join counts a subscription in. It reports false when the stream is over.
func (s *stream) add(sub *subscription) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return false
	}
	sub.stream, sub.index = s, len(s.subscriptions)
	s.revokedAt = min(s.revokedAt, sub.minVersion) // what was decided since it was let in is for it, too
	s.subscriptions = append(s.subscriptions, sub)
	s.streams.metrics.subscriptions.Inc()
	return true
}

// leave ends a subscription; doing it again does nothing.
func (sub *subscription) unsubscribe() {
	s := sub.stream
	s.mu.Lock()
	defer s.mu.Unlock()
	if !sub.ended {
		s.remove(sub)
	}
}

func (s *stream) remove(sub *subscription) {
	last := len(s.subscriptions) - 1
	s.subscriptions[sub.index] = s.subscriptions[last]
	s.subscriptions[sub.index].index = sub.index
	s.subscriptions[last] = nil
	s.subscriptions = s.subscriptions[:last]
	sub.ended = true
	s.streams.metrics.subscriptions.Dec()
	s.streams.metrics.countSubscription(sub.failed != nil)
	if last == 0 {
		s.wake() // to linger
	}
	if sub.onEnd != nil {
		sub.onEnd()
	}
}

// bar ends the subscriptions of those who may follow no more.
func (s *stream) endRevoked() {
	s.mu.Lock()
	var barred []*subscription
	if s.revokedAt < s.state.RevokedAt && s.state.Revoked != nil {
		barred = slices.DeleteFunc(slices.Clone(s.subscriptions), func(sub *subscription) bool { return s.state.Revoked(sub.subscriberID) == nil })
	}
	s.revokedAt = s.state.RevokedAt
	s.mu.Unlock()
	for _, sub := range barred {
		failed := &streamResponse{failed: s.present(s.state.Revoked(sub.subscriberID))}
		s.mu.Lock()
		sub.failed = failed
		s.mu.Unlock()
		sub.subscriber.notify()
	}
}

// run is the stream's goroutine.
func (s *stream) run(follow func(context.Context) (Source, error)) {
	defer s.cancel()
	switch err := s.serve(follow); {
	case s.ctx.Err() != nil: // those who followed have ended it
		s.streams.removeStream(s)
	case err != nil:
		s.fail(err)
	}
}

// serve returns when nobody follows any more, or why it cannot go on. A panic is such an error.
func (s *stream) serve(follow func(context.Context) (Source, error)) (err error) {
	defer s.recoverPanic(&err)
	source, err := follow(s.ctx)
	if err != nil {
		return err
	}
	defer source.Close()
	var linger <-chan time.Time // runs while nobody follows
	for {
		state, newer := source.Newest()
		news := s.setState(state)
		s.endRevoked()
		if news {
			s.executeForCurrent(source)
		}
		s.notifySubscribers()
		s.executeRequested(source)
		switch alone := s.hasNoSubscribers(); {
		case !alone:
			linger = nil
		case linger == nil:
			linger = time.After(s.linger)
		}
		var again <-chan time.Time
		if state.RefreshAfter > 0 {
			again = time.After(state.RefreshAfter)
		}
		select {
		case <-newer:
		case <-again:
		case <-s.wakeUp:
		case <-linger:
			if s.streams.removeIfUnused(s) {
				return nil
			}
			linger = nil // somebody came, and may be gone again
		case <-s.ctx.Done():
			return nil
		}
	}
}

func (s *stream) recoverPanic(err *error) {
	if p := recover(); p != nil {
		*err = s.op.RecoverFunc(graphql.WithOperationContext(s.ctx, s.op), p)
	}
}

// advance takes over a newer state, and reports whether it shows something new to those who saw the one before.
func (s *stream) setState(state State) (news bool) {
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
		news = !first && len(s.subscriptions) > 0
	}
	s.state, s.hasState = state, true
	return news
}

// prepare executes what most subscribers are about to take, those who saw the state before.
func (s *stream) executeForCurrent(source Source) {
	from := int64(noVersion)
	if s.resumes && s.previousChange >= s.state.OldestBase {
		from = s.previousChange
	}
	s.executeFrom(source, from)
}

// produce executes what leads from a version to the present state, and wakes those who have waited for it.
func (s *stream) executeFrom(source Source, from int64) {
	for _, sub := range s.storeResponse(from, s.execute(source, from)) {
		sub.subscriber.notify()
	}
}

// tell wakes everybody for whom there is news.
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

// produceWanted executes what somebody waits for, until nobody does.
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

// keep makes a payload known and returns those who have waited for it. A failure is theirs alone: who comes later gets a
// new execution.
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

// makeRoom forgets any payload when there are too many. Who has not taken it yet will ask for it again.
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

// fail ends the stream for everybody.
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
	ctx := graphql.WithOperationContext(s.ctx, s.op)
	return encodeErrors(s.streams.engine.DispatchError(ctx, gqlerror.List{gqlerror.WrapIfUnwrapped(err)}).Errors)
}

// execute runs the operation on what leads from a version to the present state.
func (s *stream) execute(source Source, from int64) *streamResponse {
	p, err := s.executeEvent(source, from)
	if err != nil {
		return &streamResponse{failed: s.present(err)}
	}
	return p
}

func (s *stream) executeEvent(source Source, from int64) (p *streamResponse, err error) {
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
	responses, ctx := s.streams.engine.Executor.DispatchOperation(withEvent(ctx, event), s.op)
	response := responses(ctx)
	endOperationSpan(span, errorsOf(response))
	if response == nil {
		return nil, errors.Join(errors.New("the stream was cut off"), s.ctx.Err())
	}
	return s.newResponse(response), nil
}

func (s *stream) newResponse(response *graphql.Response) *streamResponse {
	s.streams.metrics.countErrors(response.Errors)
	if len(response.Data) == 0 || string(response.Data) == "null" {
		return &streamResponse{failed: encodeErrors(response.Errors)}
	}
	p := &streamResponse{version: s.state.Version, tail: tail{plain: append(encode(response), '}')}}
	if s.key != "" && s.streams.compress {
		p.deflate()
	}
	return p
}
