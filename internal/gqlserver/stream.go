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
const everything = -1

// maxPayloads is how many responses a stream keeps: which there are is up to the clients, by the versions that they go on
// from. Joiners after a restart differ by a few dozen versions.
const maxPayloads = 64

// stream executes one operation for all who follow it: once for each state and each version that somebody leads on from.
// Its goroutine executes; whoever follows is a cursor, and takes what was executed.
type stream struct {
	streams *streams
	key     string                    // "" if it is not shared
	op      *graphql.OperationContext // of all executions
	ctx     context.Context           // of all executions; ends with the stream
	cancel  context.CancelFunc
	resumes bool            // subscribers get differences
	linger  time.Duration   // how long it goes on without subscribers
	poke    chan struct{}   // holds a token when there may be something to do
	telling []*subscription // the goroutine's own: whom it is waking

	mu       sync.Mutex // held for memory only
	state    State
	ready    bool  // there is a state
	before   int64 // State.Changed of what was shown before state: who has seen that or later is told the same
	payloads map[int64]*payload
	barredAt int64           // State.BarredAt when everybody was asked about
	wanted   []*subscription // who wait for an execution
	subs     []*subscription
	over     bool // nobody can join any more
}

// payload is the response to one execution.
type payload struct {
	tail
	version int64           // of the state it shows
	failed  json.RawMessage // there are no data: the subscription ends with these errors
}

// subscriber is told by a stream that there is something to take. It must not block.
type subscriber interface{ deliver() }

// subscription is somebody's cursor on a stream. Its fields are guarded by the stream's mutex, but for those that never
// change.
type subscription struct {
	subscriber subscriber
	stream     *stream
	need       int64 // the version that it must be shown at least
	who        string
	gone       func() // tells that it has ended; may be nil

	place   int   // in stream.subs
	seen    int64 // the version it has, or everything
	begun   bool  // it was told something
	waiting bool  // it is among stream.wanted
	left    bool
	failed  *payload // what it ends with
}

// take returns what the subscription has to be told next, if there is something; if not, its subscriber is told when there
// is. With end, nothing follows, and the subscription has left.
func (sub *subscription) take() (next *payload, end bool) {
	s := sub.stream
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case sub.left:
		return nil, false
	case sub.failed != nil:
		s.drop(sub)
		return sub.failed, true
	case !s.ready || s.state.Version < sub.need:
		return nil, false
	case sub.begun && sub.seen >= s.state.Changed:
		if s.state.Last { // and was not, when it was told
			s.drop(sub)
		}
		return nil, s.state.Last
	}
	next = s.payloads[s.from(sub)]
	if next == nil || next.version < max(sub.seen, sub.need) {
		s.want(sub)
		return nil, false
	}
	sub.begun, sub.seen = true, next.version
	if s.state.Last {
		s.drop(sub)
	}
	return next, s.state.Last
}

// from returns the version from which an event has to lead to the present state. Versions that show the same are one, as
// far as the source can tell what followed them.
func (s *stream) from(sub *subscription) int64 {
	switch {
	case !s.resumes || sub.seen < s.state.Oldest:
		return everything
	case sub.seen >= s.state.Changed:
		return max(s.state.Changed, s.state.Oldest)
	case sub.seen >= s.before:
		return max(s.before, s.state.Oldest)
	default:
		return sub.seen
	}
}

func (s *stream) want(sub *subscription) {
	if !sub.waiting {
		sub.waiting = true
		s.wanted = append(s.wanted, sub)
		s.wake()
	}
}

func (s *stream) wake() {
	select {
	case s.poke <- struct{}{}:
	default: // a token waits already
	}
}

// join counts a subscription in. It reports false when the stream is over.
func (s *stream) join(sub *subscription) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return false
	}
	sub.stream, sub.place = s, len(s.subs)
	s.barredAt = min(s.barredAt, sub.need) // what was decided since it was let in is for it, too
	s.subs = append(s.subs, sub)
	s.streams.metrics.subscriptions.Inc()
	return true
}

// leave ends a subscription; doing it again does nothing.
func (sub *subscription) leave() {
	s := sub.stream
	s.mu.Lock()
	defer s.mu.Unlock()
	if !sub.left {
		s.drop(sub)
	}
}

func (s *stream) drop(sub *subscription) {
	last := len(s.subs) - 1
	s.subs[sub.place] = s.subs[last]
	s.subs[sub.place].place = sub.place
	s.subs[last] = nil
	s.subs = s.subs[:last]
	sub.left = true
	s.streams.metrics.subscriptions.Dec()
	s.streams.metrics.countSubscription(sub.failed != nil)
	if last == 0 {
		s.wake() // to linger
	}
	if sub.gone != nil {
		sub.gone()
	}
}

// bar ends the subscriptions of those who may follow no more.
func (s *stream) bar() {
	s.mu.Lock()
	var barred []*subscription
	if s.barredAt < s.state.BarredAt && s.state.Barred != nil {
		barred = slices.DeleteFunc(slices.Clone(s.subs), func(sub *subscription) bool { return s.state.Barred(sub.who) == nil })
	}
	s.barredAt = s.state.BarredAt
	s.mu.Unlock()
	for _, sub := range barred {
		failed := &payload{failed: s.present(s.state.Barred(sub.who))}
		s.mu.Lock()
		sub.failed = failed
		s.mu.Unlock()
		sub.subscriber.deliver()
	}
}

// run is the stream's goroutine.
func (s *stream) run(follow func(context.Context) (Source, error)) {
	defer s.cancel()
	switch err := s.serve(follow); {
	case s.ctx.Err() != nil: // those who followed have ended it
		s.streams.forget(s)
	case err != nil:
		s.fail(err)
	}
}

// serve returns when nobody follows any more, or why it cannot go on. A panic is such an error.
func (s *stream) serve(follow func(context.Context) (Source, error)) (err error) {
	defer s.catch(&err)
	source, err := follow(s.ctx)
	if err != nil {
		return err
	}
	defer source.Close()
	var linger <-chan time.Time // runs while nobody follows
	for {
		state, newer := source.Newest()
		news := s.advance(state)
		s.bar()
		if news {
			s.prepare(source)
		}
		s.tell()
		s.produceWanted(source)
		switch alone := s.alone(); {
		case !alone:
			linger = nil
		case linger == nil:
			linger = time.After(s.linger)
		}
		var again <-chan time.Time
		if state.Again > 0 {
			again = time.After(state.Again)
		}
		select {
		case <-newer:
		case <-again:
		case <-s.poke:
		case <-linger:
			if s.streams.end(s) {
				return nil
			}
			linger = nil // somebody came, and may be gone again
		case <-s.ctx.Done():
			return nil
		}
	}
}

func (s *stream) catch(err *error) {
	if p := recover(); p != nil {
		*err = s.op.RecoverFunc(graphql.WithOperationContext(s.ctx, s.op), p)
	}
}

// advance takes over a newer state, and reports whether it shows something new to those who saw the one before.
func (s *stream) advance(state State) (news bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := !s.ready
	if first {
		s.before = state.Changed
	}
	if first || state.Changed != s.state.Changed {
		if !first {
			s.before = s.state.Changed
		}
		s.payloads = map[int64]*payload{}
		news = !first && len(s.subs) > 0
	}
	s.state, s.ready = state, true
	return news
}

// prepare executes what most subscribers are about to take, those who saw the state before.
func (s *stream) prepare(source Source) {
	from := int64(everything)
	if s.resumes && s.before >= s.state.Oldest {
		from = s.before
	}
	s.produce(source, from)
}

// produce executes what leads from a version to the present state, and wakes those who have waited for it.
func (s *stream) produce(source Source, from int64) {
	for _, sub := range s.keep(from, s.execute(source, from)) {
		sub.subscriber.deliver()
	}
}

// tell wakes everybody for whom there is news.
func (s *stream) tell() {
	s.mu.Lock()
	for _, sub := range s.subs {
		if !sub.waiting && (!sub.begun || sub.seen < s.state.Changed || s.state.Last) {
			s.telling = append(s.telling, sub)
		}
	}
	s.mu.Unlock()
	for _, sub := range s.telling {
		sub.subscriber.deliver()
	}
	clear(s.telling)
	s.telling = s.telling[:0]
}

// produceWanted executes what somebody waits for, until nobody does.
func (s *stream) produceWanted(source Source) {
	for from, ok := s.nextWanted(); ok; from, ok = s.nextWanted() {
		s.produce(source, from)
	}
}

func (s *stream) nextWanted() (from int64, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.wanted) == 0 {
		return 0, false
	}
	return s.from(s.wanted[0]), true
}

// keep makes a payload known and returns those who have waited for it. A failure is theirs alone: who comes later gets a
// new execution.
func (s *stream) keep(from int64, p *payload) (served []*subscription) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.failed == nil {
		s.makeRoom()
		s.payloads[from] = p
	}
	s.wanted = slices.DeleteFunc(s.wanted, func(sub *subscription) bool {
		if s.from(sub) != from {
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
	for from := range s.payloads {
		if len(s.payloads) < maxPayloads {
			return
		}
		delete(s.payloads, from)
	}
}

func (s *stream) alone() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.subs) == 0
}

// fail ends the stream for everybody.
func (s *stream) fail(err error) {
	s.streams.forget(s)
	failed := &payload{failed: s.present(err)}
	s.mu.Lock()
	subs := slices.Clone(s.subs)
	for _, sub := range subs {
		sub.failed = failed
	}
	s.mu.Unlock()
	for _, sub := range subs {
		sub.subscriber.deliver()
	}
}

func (s *stream) present(err error) json.RawMessage {
	ctx := graphql.WithOperationContext(s.ctx, s.op)
	return encodeErrors(s.streams.engine.DispatchError(ctx, gqlerror.List{gqlerror.WrapIfUnwrapped(err)}).Errors)
}

// execute runs the operation on what leads from a version to the present state.
func (s *stream) execute(source Source, from int64) *payload {
	p, err := s.respond(source, from)
	if err != nil {
		return &payload{failed: s.present(err)}
	}
	return p
}

func (s *stream) respond(source Source, from int64) (p *payload, err error) {
	ctx, span := s.streams.engine.tracing.execution(s.ctx, s.op, s.key != "")
	defer func() { finishWith(span, err) }()
	defer s.catch(&err)
	s.streams.metrics.countExecution(s.key != "")
	var since *int64
	if from != everything {
		since = &from
	}
	event, err := source.Event(ctx, since, s.state)
	if err != nil {
		return nil, err
	}
	responses, ctx := s.streams.engine.Executor.DispatchOperation(withEvent(ctx, event), s.op)
	response := responses(ctx)
	finish(span, errorsOf(response))
	if response == nil {
		return nil, errors.Join(errors.New("the stream was cut off"), s.ctx.Err())
	}
	return s.pack(response), nil
}

func (s *stream) pack(response *graphql.Response) *payload {
	s.streams.metrics.countErrors(response.Errors)
	if len(response.Data) == 0 || string(response.Data) == "null" {
		return &payload{failed: encodeErrors(response.Errors)}
	}
	p := &payload{version: s.state.Version, tail: tail{plain: append(encode(response), '}')}}
	if s.key != "" && s.streams.compress {
		p.deflate()
	}
	return p
}
