package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	_ "modernc.org/sqlite" // the embedded database

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/migrate"
)

// sqliteOptions are set on every SQLite connection: foreign keys, a write-ahead log for which readers do not wait,
// commits that survive a power cut, transactions that take the write lock when they begin, and times whose text sorts
// by time. A write-ahead log that has grown is truncated when it starts over.
const sqliteOptions = "_fk=1&_journal_mode=WAL&_synchronous=FULL&_busy_timeout=5000&_txlock=immediate" +
	"&_time_format=sqlite&_timezone=UTC&_dqs=0&_defensive=1&_pragma=journal_size_limit(16777216)" // maxWAL

const (
	sqliteReaders  = 4
	migrateTimeout = time.Minute // of waiting for other processes that open the same SQLite file
)

// DB is an open database. On SQLite all writes go through a single connection, because with more of them a server
// handled only a fifth of the likes per second; on MySQL readers and writers share one pool. It is safe for concurrent
// use.
type DB struct {
	Dialect string             // dialect.SQLite or dialect.MySQL
	Write   *ent.Client        // for transactions; most callers use InTx
	Read    *ent.Client        // for queries outside of transactions; on SQLite it cannot write
	SQL     ObservedDB         // for queries without ent; on SQLite it cannot write
	probeID string             // of the row that Ready writes
	pools   map[string]*sql.DB // by name, for metrics
	closers []func() error
	// checkpoint moves a large write-ahead log into the database file; nil: there is no such log.
	checkpoint func(context.Context) error
}

// Options configure OpenWith. The zero value is valid.
type Options struct {
	Credentials Credentials   // of a MySQL database whose password may change while it is open; nil: those of the URL
	Wait        time.Duration // how long to wait for a database that is not available; 0: the first attempt decides
	Log         *slog.Logger  // gets failed attempts to open the database, and lost connections; nil: nothing is logged
}

// Open is OpenWith without options.
func Open(ctx context.Context, databaseURL string) (*DB, error) {
	return OpenWith(ctx, databaseURL, Options{})
}

// OpenWith opens the database at a URL, sqlite:PATH or mysql://user:password@host:port/name, and migrates it to the
// newest version. Several servers may start at once: one migrates, and the others wait. Call Close when done.
func OpenWith(ctx context.Context, databaseURL string, opts Options) (*DB, error) {
	if _, err := CheckURL(databaseURL); err != nil {
		return nil, err
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	return opts.await(ctx, func() (*DB, error) {
		if path, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
			return openSQLite(ctx, path)
		}
		return openMySQL(ctx, databaseURL, opts)
	})
}

// Close closes all connections.
func (s *DB) Close() error {
	var errs []error
	for _, closer := range s.closers {
		errs = append(errs, closer())
	}
	return errors.Join(errs...)
}

// Measure registers metrics of the statements and the connection pools.
func (s *DB) Measure(metrics prometheus.Registerer) {
	metrics.MustRegister(s.SQL.observer.seconds)
	for name, pool := range s.pools {
		metrics.MustRegister(collectors.NewDBStatsCollector(pool, name))
	}
}

func openSQLite(ctx context.Context, path string) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the database's directory: %w", err)
	}
	if err := migrateSQLite(ctx, path); err != nil {
		return nil, err
	}
	writer, err := sql.Open("sqlite", fileURI(path)+"?"+sqliteOptions)
	if err != nil {
		return nil, err
	}
	writer.SetMaxOpenConns(1)
	reader, err := sql.Open("sqlite", fileURI(path)+"?"+sqliteOptions+"&_pragma=query_only(1)")
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	reader.SetMaxOpenConns(sqliteReaders)
	reader.SetMaxIdleConns(sqliteReaders)
	prepared := newPreparedDriver(dialect.SQLite, writer)
	observer, read := newObserver(dialect.SQLite), newStatements(reader)
	return &DB{
		Dialect: dialect.SQLite,
		Write:   ent.NewClient(ent.Driver(observedDriver{prepared, observer})),
		Read:    ent.NewClient(ent.Driver(observedDriver{entsql.OpenDB(dialect.SQLite, reader), observer})),
		SQL:     ObservedDB{reader, observer, read},
		probeID: NewID(),
		pools:   map[string]*sql.DB{"write": writer, "read": reader},
		closers: []func() error{read.close, reader.Close, prepared.Close},

		checkpoint: func(ctx context.Context) error { return checkpointSQLite(ctx, path) },
	}, nil
}

// migrateSQLite migrates a database file, and waits for other processes that do so too. The first process to open a new
// file turns on its write-ahead log; meanwhile SQLite reports at once to all others that it is busy, whatever their
// timeout. So it tries again for up to migrateTimeout.
func migrateSQLite(ctx context.Context, path string) error {
	err := tryMigrateSQLite(ctx, path)
	for began := time.Now(); err != nil && Retryable(err) && time.Since(began) < migrateTimeout; {
		Backoff(2)
		err = tryMigrateSQLite(ctx, path)
	}
	return err
}

// tryMigrateSQLite uses a connection of its own without foreign keys, because SQLite alters a table by building a new
// one.
func tryMigrateSQLite(ctx context.Context, path string) error {
	const options = "?_journal_mode=WAL&_synchronous=FULL&_busy_timeout=60000&_time_format=sqlite"
	db, err := sql.Open("sqlite", fileURI(path)+options)
	if err != nil {
		return err
	}
	_, err = migrate.Apply(ctx, db, dialect.SQLite)
	if err = errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("migrate %s: %w", path, err)
	}
	return nil
}
