package spotify

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// startSpan starts the span of one request, if the span in ctx is recorded. The span is named after the call and not
// after the URL, because URLs contain what users search for. The trace context is not sent to Spotify.
func startSpan(ctx context.Context, call string, attempt int) (context.Context, trace.Span) {
	parent := trace.SpanFromContext(ctx)
	if !parent.IsRecording() {
		return ctx, noop.Span{}
	}
	tracer := parent.TracerProvider().Tracer("antwon.dj/backend/internal/spotify")
	return tracer.Start(ctx, "spotify "+call, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		attribute.String("antwon.spotify.call", call), attribute.Int("antwon.spotify.attempt", attempt)))
}

// endSpan ends the span, with the response's status, if there was a response, and the kind of failure.
func endSpan(span trace.Span, last responseInfo, err error) {
	defer span.End()
	if !span.IsRecording() {
		return
	}
	if last.status != 0 {
		span.SetAttributes(attribute.Int("http.response.status_code", last.status))
	}
	if err == nil && last.status >= http.StatusBadRequest {
		err = errRejected
	}
	if failed := classify(last, err); failed != nil {
		span.SetStatus(codes.Error, "")
		span.SetAttributes(attribute.String("antwon.spotify.fault", string(failed.kind)))
	}
}
