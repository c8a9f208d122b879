package spotify

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// begin begins the span of one request within the one of ctx, if that is recorded: by the name of the call, for addresses hold
// what people look for. Spotify is not told of traces.
func begin(ctx context.Context, call string, attempt int) (context.Context, trace.Span) {
	parent := trace.SpanFromContext(ctx)
	if !parent.IsRecording() {
		return ctx, noop.Span{}
	}
	tracer := parent.TracerProvider().Tracer("antwon.dj/backend/internal/spotify")
	return tracer.Start(ctx, "spotify "+call, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		attribute.String("antwon.spotify.call", call), attribute.Int("antwon.spotify.attempt", attempt)))
}

// finish ends it with what came: the status, if there was one, and what kind of failure it is.
func finish(span trace.Span, came answer, err error) {
	defer span.End()
	if !span.IsRecording() {
		return
	}
	if came.status != 0 {
		span.SetAttributes(attribute.Int("http.response.status_code", came.status))
	}
	if err == nil && came.status >= http.StatusBadRequest {
		err = errRefused
	}
	if failed := classify(came, err); failed != nil {
		span.SetStatus(codes.Error, "")
		span.SetAttributes(attribute.String("antwon.spotify.fault", string(failed.kind)))
	}
}
