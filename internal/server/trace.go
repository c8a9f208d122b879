package server

import (
	"net/http"
	"strings"

	"github.com/gorilla/websocket"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// tracing makes spans of requests. Nil makes none.
type tracing struct {
	tracer     trace.Tracer
	propagator propagation.TextMapPropagator
}

func newTracing(provider trace.TracerProvider, propagator propagation.TextMapPropagator) *tracing {
	if provider == nil {
		return nil
	}
	if propagator == nil {
		propagator = propagation.TraceContext{}
	}
	return &tracing{provider.Tracer("antwon.dj/backend/internal/server"), propagator}
}

// begin returns the request with its span, which continues the caller's trace. WebSockets and streams of events last
// for hours and have no span; each of their operations has one. Operations on a WebSocket do not continue the caller's
// trace either: it would last as long as the connection.
func (t *tracing) begin(r *http.Request) (*http.Request, trace.Span) {
	if t == nil || websocket.IsWebSocketUpgrade(r) || isProbe(r) {
		return r, noop.Span{}
	}
	ctx := t.propagator.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	if r.Header.Get("Accept") == "text/event-stream" {
		return r.WithContext(ctx), noop.Span{}
	}
	ctx, span := t.tracer.Start(ctx, knownMethod(r.Method), trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
		attribute.String("http.request.method", knownMethod(r.Method)),
		attribute.String("antwon.request_id", requestID(ctx))))
	return r.WithContext(ctx), span
}

// isProbe reports whether this is a request that monitoring sends every few seconds.
func isProbe(r *http.Request) bool {
	switch "GET " + r.URL.Path {
	case routeHealth, routeReady, routeMetrics:
		return true
	}
	return false
}

// end ends the span and names it by the route: paths contain rooms' codes, so their number is unbounded.
func end(span trace.Span, method, pattern string, status int) {
	defer span.End()
	if !span.IsRecording() {
		return
	}
	span.SetAttributes(attribute.Int("http.response.status_code", status))
	if at := strings.Index(pattern, "/"); at >= 0 {
		span.SetName(knownMethod(method) + " " + pattern[at:])
		span.SetAttributes(attribute.String("http.route", pattern[at:]))
	}
	if status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
	}
}

// knownMethod returns a request's method, or "_OTHER" if it is not a usual one, so that clients cannot write their own
// text into spans and the log.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions,
		http.MethodPatch:
		return method
	}
	return "_OTHER"
}
