package gqlserver_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"antwon.dj/backend/internal/gqlserver"
)

// BenchmarkOperation measures a minimal operation without tracing, with a trace that is not sampled, and with one that
// is.
func BenchmarkOperation(b *testing.B) {
	for name, provider := range map[string]trace.TracerProvider{
		"off":     nil,
		"dropped": sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.NeverSample())),
		"kept":    sdktrace.NewTracerProvider(),
	} {
		b.Run(name, func(b *testing.B) {
			schema := newSchema()
			handler := gqlserver.New(gqlserver.Config{
				Schema: schema, Sources: schema.sources(), Authenticate: authenticate, Present: present, Tracing: provider,
				Recover: func(context.Context, any) error { return errors.New("recovered") },
			})
			b.ReportAllocs()
			for b.Loop() {
				request := httptest.NewRequestWithContext(
					b.Context(), http.MethodPost, "/", strings.NewReader(`{"query":"{ viewer }"}`),
				)
				request.Header.Set("Content-Type", "application/json")
				answer := httptest.NewRecorder()
				handler.ServeHTTP(answer, request)
				if answer.Code != http.StatusOK {
					b.Fatal(answer.Body)
				}
			}
		})
	}
}
