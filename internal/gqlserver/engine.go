package gqlserver

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// maxErrors bounds the errors in one response: each may repeat a long name from the document.
const maxErrors = 20

// engine is gqlgen's executor with metrics, spans and a time limit. It turns a panic into an error that Present has
// seen. (gqlgen's own transports would send the text of the recovered error without presenting it.)
type engine struct {
	*executor.Executor
	metrics       *metrics
	tracing       *tracing
	operationTime time.Duration // the time limit of a query or mutation
}

var _ graphql.GraphExecutor = (*engine)(nil)

func (e *engine) CreateOperationContext(
	ctx context.Context, params *graphql.RawParams,
) (*graphql.OperationContext, gqlerror.List) {
	op, errs := e.Executor.CreateOperationContext(ctx, params)
	if len(errs) > 0 {
		e.metrics.countRejected(kindOf(op))
	}
	return op, errs[:min(len(errs), maxErrors)]
}

func (e *engine) DispatchError(ctx context.Context, errs gqlerror.List) *graphql.Response {
	response := e.Executor.DispatchError(ctx, errs)
	e.metrics.countErrors(response.Errors)
	return response
}

// DispatchOperation starts a query or mutation, whose context ends after the time limit. The handler that it returns
// has to be called exactly once. Subscriptions are executed by streams instead.
func (e *engine) DispatchOperation(
	ctx context.Context, op *graphql.OperationContext,
) (graphql.ResponseHandler, context.Context) {
	run := e.metrics.startOperation(kindOf(op))
	ctx, span := e.tracing.startOperation(ctx, op)
	ctx, cancel := context.WithTimeout(ctx, e.operationTime)
	responses, ctx := e.dispatch(ctx, op)
	return func(ctx context.Context) *graphql.Response {
		defer cancel()
		response := e.nextResponse(ctx, op, responses)
		run.observe(response)
		endOperationSpan(span, errorsOf(response))
		return response
	}, ctx
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
