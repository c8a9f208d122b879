package database

import (
	"context"
	"testing"

	"entgo.io/ent/dialect"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// BenchmarkObserve measures the cost of observing a statement that takes no time: outside of a trace, and within a
// recorded one.
func BenchmarkObserve(b *testing.B) {
	observer := newObserver(dialect.SQLite)
	provider := sdktrace.NewTracerProvider()
	traced, span := provider.Tracer("").Start(b.Context(), "")
	defer span.End()
	for name, ctx := range map[string]context.Context{"off": b.Context(), "traced": traced} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, statement := observer.begin(ctx, "SELECT `likes`.`id` FROM `likes` WHERE `likes`.`user_id` = ?")
				statement.end(nil)
			}
		})
	}
}
