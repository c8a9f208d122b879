package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

const (
	batchTimeout  = 2 * time.Second  // how long a span waits for others, to be sent together with them
	exportTimeout = 10 * time.Second // for one request to the collector
	flushTimeout  = 3 * time.Second  // how long Close waits for the collector to accept the last spans
)

// Config configures the export of traces.
type Config struct {
	Endpoint string            // the collector's URL, without /v1/traces; "": nothing is exported
	Headers  map[string]string // sent with each request to the collector
	SignFor  string            // the region of AWS for which requests are signed; "": they are not
	Service  string            // the name of this program in traces
	Sampler  sdktrace.Sampler  // nil: samples all traces that begin here, and those of callers that sample them
	IDs      IDs               // the format of trace ids

	Log     *slog.Logger          // nil: nothing is logged
	Metrics prometheus.Registerer // nil: nothing is registered
}

// Tracing exports spans until it is closed.
type Tracing struct {
	provider *sdktrace.TracerProvider // nil: nothing is exported
	reporter *reporter
	ids      IDs
}

// Start starts exporting spans. The collector need not be reachable: spans that it does not accept in time are lost.
// The caller has to close the Tracing.
func Start(ctx context.Context, cfg Config) (*Tracing, error) {
	if cfg.Endpoint == "" {
		return &Tracing{ids: cfg.IDs}, nil
	}
	exporter, err := newExporter(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("export traces: %w", err)
	}
	program, err := newResource(ctx, cfg.Service)
	if err != nil {
		return nil, fmt.Errorf("describe this program in traces: %w", err)
	}
	reporter := newReporter(exporter, cfg.Log, cfg.Metrics)
	options := []sdktrace.TracerProviderOption{
		sdktrace.WithBatcher(reporter, sdktrace.WithBatchTimeout(batchTimeout), sdktrace.WithExportTimeout(exportTimeout)),
		sdktrace.WithResource(program),
		sdktrace.WithSampler(cfg.sampler()),
	}
	if cfg.IDs == XRay {
		options = append(options, sdktrace.WithIDGenerator(xrayIDs{}))
	}
	return &Tracing{provider: sdktrace.NewTracerProvider(options...), reporter: reporter, ids: cfg.IDs}, nil
}

func newExporter(ctx context.Context, cfg Config) (*otlptrace.Exporter, error) {
	options := []otlptracehttp.Option{
		otlptracehttp.WithEndpointURL(tracesURL(cfg.Endpoint)), otlptracehttp.WithHeaders(cfg.Headers),
		otlptracehttp.WithTimeout(exportTimeout),
	}
	if cfg.SignFor != "" {
		client, err := newSigningClient(ctx, cfg.SignFor)
		if err != nil {
			return nil, err
		}
		options = append(options, otlptracehttp.WithHTTPClient(client))
	}
	return otlptracehttp.New(ctx, options...)
}

func (c Config) sampler() sdktrace.Sampler {
	if c.Sampler == nil {
		return sdktrace.ParentBased(sdktrace.AlwaysSample())
	}
	return c.Sampler
}

// newResource returns the description of this program in traces. OTEL_RESOURCE_ATTRIBUTES can add to it.
func newResource(ctx context.Context, service string) (*resource.Resource, error) {
	version := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		version = info.Main.Version
	}
	return resource.New(ctx, resource.WithFromEnv(), resource.WithTelemetrySDK(), resource.WithAttributes(
		attribute.String("service.name", service), attribute.String("service.version", version)))
}

// Provider returns the provider that starts spans; nil if nothing is exported.
func (t *Tracing) Provider() trace.TracerProvider {
	if t.provider == nil {
		return nil
	}
	return t.provider
}

// Propagator returns the propagator that reads and writes the trace of a request in its headers: W3C's traceparent and,
// with the IDs XRay, also the header of AWS, which takes precedence.
func (t *Tracing) Propagator() propagation.TextMapPropagator {
	if t.ids == XRay {
		return propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, xrayPropagator{})
	}
	return propagation.TraceContext{}
}

// Close sends the spans that wait, within flushTimeout. Spans that the collector does not accept by then are lost,
// which is not an error.
func (t *Tracing) Close() {
	if t.provider == nil {
		return
	}
	defer time.AfterFunc(flushTimeout, t.reporter.cancelExports).Stop()
	_ = t.provider.Shutdown(context.Background()) // the reporter has logged the error
	t.reporter.cancelExports()
}
