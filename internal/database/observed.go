package database

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

// statement is one under way.
type statement struct {
	outcomes [2]prometheus.Observer
	span     trace.Span // nil: it is none
	began    time.Time
}

// begin begins a statement. Its text never holds a value.
func (s *statements) begin(ctx context.Context, query string) (context.Context, statement) {
	word, _, _ := strings.Cut(query, " ")
	outcomes, ok := s.known[word]
	if !ok {
		word, outcomes = "other", s.known["other"]
	}
	ctx, span := s.span(ctx, word, query)
	return ctx, statement{outcomes, span, time.Now()}
}

func (s statement) end(err error) {
	outcome := s.outcomes[0]
	if err != nil {
		outcome = s.outcomes[1]
	}
	outcome.Observe(time.Since(s.began).Seconds())
	if s.span == nil {
		return
	}
	if err != nil {
		s.span.SetStatus(codes.Error, "") // the database's words may repeat a value
	}
	s.span.End()
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
	ctx, statement := d.seen.begin(ctx, query)
	err := d.Driver.Exec(ctx, query, args, v)
	statement.end(err)
	return err
}

func (d observedDriver) Query(ctx context.Context, query string, args, v any) error {
	ctx, statement := d.seen.begin(ctx, query)
	err := d.Driver.Query(ctx, query, args, v)
	statement.end(err)
	return err
}

// Tx keeps the context, for ent ends transactions without one.
func (d observedDriver) Tx(ctx context.Context) (dialect.Tx, error) {
	_, statement := d.seen.begin(ctx, "BEGIN")
	tx, err := d.Driver.Tx(ctx)
	statement.end(err)
	if err != nil {
		return nil, err
	}
	return &observedTx{tx.(*entsql.Tx), ctx, d.seen}, nil
}

type observedTx struct {
	*entsql.Tx
	ctx  context.Context
	seen *statements
}

func (t *observedTx) Exec(ctx context.Context, query string, args, v any) error {
	ctx, statement := t.seen.begin(ctx, query)
	err := t.Tx.Exec(ctx, query, args, v)
	statement.end(err)
	return err
}

func (t *observedTx) Query(ctx context.Context, query string, args, v any) error {
	ctx, statement := t.seen.begin(ctx, query)
	err := t.Tx.Query(ctx, query, args, v)
	statement.end(err)
	return err
}

func (t *observedTx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	ctx, statement := t.seen.begin(ctx, query)
	result, err := t.Tx.ExecContext(ctx, query, args...)
	statement.end(err)
	return result, err
}

func (t *observedTx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx, statement := t.seen.begin(ctx, query)
	rows, err := t.Tx.QueryContext(ctx, query, args...)
	statement.end(err)
	return rows, err
}

func (t *observedTx) Commit() error {
	_, statement := t.seen.begin(t.ctx, "COMMIT")
	err := t.Tx.Commit()
	statement.end(err)
	return err
}

func (t *observedTx) Rollback() error {
	_, statement := t.seen.begin(t.ctx, "ROLLBACK")
	err := t.Tx.Rollback()
	statement.end(err)
	return err
}

// observedDB is a database for what is asked without ent.
type ObservedDB struct {
	*sql.DB
	seen *statements
}

func (d ObservedDB) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx, statement := d.seen.begin(ctx, query)
	rows, err := d.DB.QueryContext(ctx, query, args...)
	statement.end(err)
	return rows, err
}

func (d ObservedDB) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	ctx, statement := d.seen.begin(ctx, query)
	row := d.DB.QueryRowContext(ctx, query, args...)
	statement.end(row.Err())
	return row
}
