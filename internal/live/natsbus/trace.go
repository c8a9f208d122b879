package natsbus

import (
	"context"

	"github.com/nats-io/nats.go"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"antwon.dj/backend/internal/live"
)

// tracing takes the trace of a change to other servers, in the header of the message. Nil takes none, and so does a hint of
// which no trace is recorded: then the message has no header at all.
type tracing struct{ tracer trace.Tracer }

var w3c propagation.TraceContext

func newTracing(provider trace.TracerProvider) *tracing {
	if provider == nil {
		return nil
	}
	return &tracing{provider.Tracer("antwon.dj/backend/internal/live/natsbus")}
}

// sent returns the header to send a hint with.
func (t *tracing) headerFor(hint live.Hint) nats.Header {
	if t == nil || !hint.Cause.IsSampled() {
		return nil
	}
	ctx := trace.ContextWithSpanContext(context.Background(), hint.Cause)
	ctx, span := t.tracer.Start(ctx, "send hint", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	header := nats.Header{}
	w3c.Inject(ctx, propagation.HeaderCarrier(header))
	return header
}

// received returns what a hint that came with a header goes on with.
func (t *tracing) causeIn(header nats.Header) trace.SpanContext {
	if t == nil || len(header) == 0 {
		return trace.SpanContext{}
	}
	ctx := w3c.Extract(context.Background(), propagation.HeaderCarrier(header))
	if !trace.SpanContextFromContext(ctx).IsSampled() {
		return trace.SpanContext{}
	}
	_, span := t.tracer.Start(ctx, "receive hint", trace.WithSpanKind(trace.SpanKindConsumer))
	defer span.End()
	return span.SpanContext()
}
