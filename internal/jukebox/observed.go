package jukebox

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

const (
	// shownStatement is how much of a statement a span shows; long ones are long lists of question marks.
	shownStatement = 1_000
	tracerName     = "antwon.dj/backend/internal/jukebox"
)

// statements observes what is asked of the database: each statement is timed, and is a span of the trace that it is part of.
// One that is part of none is none: the server asks by itself all the time.
type statements struct {
	system attribute.KeyValue
	took   *prometheus.HistogramVec
	known  map[string][2]prometheus.Observer // by the first word: those that succeed, and those that fail
}

func newStatements(dialectName string) *statements {
	s := &statements{
		system: attribute.String("db.system.name", map[string]string{dialect.SQLite: "sqlite", dialect.MySQL: "mysql"}[dialectName]),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "antwon_sql_seconds", Help: "Time until a statement was answered, by its first word and outcome.",
			Buckets: prometheus.ExponentialBuckets(0.00005, 4, 9),
		}, []string{"statement", "outcome"}),
		known: map[string][2]prometheus.Observer{},
	}
	for _, word := range []string{"SELECT", "INSERT", "UPDATE", "DELETE", "BEGIN", "COMMIT", "ROLLBACK", "other"} {
		s.known[word] = [2]prometheus.Observer{s.took.WithLabelValues(word, "ok"), s.took.WithLabelValues(word, "error")}
	}
	return s
}

// observe runs a statement. Its text never holds a value.
func (s *statements) observe(ctx context.Context, query string, run func(context.Context) error) error {
	word, _, _ := strings.Cut(query, " ")
	outcomes, ok := s.known[word]
	if !ok {
		word, outcomes = "other", s.known["other"]
	}
	ctx, span := s.span(ctx, word, query)
	began := time.Now()
	err := run(ctx)
	took := time.Since(began).Seconds()
	if err == nil {
		outcomes[0].Observe(took)
	} else {
		outcomes[1].Observe(took)
	}
	if span != nil {
		if err != nil {
			span.SetStatus(codes.Error, "") // the database's words may repeat a value
		}
		span.End()
	}
	return err
}

// span begins a span within the one of ctx, or returns nil if that is recorded nowhere.
func (s *statements) span(ctx context.Context, word, query string) (context.Context, trace.Span) {
	parent := trace.SpanFromContext(ctx)
	if !parent.IsRecording() {
		return ctx, nil
	}
	return parent.TracerProvider().Tracer(tracerName).Start(ctx, word, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		s.system, attribute.String("db.operation.name", word), attribute.String("db.query.text", query[:min(len(query), shownStatement)])))
}

// observedDriver is one of ent's drivers, observed.
type observedDriver struct {
	dialect.Driver
	seen *statements
}

func (d observedDriver) Exec(ctx context.Context, query string, args, v any) error {
	return d.seen.observe(ctx, query, func(ctx context.Context) error { return d.Driver.Exec(ctx, query, args, v) })
}

func (d observedDriver) Query(ctx context.Context, query string, args, v any) error {
	return d.seen.observe(ctx, query, func(ctx context.Context) error { return d.Driver.Query(ctx, query, args, v) })
}

// Tx keeps the context: ent's transactions end without one. It is as old as the transaction, and so are the spans in it.
func (d observedDriver) Tx(ctx context.Context) (tx dialect.Tx, err error) {
	err = d.seen.observe(ctx, "BEGIN", func(context.Context) error {
		tx, err = d.Driver.Tx(ctx) // its context is the transaction's, for all of its life
		return err
	})
	if err != nil {
		return nil, err
	}
	return observedTx{tx.(*entsql.Tx), ctx, d.seen}, nil
}

type observedTx struct {
	*entsql.Tx
	ctx  context.Context
	seen *statements
}

func (t observedTx) Exec(ctx context.Context, query string, args, v any) error {
	return t.seen.observe(ctx, query, func(ctx context.Context) error { return t.Tx.Exec(ctx, query, args, v) })
}

func (t observedTx) Query(ctx context.Context, query string, args, v any) error {
	return t.seen.observe(ctx, query, func(ctx context.Context) error { return t.Tx.Query(ctx, query, args, v) })
}

func (t observedTx) ExecContext(ctx context.Context, query string, args ...any) (result sql.Result, err error) {
	err = t.seen.observe(ctx, query, func(ctx context.Context) error {
		result, err = t.Tx.ExecContext(ctx, query, args...)
		return err
	})
	return result, err
}

func (t observedTx) Commit() error {
	return t.seen.observe(t.ctx, "COMMIT", func(context.Context) error { return t.Tx.Commit() })
}

func (t observedTx) Rollback() error {
	return t.seen.observe(t.ctx, "ROLLBACK", func(context.Context) error { return t.Tx.Rollback() })
}

// observedDB is a database for what is asked without ent.
type observedDB struct {
	*sql.DB
	seen *statements
}

func (d observedDB) QueryContext(ctx context.Context, query string, args ...any) (rows *sql.Rows, err error) {
	err = d.seen.observe(ctx, query, func(ctx context.Context) error {
		rows, err = d.DB.QueryContext(ctx, query, args...)
		return err
	})
	return rows, err
}

func (d observedDB) QueryRowContext(ctx context.Context, query string, args ...any) (row *sql.Row) {
	_ = d.seen.observe(ctx, query, func(ctx context.Context) error { // which the row has, too
		row = d.DB.QueryRowContext(ctx, query, args...)
		return row.Err()
	})
	return row
}
