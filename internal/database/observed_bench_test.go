package database

import (
	"context"
	"testing"

	"entgo.io/ent/dialect"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// What it costs to observe a statement that takes no time: with nobody tracing, and within a span that is recorded.
func BenchmarkObserve(b *testing.B) {
	seen := newStatements(dialect.SQLite)
	provider := sdktrace.NewTracerProvider()
	traced, span := provider.Tracer("").Start(b.Context(), "")
	defer span.End()
	for name, ctx := range map[string]context.Context{"off": b.Context(), "traced": traced} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, statement := seen.begin(ctx, "SELECT `likes`.`id` FROM `likes` WHERE `likes`.`user_id` = ?")
				statement.end(nil)
			}
		})
	}
}
