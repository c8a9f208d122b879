package gqlserver

import (
	"context"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// maxErrors bounds the errors in one response: each may repeat a long name from the document.
const maxErrors = 20

// engine prepares operations, and executes them with gqlgen's executor, with metrics, spans and a time limit. It turns
// a panic into an error that Present has seen. (gqlgen's own transports would send the text of the recovered error
// without presenting it.)
//
// It does not let gqlgen prepare operations, because gqlgen accepts values that do not fit their types, and fails when
// it executes them, as if that were a failure of the server.
type engine struct {
	*executor.Executor
	cfg        Config
	documents  *documents
	persisted  persistedQueries
	middleware *graphql.OperationContext // its middleware is what the executor puts around fields
	metrics    *metrics
	tracing    *tracing
}

func newEngine(cfg Config, m *metrics) *engine {
	e := newExecutor(cfg)
	return &engine{
		Executor: e, cfg: cfg, documents: newDocuments(cfg, withDefer(cfg.Schema.Schema())),
		persisted: newPersistedQueries(), middleware: newMiddleware(e), metrics: m, tracing: newTracing(cfg.Tracing),
	}
}

// newMiddleware returns an operation that has an executor's middleware. The executor offers no other access to it.
func newMiddleware(e *executor.Executor) *graphql.OperationContext {
	ctx := graphql.StartOperationTrace(context.Background())
	op, _ := e.CreateOperationContext(ctx, &graphql.RawParams{Query: "{__typename}"})
	return op
}

// CreateOperationContext prepares an operation, or returns the errors to send. All errors are the client's, except for
// a panic.
func (e *engine) CreateOperationContext(
	ctx context.Context, params *graphql.RawParams,
) (op *graphql.OperationContext, errs gqlerror.List) {
	op = &graphql.OperationContext{
		DisableIntrospection:   !e.cfg.Introspection,
		RecoverFunc:            e.cfg.Recover,
		ResolverMiddleware:     e.middleware.ResolverMiddleware,
		RootResolverMiddleware: e.middleware.RootResolverMiddleware,
		Stats:                  graphql.Stats{Read: params.ReadTime, OperationStart: graphql.GetStartTime(ctx)},
	}
	defer func() {
		if p := recover(); p != nil {
			errs = gqlerror.List{gqlerror.WrapIfUnwrapped(op.RecoverFunc(graphql.WithOperationContext(ctx, op), p))}
		}
		if len(errs) > 0 {
			e.metrics.countRejected(kindOf(op))
		}
		errs = worded(errs)
	}()
	return op, e.prepare(ctx, op, params)
}

// prepare sets the document, the operation, the variables and the estimate in op, or returns the errors to send.
func (e *engine) prepare(ctx context.Context, op *graphql.OperationContext, params *graphql.RawParams) gqlerror.List {
	if refusal := e.persisted.insertDocument(ctx, params); refusal != nil {
		return gqlerror.List{refusal}
	}
	op.RawQuery, op.OperationName = params.Query, params.OperationName
	op.Extensions, op.Headers = params.Extensions, params.Headers
	e.addDocumentCost(ctx, params.Query)
	var errs gqlerror.List
	var refusal *gqlerror.Error
	if op.Doc, errs = e.documents.find(ctx, params.Query); len(errs) > 0 {
		return errs
	}
	if op.Operation, refusal = chooseOperation(op.Doc, params.OperationName); refusal != nil {
		return gqlerror.List{refusal}
	}
	variables := coercion{schema: e.documents.schema, scalars: e.cfg.Scalars}
	if op.Variables, errs = variables.coerce(op.Operation, params.Variables); len(errs) > 0 {
		return errs
	}
	if refusal = checkUses(op); refusal != nil {
		return gqlerror.List{refusal}
	}
	if refusal = e.keepEstimate(ctx, op); refusal != nil {
		return gqlerror.List{refusal}
	}
	e.persisted.keepDocument(ctx, op)
	return nil
}

// maxMessageBytes bounds the message of an error about a request, which may repeat a name from it.
const maxMessageBytes = 400

// worded bounds the number and the length of the errors about a refused request. It removes their paths, because there
// is no data that a path could lead to.
func worded(errs gqlerror.List) gqlerror.List {
	errs = errs[:min(len(errs), maxErrors)]
	for _, err := range errs {
		err.Path = nil
		if len(err.Message) > maxMessageBytes {
			err.Message = strings.ToValidUTF8(err.Message[:maxMessageBytes], "") + "…"
		}
	}
	return errs
}

func (e *engine) DispatchError(ctx context.Context, errs gqlerror.List) *graphql.Response {
	response := e.Executor.DispatchError(ctx, errs)
	addCost(ctx, response)
	e.metrics.countErrors(response.Errors)
	return response
}

// execute waits for the turn of a query or mutation, executes it and charges its payer what it cost. It returns an
// error if the turn does not come in time, and a nil response if the operation was cancelled.
func (e *engine) execute(
	ctx context.Context, op *graphql.OperationContext, p *payer,
) (*graphql.Response, *gqlerror.Error) {
	leave, refusal := p.enterExecution(ctx, estimateOf(op).fields)
	if refusal != nil {
		e.metrics.countRejected(kindOf(op))
		return nil, refusal
	}
	defer leave()
	run := e.metrics.startOperation(kindOf(op))
	ctx, span := e.tracing.startOperation(ctx, op)
	ctx, cancel := context.WithTimeout(ctx, e.cfg.Limits.OperationTime)
	defer cancel()
	responses, ctx := e.dispatch(ctx, op)
	response := e.nextResponse(ctx, op, responses)
	cost := estimateOf(op).weight
	if response != nil {
		cost += countFields(response.Data)
		e.boundAnswer(op, response)
	}
	p.charge(ctx, cost)
	addCost(ctx, response)
	run.observe(response)
	endOperationSpan(span, errorsOf(response))
	return response, nil
}

func errorsOf(response *graphql.Response) gqlerror.List {
	if response == nil {
		return nil
	}
	return response.Errors
}

func (e *engine) dispatch(
	ctx context.Context, op *graphql.OperationContext,
) (responses graphql.ResponseHandler, inner context.Context) {
	defer func() {
		if p := recover(); p != nil {
			responses, inner = graphql.OneShot(e.panicResponse(ctx, op, p)), graphql.WithOperationContext(ctx, op)
		}
	}()
	return e.Executor.DispatchOperation(ctx, op)
}

func (e *engine) nextResponse(
	ctx context.Context, op *graphql.OperationContext, responses graphql.ResponseHandler,
) (response *graphql.Response) {
	defer func() {
		if p := recover(); p != nil {
			response = e.panicResponse(ctx, op, p)
		}
	}()
	return responses(ctx)
}

// panicResponse returns the response of an operation that panicked with p.
func (e *engine) panicResponse(ctx context.Context, op *graphql.OperationContext, p any) *graphql.Response {
	ctx = graphql.WithOperationContext(ctx, op)
	return e.Executor.DispatchError(ctx, gqlerror.List{gqlerror.WrapIfUnwrapped(op.RecoverFunc(ctx, p))})
}

// kindOf returns the kind of an operation: query, mutation, subscription, or unknown if it could not be parsed.
func kindOf(op *graphql.OperationContext) string {
	if op == nil || op.Operation == nil {
		return "unknown"
	}
	return string(op.Operation.Operation)
}
