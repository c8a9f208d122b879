package gqlserver

import (
	"context"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// streams are the subscriptions that are executed now.
type streams struct {
	engine   *engine
	sources  map[string]SubscribeFunc
	analyzer *analyzer
	metrics  *metrics
	linger   time.Duration
	compress bool            // some subscribers take compressed messages
	ctx      context.Context // of shared streams: no viewer in it
	cancel   context.CancelFunc
	running  sync.WaitGroup
	mu       sync.Mutex // before stream.mu
	shared   map[string]*stream
	closed   bool
}

func newStreams(cfg Config, engine *engine, m *metrics) *streams {
	ctx, cancel := context.WithCancel(cfg.WithoutViewer(context.Background()))
	return &streams{
		engine: engine, sources: cfg.Sources, analyzer: newAnalyzer(cfg.Schema.Schema()), metrics: m,
		linger: cfg.Limits.Linger, compress: cfg.Compress, ctx: graphql.StartOperationTrace(ctx), cancel: cancel,
		shared: map[string]*stream{},
	}
}

// subscribe lets sub follow what op asks for, in the context of who asks. lastSeen is the version that they have, where the
// transport knows it better than op. Afterwards sub is told whenever there is something to take.
func (s *streams) subscribe(ctx context.Context, op *graphql.OperationContext, lastSeen *int64, sub *subscription) (errs gqlerror.List) {
	ctx, span := s.engine.tracing.startOperation(ctx, op)
	defer func() { endOperationSpan(span, errs) }()
	root, refusal := rootField(op)
	if refusal != nil {
		return s.present(ctx, op, refusal)
	}
	args := root.ArgumentMap(op.Variables)
	opened, err := s.authorize(ctx, op, root.Name, args)
	if err != nil {
		return s.present(ctx, op, gqlerror.WrapPath(ast.Path{ast.PathName(root.Alias)}, err))
	}
	shape := s.analyzer.analyze(ctx, op, root)
	sub.minVersion, sub.deliveredVersion, sub.subscriberID, sub.onEnd = opened.MinVersion, noVersion, opened.SubscriberID, opened.OnEnd
	if shape.resumeArgument != "" {
		sub.deliveredVersion = resumeVersion(args[shape.resumeArgument], lastSeen, opened.MinVersion)
	}
	if !s.join(ctx, op, shape, opened, sub) {
		if opened.OnEnd != nil {
			opened.OnEnd()
		}
		return s.present(ctx, op, errStopping)
	}
	return nil
}

var errStopping = &gqlerror.Error{Message: "the server is stopping", Extensions: map[string]any{"code": "SERVICE_RESTART"}}

func (s *streams) present(ctx context.Context, op *graphql.OperationContext, err error) gqlerror.List {
	return s.engine.DispatchError(graphql.WithOperationContext(ctx, op), gqlerror.List{gqlerror.WrapIfUnwrapped(err)}).Errors
}

// rootField returns the one field that a subscription asks for.
func rootField(op *graphql.OperationContext) (root graphql.CollectedField, refusal *gqlerror.Error) {
	fields := graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Subscription"})
	if len(fields) == 1 && fields[0].Name != "__typename" {
		return fields[0], nil
	}
	refusal = gqlerror.ErrorPosf(op.Operation.Position, "a subscription asks for exactly one field")
	errcode.Set(refusal, errcode.ValidationFailed)
	return root, refusal
}

func (s *streams) authorize(ctx context.Context, op *graphql.OperationContext, field string, args map[string]any) (opened *Grant, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = op.RecoverFunc(graphql.WithOperationContext(ctx, op), p)
		}
	}()
	return s.sources[field](ctx, args)
}

// resumeAt returns the version to go on from. One that does not exist is somebody's mistake: they get everything.
func resumeVersion(argument any, lastSeen *int64, present int64) int64 {
	if lastSeen == nil {
		since, err := graphql.UnmarshalInt64(argument)
		if argument == nil || err != nil {
			return noVersion
		}
		lastSeen = &since
	}
	if *lastSeen < 0 || *lastSeen > present {
		return noVersion
	}
	return *lastSeen
}

// follow joins the stream that executes the operation, or starts it. It reports false once the streams are closed.
func (s *streams) join(ctx context.Context, op *graphql.OperationContext, shape *documentAnalysis, opened *Grant, sub *subscription) bool {
	key := ""
	if shape.shared {
		key = shape.key(op.Variables)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	if running := s.shared[key]; running != nil && running.add(sub) {
		running.wake() // it may have to execute something for the new one
		return true
	}
	s.start(ctx, op, key, shape.resumeArgument != "", opened, sub)
	return true
}

func (s *streams) start(ctx context.Context, op *graphql.OperationContext, key string, resumes bool, opened *Grant, sub *subscription) {
	made := &stream{streams: s, key: key, op: op, resumes: resumes, wakeUp: make(chan struct{}, 1)}
	if key != "" {
		op.Headers, op.Extensions = nil, nil // they are the first subscriber's
		ctx, made.linger = s.ctx, s.linger
		s.shared[key] = made
	}
	made.ctx, made.cancel = context.WithCancel(ctx)
	made.add(sub)
	s.running.Go(func() { made.run(opened.OpenSource) })
}

// end ends a stream that nobody follows. It reports false when somebody does.
func (s *streams) removeIfUnused(stream *stream) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	stream.mu.Lock()
	defer stream.mu.Unlock()
	if len(stream.subscriptions) > 0 {
		return false
	}
	s.removeLocked(stream)
	return true
}

// forget keeps anybody from joining a stream.
func (s *streams) removeStream(stream *stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stream.mu.Lock()
	defer stream.mu.Unlock()
	s.removeLocked(stream)
}

func (s *streams) removeLocked(stream *stream) {
	stream.ended = true
	if s.shared[stream.key] == stream {
		delete(s.shared, stream.key)
	}
}

// close ends all streams and waits for them.
func (s *streams) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.cancel()
	s.running.Wait()
}

func (s *streams) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.shared)
}
