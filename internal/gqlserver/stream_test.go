package gqlserver

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// fakeSource is a source whose state a test sets.
type fakeSource struct {
	closed bool

	mu       sync.Mutex
	state    State
	newer    chan struct{}
	onNewest func() // called by Newest
	onEvent  func() // called by Event
}

// set changes the source and announces a new state.
func (s *fakeSource) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	close(s.newer)
	s.newer = make(chan struct{})
}

func (s *fakeSource) Newest() (State, <-chan struct{}) {
	s.mu.Lock()
	onNewest, state, newer := s.onNewest, s.state, s.newer
	s.mu.Unlock()
	if onNewest != nil {
		onNewest()
	}
	return state, newer
}

func (s *fakeSource) Event(context.Context, *int64, State) (any, error) {
	s.mu.Lock()
	onEvent := s.onEvent
	s.mu.Unlock()
	if onEvent != nil {
		onEvent()
	}
	return 7, nil
}

func (s *fakeSource) Close() { s.closed = true }

// numberSchema is a schema with a subscription whose responses are all the same number.
type numberSchema struct{ schema *ast.Schema }

func (n numberSchema) Schema() *ast.Schema { return n.schema }

func (numberSchema) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

func (numberSchema) Exec(context.Context) graphql.ResponseHandler {
	return func(context.Context) *graphql.Response { return &graphql.Response{Data: json.RawMessage(`{"n":7}`)} }
}

// testSubscriber picks up each response that it is notified of.
type testSubscriber struct {
	subscription
	responses chan *streamResponse
}

func (s *testSubscriber) notify() {
	if next, _ := s.nextResponse(); next != nil {
		s.responses <- next
	}
}

func newTestSubscriber(since int64) *testSubscriber {
	s := &testSubscriber{responses: make(chan *streamResponse, 1)}
	s.subscriber, s.deliveredVersion = s, since
	return s
}

// startStream starts a stream with one subscriber, which has got the first response. Tests call it in a synctest
// bubble.
func startStream(t *testing.T, source *fakeSource, linger time.Duration) (*streams, *stream, *testSubscriber) {
	t.Helper()
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: `
		directive @shared(resume: String) on FIELD_DEFINITION
		type Query { n: Int }
		type Subscription { n(since: Int): Int @shared(resume: "since") }`})
	source.newer = make(chan struct{})
	recovered := func(context.Context, any) error { return errors.New("recovered") }
	h := New(Config{Schema: numberSchema{schema}, Recover: recovered, Limits: Limits{
		Linger: linger,
	}, Sources: map[string]SubscribeFunc{
		"n": func(context.Context, map[string]any) (*Grant, error) {
			return &Grant{OpenSource: func(context.Context) (Source, error) { return source, nil }}, nil
		},
	}})
	t.Cleanup(h.streams.close)
	first := newTestSubscriber(noVersion)
	if errs := h.subscribe(t, first); errs != nil {
		t.Fatal(errs)
	}
	<-first.responses
	return h.streams, first.stream, first
}

func (h *Handler) subscribe(t *testing.T, s *testSubscriber) gqlerror.List {
	ctx := graphql.StartOperationTrace(t.Context())
	s.payer = h.budgets.payer(Client{}, "127.0.0.1:1")
	op, errs := h.engine.CreateOperationContext(ctx, &graphql.RawParams{Query: `subscription{n}`})
	if errs != nil {
		return errs
	}
	return h.streams.subscribe(ctx, op, nil, &s.subscription)
}

func TestStreamEndsAlthoughASubscriberWasThereWhenItsLingerTimeEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const linger = time.Second
		late := newTestSubscriber(noVersion)
		added := false
		source := &fakeSource{}
		source.onNewest = func() {
			if added { // before the stream looks how many subscribers it has
				late.unsubscribe()
			}
		}
		streams, stream, first := startStream(t, source, linger)
		first.unsubscribe()
		synctest.Wait() // the linger time has begun
		streams.mu.Lock()
		time.Sleep(linger) // the stream now wants to end, and needs the lock
		stream.add(&late.subscription)
		added = true
		streams.mu.Unlock()
		time.Sleep(linger)
		synctest.Wait()
		if !source.closed {
			t.Error("the stream did not end")
		}
	})
}

// A subscriber that needs the next response while it is being executed gets that one.
func TestEventIsNotExecutedTwiceForASubscriberThatWaitsAlready(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &fakeSource{state: State{Version: 1, ChangedAt: 1}}
		_, _, first := startStream(t, source, time.Second)
		executed := 0
		source.set(func() {
			source.state = State{Version: 2, ChangedAt: 2}
			source.onEvent = func() {
				if executed++; executed == 1 {
					first.notify() // as the goroutine does that was writing until now
				}
			}
		})
		if next := <-first.responses; next.version != 2 {
			t.Errorf("got version %d, want 2", next.version)
		}
		synctest.Wait()
		if executed != 1 {
			t.Errorf("the event was executed %d times, want once", executed)
		}
	})
}

// Clients choose the version that they resume from, so without a bound they could make a stream keep any number of
// responses.
func TestStreamKeepsABoundedNumberOfResponses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &fakeSource{state: State{Version: 1000, ChangedAt: 1000}}
		_, stream, _ := startStream(t, source, time.Second)
		for since := range int64(3 * maxResponses) {
			s := newTestSubscriber(since)
			stream.add(&s.subscription)
			stream.wake()
			<-s.responses
			s.unsubscribe()
		}
		synctest.Wait()
		if n := len(stream.responses); n > maxResponses {
			t.Errorf("%d responses are kept, want at most %d", n, maxResponses)
		}
	})
}

// A panic in a stream's goroutine would end the program.
func TestPanicOfASourceEndsItsStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &fakeSource{}
		_, _, first := startStream(t, source, time.Second)
		source.set(func() { source.onNewest = func() { panic("the panic is secret") } })
		if next := <-first.responses; next.failed == nil {
			t.Errorf("got %+v, want errors", next)
		}
		synctest.Wait()
		if !source.closed {
			t.Error("the source was not closed")
		}
	})
}
