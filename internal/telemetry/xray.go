package telemetry

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"strings"
	"time"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// IDs is the format of trace ids.
type IDs string

// The formats of trace ids.
const (
	W3C  IDs = "w3c"  // 32 random hexadecimal digits
	XRay IDs = "xray" // the format of AWS X-Ray: the first 8 of the 32 digits are the time
)

// format returns a trace id in the form in which it is shown and searched for.
func (ids IDs) format(id trace.TraceID) string {
	text := id.String()
	if ids != XRay {
		return text
	}
	return "1-" + text[:8] + "-" + text[8:]
}

// xrayIDs generates ids that X-Ray accepts: it refuses traces that are more than a month old according to their ids
// ("AWS X-Ray concepts", trace ids). OpenTelemetry's own package for this is no longer maintained.
type xrayIDs struct{}

// NewIDs implements sdktrace.IDGenerator.
func (x xrayIDs) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	var id trace.TraceID
	binary.BigEndian.PutUint32(id[:4], uint32(time.Now().Unix()))
	_, _ = rand.Read(id[4:]) // never fails
	return id, x.NewSpanID(ctx, id)
}

// NewSpanID implements sdktrace.IDGenerator.
func (xrayIDs) NewSpanID(context.Context, trace.TraceID) (id trace.SpanID) {
	for !id.IsValid() {
		_, _ = rand.Read(id[:])
	}
	return id
}

const xrayHeader = "X-Amzn-Trace-Id"

// xrayPropagator reads and writes the header of AWS's load balancers and gateways:
//
//	Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1
//
// The fields may come in any order, and with others between them.
type xrayPropagator struct{}

var _ propagation.TextMapPropagator = xrayPropagator{}

// Fields implements propagation.TextMapPropagator.
func (xrayPropagator) Fields() []string { return []string{xrayHeader} }

// Inject implements propagation.TextMapPropagator.
func (xrayPropagator) Inject(ctx context.Context, carrier propagation.TextMapCarrier) {
	span := trace.SpanContextFromContext(ctx)
	if !span.IsValid() {
		return
	}
	sampled := "0"
	if span.IsSampled() {
		sampled = "1"
	}
	carrier.Set(xrayHeader, "Root="+XRay.format(span.TraceID())+";Parent="+span.SpanID().String()+";Sampled="+sampled)
}

// Extract implements propagation.TextMapPropagator.
func (xrayPropagator) Extract(ctx context.Context, carrier propagation.TextMapCarrier) context.Context {
	span, err := parseXRay(carrier.Get(xrayHeader))
	if err != nil {
		return ctx
	}
	return trace.ContextWithRemoteSpanContext(ctx, span)
}

var errInvalidXRay = errors.New("not a trace header of X-Ray")

// parseXRay returns the span that a header names. It returns an error for the header of a load balancer, which names
// only a trace, without a span that could be the parent of ours.
func parseXRay(header string) (trace.SpanContext, error) {
	var c trace.SpanContextConfig
	for field := range strings.SplitSeq(header, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		var err error
		switch name {
		case "Root":
			c.TraceID, err = parseXRayID(value)
		case "Parent":
			c.SpanID, err = trace.SpanIDFromHex(value)
		case "Sampled":
			c.TraceFlags = c.TraceFlags.WithSampled(value == "1")
		}
		if err != nil {
			return trace.SpanContext{}, err
		}
	}
	if span := trace.NewSpanContext(c); span.IsValid() {
		return span, nil
	}
	return trace.SpanContext{}, errInvalidXRay
}

func parseXRayID(text string) (trace.TraceID, error) {
	parts := strings.Split(text, "-")
	if len(parts) != 3 || parts[0] != "1" || len(parts[1]) != 8 {
		return trace.TraceID{}, errInvalidXRay
	}
	return trace.TraceIDFromHex(parts[1] + parts[2])
}
