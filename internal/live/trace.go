package live

import (
	"context"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// startSpan starts a span for a load that answers traced changes. The span continues the trace of the first change and
// links to the others. All other loads get no span, because loads are frequent.
func (f *feed[S]) startSpan(ctx context.Context) (context.Context, trace.Span) {
	if f.hub.tracer == nil {
		return ctx, nil
	}
	causes := f.causes()
	if len(causes) == 0 {
		return ctx, nil
	}
	links := make([]trace.Link, 0, len(causes))
	for _, cause := range causes[1:] {
		links = append(links, trace.Link{SpanContext: cause})
	}
	return f.hub.tracer.Start(trace.ContextWithSpanContext(ctx, causes[0]), "load", trace.WithLinks(links...))
}

// causes returns the traces of the changes that the running load answers, as far as they are recorded.
func (f *feed[S]) causes() (causes []trace.SpanContext) {
	f.hub.mu.Lock()
	defer f.hub.mu.Unlock()
	for _, hint := range f.loadingHints {
		if hint.Cause.IsSampled() {
			causes = append(causes, hint.Cause)
		}
	}
	return causes
}

// endSpan ends the span of a load, if it has one, without the text of err, which may contain data.
func endSpan(span trace.Span, err error) {
	if span == nil {
		return
	}
	if err != nil {
		span.SetStatus(codes.Error, "")
	}
	span.End()
}
