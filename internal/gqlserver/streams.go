package gqlserver

import (
	"context"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"golang.org/x/sync/semaphore"

	"antwon.dj/backend/internal/ratelimit"
)

// streams holds all streams that are running.
type streams struct {
	engine   *engine
	sources  map[string]SubscribeFunc
	analyzer *analyzer
	metrics  *metrics
	linger   time.Duration
	turns    *semaphore.Weighted // bounds what all streams execute at the same time, in fields
	ctx      context.Context     // parent of the contexts of shared streams; has no viewer
	cancel   context.CancelFunc
	running  sync.WaitGroup
	mu       sync.Mutex // locked before stream.mu
	shared   map[string]*stream
	closed   bool
}

func newStreams(cfg Config, engine *engine, m *metrics) *streams {
	ctx, cancel := context.WithCancel(cfg.WithoutViewer(context.Background()))
	return &streams{
		engine: engine, sources: cfg.Sources, analyzer: newAnalyzer(cfg.Schema.Schema()), metrics: m,
		turns:  semaphore.NewWeighted(fieldsOfHalf(cfg.Limits)),
		linger: cfg.Limits.Linger, ctx: graphql.StartOperationTrace(ctx), cancel: cancel,
		shared: map[string]*stream{},
	}
}

// subscribe subscribes sub to the stream that executes op, or returns the errors to send. The context is that of the
// subscriber. LastSeen is the version that the client has, if the transport knows it; it takes precedence over op's
// argument. Afterwards sub's subscriber is notified whenever there may be a response.
func (s *streams) subscribe(
	ctx context.Context, op *graphql.OperationContext, lastSeen *int64, sub *subscription,
) (errs gqlerror.List) {
	ctx, span := s.engine.tracing.startOperation(ctx, op)
	defer func() { endOperationSpan(span, errs) }()
	root, refusal := rootField(op)
	if refusal != nil {
		return s.present(ctx, op, refusal)
	}
	end, refusal := sub.payer.beginSubscription()
	if refusal != nil {
		s.metrics.countErrors(gqlerror.List{refusal})
		return gqlerror.List{refusal}
	}
	args := root.ArgumentMap(op.Variables)
	grant, err := s.authorize(ctx, op, root.Name, args)
	if err != nil {
		end()
		return s.present(ctx, op, errorOfField(root, err))
	}
	sub.payer.charge(ctx, estimateOf(op).weight)
	analysis := s.analyzer.analyze(ctx, op, root)
	sub.minVersion, sub.deliveredVersion = grant.MinVersion, noVersion
	sub.subscriberID, sub.uses = grant.SubscriberID, ratelimit.UsesFrom(ctx)
	left := grant.OnEnd // so that the subscription does not keep the whole grant in memory
	sub.onEnd = func() {
		end()
		if left != nil {
			left()
		}
	}
	if analysis.resumeArgument != "" {
		sub.deliveredVersion = resumeVersion(args[analysis.resumeArgument], lastSeen, grant.MinVersion)
	}
	if !s.join(ctx, op, analysis, grant, sub) {
		sub.onEnd()
		return s.present(ctx, op, errStopping)
	}
	return nil
}

var errStopping = &gqlerror.Error{
	Message: "The server is restarting.", Extensions: map[string]any{"code": "SERVICE_RESTART"},
}

func (s *streams) present(ctx context.Context, op *graphql.OperationContext, err error) gqlerror.List {
	ctx = graphql.WithOperationContext(ctx, op)
	return s.engine.DispatchError(ctx, gqlerror.List{gqlerror.WrapIfUnwrapped(err)}).Errors
}

// rootField returns the only field that a subscription selects.
func rootField(op *graphql.OperationContext) (root graphql.CollectedField, refusal *gqlerror.Error) {
	fields := graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Subscription"})
	if len(fields) == 1 && fields[0].Name != "__typename" {
		return fields[0], nil
	}
	refusal = gqlerror.ErrorPosf(op.Operation.Position, "A subscription must select exactly one field.")
	errcode.Set(refusal, errcode.ValidationFailed)
	return root, refusal
}

// errorOfField returns an error with the path and the place of a subscription's root field.
func errorOfField(root graphql.CollectedField, err error) error {
	wrapped := gqlerror.WrapPath(ast.Path{ast.PathName(root.Alias)}, err)
	wrapped.Locations = []gqlerror.Location{{Line: root.Position.Line, Column: root.Position.Column}}
	return wrapped
}

// authorize calls the field's SubscribeFunc. A panic in it is an error.
func (s *streams) authorize(
	ctx context.Context, op *graphql.OperationContext, field string, args map[string]any,
) (grant *Grant, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = op.RecoverFunc(graphql.WithOperationContext(ctx, op), p)
		}
	}()
	return s.sources[field](ctx, args)
}

// resumeVersion returns the version that a client has. It ignores a version that does not exist: that client gets the
// whole state.
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

// join adds a subscription to the stream that executes the operation, or starts that stream. It returns false once the
// streams are closed.
func (s *streams) join(
	ctx context.Context, op *graphql.OperationContext, analysis *documentAnalysis, grant *Grant, sub *subscription,
) bool {
	key := ""
	if analysis.shared {
		key = analysis.key(op.Variables)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	if running := s.shared[key]; running != nil && running.add(sub) {
		running.wake() // the subscription may need an execution
		return true
	}
	s.start(ctx, op, key, analysis.resumeArgument != "", grant, sub)
	return true
}

// start starts a stream with its first subscription.
func (s *streams) start(
	ctx context.Context, op *graphql.OperationContext, key string, resumes bool, grant *Grant, sub *subscription,
) {
	made := &stream{streams: s, key: key, op: op, resumes: resumes, wakeUp: make(chan struct{}, 1)}
	if key != "" {
		op.Headers, op.Extensions = nil, nil // those of the first subscriber must not reach the others
		ctx, made.linger = s.ctx, s.linger
		s.shared[key] = made
	}
	made.ctx, made.cancel = context.WithCancel(ctx)
	made.add(sub)
	s.running.Go(func() { made.run(grant.OpenSource) })
}

// removeIfUnused removes a stream without subscribers. It returns false if the stream has some.
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

// removeStream makes it impossible to join a stream.
func (s *streams) removeStream(stream *stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stream.mu.Lock()
	defer stream.mu.Unlock()
	s.removeLocked(stream)
}

// removeLocked removes a stream. The caller holds both mutexes.
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
