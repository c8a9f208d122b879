package playback

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// newTracer returns the package's tracer, or nil if provider is nil.
func newTracer(provider trace.TracerProvider) trace.Tracer {
	if provider == nil {
		return nil
	}
	return provider.Tracer("antwon.dj/backend/internal/playback")
}

// span starts a trace for one observation of a player or one command to it.
func (d *driver) span(ctx context.Context, kind string) (context.Context, trace.Span) {
	if d.tracer == nil {
		return ctx, noop.Span{}
	}
	return d.tracer.Start(ctx, "playback "+kind, trace.WithNewRoot(), trace.WithAttributes(
		attribute.String("antwon.playback.kind", kind), attribute.String("antwon.room_id", d.lease.RoomID)))
}

// endSpan ends a span, and marks it as failed if there is a fault.
func endSpan(span trace.Span, fault *Fault) {
	if fault != nil {
		span.SetStatus(codes.Error, "")
		span.SetAttributes(attribute.String("antwon.playback.fault", string(fault.Kind)))
	}
	span.End()
}
