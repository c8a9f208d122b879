package natsbus

import (
	"context"

	"github.com/nats-io/nats.go"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"antwon.dj/backend/internal/live"
)

// tracing carries the trace of a change to other servers in the header of its message. A nil *tracing carries none. The
// message of a hint without a recorded trace has no header.
type tracing struct{ tracer trace.Tracer }

var w3c propagation.TraceContext

func newTracing(provider trace.TracerProvider) *tracing {
	if provider == nil {
		return nil
	}
	return &tracing{provider.Tracer("antwon.dj/backend/internal/live/natsbus")}
}

// headerFor returns the header for the message of a hint, which may be nil.
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

// causeIn returns the trace in the header of a received message, which may be invalid: the load for its hint continues
// it.
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
