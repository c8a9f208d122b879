package telemetry

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// reporter is a span exporter that counts exported and failed spans. It logs the first of consecutive failures, and the
// success that ends them. It returns no errors, because the library would print them outside of the program's log.
type reporter struct {
	sdktrace.SpanExporter
	log              *slog.Logger
	exported, failed prometheus.Counter
	failing          atomic.Bool
	ctx              context.Context // ends all exports
	cancelExports    context.CancelFunc
}

func newReporter(exporter sdktrace.SpanExporter, log *slog.Logger, metrics prometheus.Registerer) *reporter {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	spans := promauto.With(metrics).NewCounterVec(prometheus.CounterOpts{
		Name: "antwon_trace_spans_total", Help: "Spans that the collector accepted (exported) or did not accept (failed).",
	}, []string{"outcome"})
	r := &reporter{
		SpanExporter: exporter, log: log,
		exported: spans.WithLabelValues("exported"), failed: spans.WithLabelValues("failed"),
	}
	r.ctx, r.cancelExports = context.WithCancel(context.Background())
	return r
}

// ExportSpans implements sdktrace.SpanExporter. It always returns nil.
func (r *reporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(r.ctx, cancel)()
	err := r.SpanExporter.ExportSpans(ctx, spans)
	count := r.exported
	if err != nil {
		count = r.failed
	}
	count.Add(float64(len(spans)))
	switch was := r.failing.Swap(err != nil); {
	case err != nil && !was:
		r.log.Warn("the collector accepts no traces", "error", err)
	case err == nil && was:
		r.log.Info("the collector accepts traces again")
	}
	return nil
}

// tracesURL returns the URL at which a collector accepts spans (OpenTelemetry specification, "OTLP exporter
// configuration").
func tracesURL(endpoint string) string { return strings.TrimSuffix(endpoint, "/") + "/v1/traces" }
