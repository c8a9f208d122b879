package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

const (
	// batchEvery is how long a span waits for others to be sent with.
	batchTimeout  = 2 * time.Second
	exportTimeout = 10 * time.Second
	// flushTimeout is how long Close waits for a collector to take the last spans.
	flushTimeout = 3 * time.Second
)

// Config says what is exported, and where to.
type Config struct {
	Endpoint string            // the collector's URL, to which /v1/traces is added; empty: nothing is exported
	Headers  map[string]string // sent along to it
	Service  string            // what this program is called in traces
	Sampler  sdktrace.Sampler  // nil: all, and what the caller samples
	IDs      IDs

	Log     *slog.Logger          // nil: silent
	Metrics prometheus.Registerer // nil: none
}

// Tracing exports spans until Close.
type Tracing struct {
	provider *sdktrace.TracerProvider // nil: nothing is exported
	reporter *reporter
	ids      IDs
}

// Start begins to export spans. The collector need not be there: spans that it does not take in time are lost.
func Start(ctx context.Context, cfg Config) (*Tracing, error) {
	if cfg.Endpoint == "" {
		return &Tracing{ids: cfg.IDs}, nil
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(tracesURL(cfg.Endpoint)),
		otlptracehttp.WithHeaders(cfg.Headers), otlptracehttp.WithTimeout(exportTimeout))
	if err != nil {
		return nil, fmt.Errorf("export traces: %w", err)
	}
	about, err := newResource(ctx, cfg.Service)
	if err != nil {
		return nil, fmt.Errorf("describe this program in traces: %w", err)
	}
	reporter := newReporter(exporter, cfg.Log, cfg.Metrics)
	options := []sdktrace.TracerProviderOption{
		sdktrace.WithBatcher(reporter, sdktrace.WithBatchTimeout(batchTimeout), sdktrace.WithExportTimeout(exportTimeout)),
		sdktrace.WithResource(about),
		sdktrace.WithSampler(cfg.sampler()),
	}
	if cfg.IDs == XRay {
		options = append(options, sdktrace.WithIDGenerator(xrayIDs{}))
	}
	return &Tracing{provider: sdktrace.NewTracerProvider(options...), reporter: reporter, ids: cfg.IDs}, nil
}

func (c Config) sampler() sdktrace.Sampler {
	if c.Sampler == nil {
		return sdktrace.ParentBased(sdktrace.AlwaysSample())
	}
	return c.Sampler
}

// describe says who sends the spans; OTEL_RESOURCE_ATTRIBUTES may say more.
func newResource(ctx context.Context, service string) (*resource.Resource, error) {
	version := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		version = info.Main.Version
	}
	return resource.New(ctx, resource.WithFromEnv(), resource.WithTelemetrySDK(), resource.WithAttributes(
		attribute.String("service.name", service), attribute.String("service.version", version)))
}

// Provider is what begins spans; nil if nothing is exported.
func (t *Tracing) Provider() trace.TracerProvider {
	if t.provider == nil {
		return nil
	}
	return t.provider
}

// Propagator reads and writes what says which trace a request belongs to: W3C's traceparent and, with ids of X-Ray, AWS's
// header, which wins.
func (t *Tracing) Propagator() propagation.TextMapPropagator {
	if t.ids == XRay {
		return propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, xrayPropagator{})
	}
	return propagation.TraceContext{}
}

// Close sends the spans that wait, and waits for that for as long as flushTimeout. What the collector does not take by then is
// lost, and that is no error.
func (t *Tracing) Close() {
	if t.provider == nil {
		return
	}
	defer time.AfterFunc(flushTimeout, t.reporter.cancelExports).Stop()
	_ = t.provider.Shutdown(context.Background()) // the reporter has said what was wrong
	t.reporter.cancelExports()
}
