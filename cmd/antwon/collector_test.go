package main_test

import (
	"compress/gzip"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// collector receives traces by OTLP over HTTP, like OpenTelemetry's own collector.
type collector struct {
	t        *testing.T
	url      string
	mu       sync.Mutex
	spans    []*tracepb.Span // guarded by mu, like all below
	services []string
	keys     []string // the header x-key of each request
}

func startCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{t: t}
	web := httptest.NewServer(http.HandlerFunc(c.take))
	t.Cleanup(web.Close)
	c.url = web.URL
	return c
}

func (c *collector) take(w http.ResponseWriter, r *http.Request) {
	var body io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body = unzipped
	}
	content, err := io.ReadAll(body)
	var request collectorpb.ExportTraceServiceRequest
	if err == nil {
		err = proto.Unmarshal(content, &request)
	}
	if err != nil || r.URL.Path != "/v1/traces" || r.Header.Get("Content-Type") != "application/x-protobuf" {
		c.t.Errorf("%s %s of %s: %v", r.Method, r.URL, r.Header.Get("Content-Type"), err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keys = append(c.keys, r.Header.Get("X-Key"))
	for _, resource := range request.ResourceSpans {
		c.services = append(c.services, attribute(resource.Resource.Attributes, "service.name"))
		for _, scope := range resource.ScopeSpans {
			c.spans = append(c.spans, scope.Spans...)
		}
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
}

// all returns the spans received so far.
func (c *collector) all() []*tracepb.Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.spans)
}

// one returns a span of that name within a trace, or nil. An empty trace stands for any trace.
func (c *collector) one(trace, name string) *tracepb.Span {
	for _, span := range c.all() {
		if span.Name == name && (trace == "" || hex.EncodeToString(span.TraceId) == trace) {
			return span
		}
	}
	return nil
}

// chain returns the names of a span and of those that it is in, outermost first.
func (c *collector) chain(span *tracepb.Span) (names []string) {
	for span != nil {
		names = append([]string{span.Name}, names...)
		inner := span
		span = nil
		for _, outer := range c.all() {
			if string(outer.SpanId) == string(inner.ParentSpanId) && string(outer.TraceId) == string(inner.TraceId) {
				span = outer
			}
		}
	}
	return names
}

// text returns all texts in spans, except in those of the player's driver, which name the room.
func (c *collector) text() string {
	var all strings.Builder
	for _, span := range c.all() {
		if attribute(span.Attributes, "antwon.room_id") == "" {
			all.WriteString(protojson.Format(span))
		}
	}
	return all.String()
}

func attribute(attributes []*commonpb.KeyValue, key string) string {
	for _, a := range attributes {
		if a.Key == key {
			return a.Value.GetStringValue()
		}
	}
	return ""
}
