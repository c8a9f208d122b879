package playback

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

func newTracer(provider trace.TracerProvider) trace.Tracer {
	if provider == nil {
		return nil
	}
	return provider.Tracer("antwon.dj/backend/internal/playback")
}

// span begins the trace of one look at a player, or of one command to it.
func (d *driver) span(ctx context.Context, kind string) (context.Context, trace.Span) {
	if d.tracer == nil {
		return ctx, noop.Span{}
	}
	return d.tracer.Start(ctx, "playback "+kind, trace.WithNewRoot(), trace.WithAttributes(
		attribute.String("antwon.playback.kind", kind), attribute.String("antwon.room_id", d.lease.RoomID)))
}

func finish(span trace.Span, fault *Fault) {
	if fault != nil {
		span.SetStatus(codes.Error, "")
		span.SetAttributes(attribute.String("antwon.playback.fault", string(fault.Kind)))
	}
	span.End()
}
