package gqlserver

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// still is a source that shows the same until a test says otherwise.
type still struct {
	closed chan struct{}

	mu     sync.Mutex
	state  State
	newer  chan struct{}
	asked  func() // called whenever the stream asks for the newest state
	wanted func() // called whenever it asks for an event
}

// set changes the source.
func (s *still) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	close(s.newer)
	s.newer = make(chan struct{})
}

func (s *still) Newest() (State, <-chan struct{}) {
	s.mu.Lock()
	asked, state, newer := s.asked, s.state, s.newer
	s.mu.Unlock()
	if asked != nil {
		asked()
	}
	return state, newer
}

func (s *still) Event(context.Context, *int64, State) (any, error) {
	s.mu.Lock()
	wanted := s.wanted
	s.mu.Unlock()
	if wanted != nil {
		wanted()
	}
	return 7, nil
}

func (s *still) Close() { close(s.closed) }

// number is a schema whose subscription says a number.
type number struct{ schema *ast.Schema }

func (n number) Schema() *ast.Schema { return n.schema }

func (number) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

func (number) Exec(context.Context) graphql.ResponseHandler {
	return func(context.Context) *graphql.Response { return &graphql.Response{Data: json.RawMessage(`{"n":7}`)} }
}

// follower takes what it is told of.
type follower struct {
	subscription
	told chan *streamResponse
}

func (f *follower) notify() {
	if next, _ := f.nextResponse(); next != nil {
		f.told <- next
	}
}

func newFollower(since int64) *follower {
	f := &follower{told: make(chan *streamResponse, 1)}
	f.subscriber, f.deliveredVersion = f, since
	return f
}

// streamOf starts a stream of n since a version, for one follower.
func streamOf(t *testing.T, source *still, linger time.Duration) (*streams, *stream, *follower) {
	t.Helper()
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: `
		directive @shared(resume: String) on FIELD_DEFINITION
		type Query { n: Int }
		type Subscription { n(since: Int): Int @shared(resume: "since") }`})
	source.closed, source.newer = make(chan struct{}), make(chan struct{})
	recovered := func(context.Context, any) error { return errors.New("recovered") }
	h := New(Config{Schema: number{schema}, Recover: recovered, Limits: Limits{Linger: linger}, Sources: map[string]SubscribeFunc{
		"n": func(context.Context, map[string]any) (*Grant, error) {
			return &Grant{OpenSource: func(context.Context) (Source, error) { return source, nil }}, nil
		},
	}})
	t.Cleanup(h.streams.close)
	first := newFollower(noVersion)
	if errs := h.follow(t, first); errs != nil {
		t.Fatal(errs)
	}
	<-first.told
	return h.streams, first.stream, first
}

func (h *Handler) follow(t *testing.T, f *follower) gqlerror.List {
	ctx := graphql.StartOperationTrace(t.Context())
	op, errs := h.engine.CreateOperationContext(ctx, &graphql.RawParams{Query: `subscription{n}`})
	if errs != nil {
		return errs
	}
	return h.streams.subscribe(ctx, op, nil, &f.subscription)
}

func wait(t *testing.T, what string, event <-chan struct{}) {
	t.Helper()
	select {
	case <-event:
	case <-time.After(10 * time.Second):
		t.Fatalf("never happened: %s", what)
	}
}

// Somebody comes just when the stream is about to end, and goes again before it looks who is there.
func TestStreamEndsThoughSomebodyCameMeanwhile(t *testing.T) {
	visitor := newFollower(noVersion)
	came, ending := make(chan struct{}), make(chan struct{}, 1)
	source := &still{}
	source.asked = func() {
		select {
		case <-came:
			visitor.unsubscribe()
		default:
		}
	}
	streams, stream, first := streamOf(t, source, time.Millisecond)
	streams.mu.Lock()
	first.unsubscribe()
	time.AfterFunc(50*time.Millisecond, func() { ending <- struct{}{} }) // by then the stream waits for the lock to end
	<-ending
	stream.add(&visitor.subscription)
	close(came)
	streams.mu.Unlock()
	wait(t, "the source is closed", source.closed)
}

// Whoever can take again while an event is being executed gets that one.
func TestEventIsNotExecutedTwiceForThoseWhoWaitAlready(t *testing.T) {
	source := &still{state: State{Version: 1, ChangedAt: 1}}
	_, _, first := streamOf(t, source, time.Second)
	executed, done := 0, make(chan struct{})
	source.set(func() {
		source.state = State{Version: 2, ChangedAt: 2}
		source.wanted = func() {
			if executed++; executed == 1 {
				first.notify() // as the goroutine does that was writing until now
			}
		}
	})
	if next := <-first.told; next.version != 2 {
		t.Errorf("got version %d", next.version)
	}
	source.set(func() { source.asked = sync.OnceFunc(func() { close(done) }) })
	wait(t, "the stream is through", done)
	if executed != 1 {
		t.Errorf("it was executed %d times", executed)
	}
}

// Clients say which version they go on from, so they could have one response kept for each there ever was.
func TestStreamKeepsFewPayloads(t *testing.T) {
	source := &still{state: State{Version: 1000, ChangedAt: 1000}}
	_, stream, _ := streamOf(t, source, time.Second)
	for since := range int64(3 * maxResponses) {
		f := newFollower(since)
		stream.add(&f.subscription)
		stream.wake()
		<-f.told
		f.unsubscribe()
	}
	stream.mu.Lock()
	defer stream.mu.Unlock()
	if n := len(stream.responses); n > maxResponses {
		t.Errorf("%d are kept", n)
	}
}

// A panic in a stream's goroutine would end the program.
func TestPanicOfASourceEndsItsStream(t *testing.T) {
	source := &still{}
	_, _, first := streamOf(t, source, time.Second)
	source.set(func() { source.asked = func() { panic("the panic is secret") } })
	if next := <-first.told; next.failed == nil {
		t.Errorf("got %+v", next)
	}
	wait(t, "the source is closed", source.closed)
}
