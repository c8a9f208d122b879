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

// reporter counts what becomes of spans, and logs the first failure in a row and its end. The failures go no further: the
// library would print them past the program's log.
type reporter struct {
	sdktrace.SpanExporter
	log              *slog.Logger
	exported, failed prometheus.Counter
	failing          atomic.Bool
	ctx              context.Context // of all exports
	cancelExports    context.CancelFunc
}

func newReporter(exporter sdktrace.SpanExporter, log *slog.Logger, metrics prometheus.Registerer) *reporter {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	spans := promauto.With(metrics).NewCounterVec(prometheus.CounterOpts{
		Name: "antwon_trace_spans_total", Help: "Spans that the collector took (exported) or did not (failed).",
	}, []string{"outcome"})
	r := &reporter{
		SpanExporter: exporter, log: log,
		exported: spans.WithLabelValues("exported"), failed: spans.WithLabelValues("failed"),
	}
	r.ctx, r.cancelExports = context.WithCancel(context.Background())
	return r
}

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
		r.log.Warn("the collector takes no traces", "error", err)
	case err == nil && was:
		r.log.Info("the collector takes traces again")
	}
	return nil
}

// tracesURL is where a collector takes spans (OpenTelemetry specification, "OTLP exporter configuration").
func tracesURL(endpoint string) string { return strings.TrimSuffix(endpoint, "/") + "/v1/traces" }
