package gqlserver

import (
	"context"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// maxNameBytes bounds the part of an operation's name that a span shows, because clients choose the names.
const maxNameBytes = 64

// tracing creates spans that show the kind and name of an operation, but neither its document nor its variables, which
// may be private. A nil *tracing creates none.
type tracing struct{ tracer trace.Tracer }

func newTracing(provider trace.TracerProvider) *tracing {
	if provider == nil {
		return nil
	}
	return &tracing{provider.Tracer("antwon.dj/backend/internal/gqlserver")}
}

// startOperation starts the span of an operation. For a subscription it covers only the start, because the rest lasts
// long.
func (t *tracing) startOperation(
	ctx context.Context, op *graphql.OperationContext, options ...trace.SpanStartOption,
) (context.Context, trace.Span) {
	if t == nil {
		return ctx, noop.Span{}
	}
	kind, name := kindOf(op), operationName(op)
	ctx, span := t.tracer.Start(ctx, kind, options...)
	if span.IsRecording() {
		span.SetAttributes(attribute.String("graphql.operation.type", kind))
		if name != "" {
			span.SetName(kind + " " + name)
			span.SetAttributes(attribute.String("graphql.operation.name", name))
		}
	}
	return ctx, span
}

func operationName(op *graphql.OperationContext) string {
	if op.Operation == nil {
		return ""
	}
	return op.Operation.Name[:min(len(op.Operation.Name), maxNameBytes)]
}

// startExecution starts the span of one execution of a stream, in a trace of its own: a shared execution has many
// subscribers, and the spans of their operations have ended.
func (t *tracing) startExecution(
	ctx context.Context, op *graphql.OperationContext, shared bool,
) (context.Context, trace.Span) {
	return t.startOperation(ctx, op, trace.WithNewRoot(), trace.WithLinks(linksTo(ctx)...), trace.WithAttributes(
		attribute.Bool("antwon.shared", shared)))
}

func linksTo(ctx context.Context) []trace.Link {
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		return []trace.Link{{SpanContext: span}}
	}
	return nil
}

// aroundField creates a span for each field that a method of our resolvers resolves, except in the executions of
// streams, which are frequent.
func (t *tracing) aroundField(ctx context.Context, next graphql.Resolver) (any, error) {
	field := graphql.GetFieldContext(ctx)
	if !field.IsMethod || !field.IsResolver || ctx.Value(eventKey{}) != nil || !trace.SpanFromContext(ctx).IsRecording() {
		return next(ctx)
	}
	ctx, span := t.tracer.Start(ctx, field.Object+"."+field.Field.Name)
	result, err := next(ctx)
	endSpan(span, err)
	return result, err
}

// endSpan ends a span without the text of err, which may contain a value.
func endSpan(span trace.Span, err error) {
	if err != nil {
		span.SetStatus(codes.Error, "")
	}
	span.End()
}

// endOperationSpan ends the span of an operation with the codes of its errors.
func endOperationSpan(span trace.Span, errs gqlerror.List) {
	defer span.End()
	if len(errs) == 0 || !span.IsRecording() {
		return
	}
	var said []string
	for _, err := range errs[:min(len(errs), maxErrors)] {
		said = append(said, fmt.Sprint(err.Extensions["code"]))
	}
	span.SetStatus(codes.Error, "")
	span.SetAttributes(attribute.StringSlice("graphql.error.codes", said))
}
