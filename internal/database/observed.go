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
	// shownStatement is how many bytes of a statement a span shows. Longer ones are mostly lists of question marks.
	shownStatement = 1_000
	tracerName     = "antwon.dj/backend/internal/database"
)

// observer times each statement, and records it as a span if it is part of a trace that is recorded. Statements outside
// of traces begin none, because the server itself queries the database all the time.
type observer struct {
	system  attribute.KeyValue
	seconds *prometheus.HistogramVec
	byWord  map[string][2]prometheus.Observer // by the statement's first word: for successes, and for failures
	onError func(error)                       // called with the error of each statement that fails; nil: not called
}

func newObserver(dialectName string) *observer {
	o := &observer{
		system: attribute.String("db.system.name", systemNames[dialectName]),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "antwon_sql_seconds", Help: "Time until a statement was answered, by its first word and outcome.",
			Buckets: prometheus.ExponentialBuckets(0.00005, 4, 9),
		}, []string{"statement", "outcome"}),
		byWord: map[string][2]prometheus.Observer{},
	}
	for _, word := range []string{"SELECT", "INSERT", "UPDATE", "DELETE", "BEGIN", "COMMIT", "ROLLBACK", "other"} {
		o.byWord[word] = [2]prometheus.Observer{
			o.seconds.WithLabelValues(word, "ok"), o.seconds.WithLabelValues(word, "error"),
		}
	}
	return o
}

// systemNames are OpenTelemetry's names of the dialects.
var systemNames = map[string]string{dialect.SQLite: "sqlite", dialect.MySQL: "mysql"}

// statement is a statement that is being executed.
type statement struct {
	observer *observer
	outcomes [2]prometheus.Observer
	span     trace.Span // nil: it is not recorded
	began    time.Time
}

// begin begins to observe a statement, until end is called. Its text never contains values.
func (o *observer) begin(ctx context.Context, query string) (context.Context, statement) {
	word, _, _ := strings.Cut(query, " ")
	outcomes, ok := o.byWord[word]
	if !ok {
		word, outcomes = "other", o.byWord["other"]
	}
	ctx, span := o.startSpan(ctx, word, query)
	return ctx, statement{o, outcomes, span, time.Now()}
}

func (s statement) end(err error) {
	outcome := s.outcomes[0]
	if err != nil {
		outcome = s.outcomes[1]
	}
	outcome.Observe(time.Since(s.began).Seconds())
	if err != nil && s.observer.onError != nil {
		s.observer.onError(err)
	}
	if s.span == nil {
		return
	}
	if err != nil {
		s.span.SetStatus(codes.Error, "") // without the database's text, which may contain values
	}
	s.span.End()
}

// startSpan starts a span within the one of ctx, or returns nil if that one is not recorded.
func (o *observer) startSpan(ctx context.Context, word, query string) (context.Context, trace.Span) {
	parent := trace.SpanFromContext(ctx)
	if !parent.IsRecording() {
		return ctx, nil
	}
	attributes := trace.WithAttributes(
		o.system, attribute.String("db.operation.name", word),
		attribute.String("db.query.text", query[:min(len(query), shownStatement)]),
	)
	tracer := parent.TracerProvider().Tracer(tracerName)
	return tracer.Start(ctx, word, trace.WithSpanKind(trace.SpanKindClient), attributes)
}

// observedDriver is a driver of ent whose statements are observed.
type observedDriver struct {
	dialect.Driver
	observer *observer
}

func (d observedDriver) Exec(ctx context.Context, query string, args, v any) error {
	ctx, statement := d.observer.begin(ctx, query)
	err := d.Driver.Exec(ctx, query, args, v)
	statement.end(err)
	return err
}

func (d observedDriver) Query(ctx context.Context, query string, args, v any) error {
	ctx, statement := d.observer.begin(ctx, query)
	err := d.Driver.Query(ctx, query, args, v)
	statement.end(err)
	return err
}

// Tx begins a transaction. It keeps the context, because ent commits and rolls back without one.
func (d observedDriver) Tx(ctx context.Context) (dialect.Tx, error) {
	_, statement := d.observer.begin(ctx, "BEGIN")
	tx, err := d.Driver.Tx(ctx)
	statement.end(err)
	if err != nil {
		return nil, err
	}
	return &observedTx{tx.(*entsql.Tx), ctx, d.observer}, nil
}

type observedTx struct {
	*entsql.Tx
	ctx      context.Context
	observer *observer
}

func (t *observedTx) Exec(ctx context.Context, query string, args, v any) error {
	ctx, statement := t.observer.begin(ctx, query)
	err := t.Tx.Exec(ctx, query, args, v)
	statement.end(err)
	return err
}

func (t *observedTx) Query(ctx context.Context, query string, args, v any) error {
	ctx, statement := t.observer.begin(ctx, query)
	err := t.Tx.Query(ctx, query, args, v)
	statement.end(err)
	return err
}

func (t *observedTx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	ctx, statement := t.observer.begin(ctx, query)
	result, err := t.Tx.ExecContext(ctx, query, args...)
	statement.end(err)
	return result, err
}

func (t *observedTx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx, statement := t.observer.begin(ctx, query)
	rows, err := t.Tx.QueryContext(ctx, query, args...)
	statement.end(err)
	return rows, err
}

func (t *observedTx) Commit() error {
	_, statement := t.observer.begin(t.ctx, "COMMIT")
	err := t.Tx.Commit()
	statement.end(err)
	return err
}

func (t *observedTx) Rollback() error {
	_, statement := t.observer.begin(t.ctx, "ROLLBACK")
	err := t.Tx.Rollback()
	statement.end(err)
	return err
}

// ObservedDB is a connection pool whose queries are observed, for those that do not use ent. Other methods are not
// observed.
type ObservedDB struct {
	*sql.DB
	observer *observer
	prepared *statements // nil: each query is sent as it is
}

func (d ObservedDB) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx, statement := d.observer.begin(ctx, query)
	var rows *sql.Rows
	var err error
	if stmt := d.prepared.get(ctx, query); stmt != nil { //nolint:sqlclosecheck // statements close them with the database
		rows, err = stmt.QueryContext(ctx, args...)
	} else {
		rows, err = d.DB.QueryContext(ctx, query, args...)
	}
	statement.end(err)
	return rows, err
}

func (d ObservedDB) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	ctx, statement := d.observer.begin(ctx, query)
	var row *sql.Row
	if stmt := d.prepared.get(ctx, query); stmt != nil { //nolint:sqlclosecheck // statements close them with the database
		row = stmt.QueryRowContext(ctx, args...)
	} else {
		row = d.DB.QueryRowContext(ctx, query, args...)
	}
	statement.end(row.Err())
	return row
}
