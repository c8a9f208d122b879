package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/go-sql-driver/mysql"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	_ "modernc.org/sqlite" // the embedded database

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/migrate"
)

// sqliteOptions are set on every SQLite connection: foreign keys, a write-ahead log for which readers do not wait,
// commits that survive a power cut, transactions that take the write lock when they begin, and times whose text sorts
// by time.
const sqliteOptions = "_fk=1&_journal_mode=WAL&_synchronous=FULL&_busy_timeout=5000&_txlock=immediate" +
	"&_time_format=sqlite&_timezone=UTC&_dqs=0&_defensive=1"

const (
	sqliteReaders  = 4
	mysqlOpenConns = 32
	migrateTimeout = time.Minute
)

// DB is an open database. On SQLite all writes go through a single connection, because with more of them a server
// handled a fifth of the likes per second; on MySQL readers and writers share one pool. It is safe for concurrent use.
type DB struct {
	Dialect string             // dialect.SQLite or dialect.MySQL
	Write   *ent.Client        // for transactions; most callers use InTx
	Read    *ent.Client        // for queries outside of transactions; on SQLite it cannot write
	SQL     ObservedDB         // for queries without ent; on SQLite it cannot write
	pools   map[string]*sql.DB // by name, for metrics
	closers []func() error
}

// Open opens the database at a URL, sqlite:PATH or mysql://user:password@host:port/name, and migrates it to the newest
// version. Several servers may start at once: one migrates, and the others wait. Call Close when done.
func Open(ctx context.Context, databaseURL string) (*DB, error) {
	return OpenAs(ctx, databaseURL, nil)
}

// OpenAs is Open for a MySQL database whose password may change while it is open. With nil credentials it uses the user
// and the password of the URL.
func OpenAs(ctx context.Context, databaseURL string, credentials Credentials) (*DB, error) {
	if _, err := CheckURL(databaseURL); err != nil {
		return nil, err
	}
	if path, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
		return openSQLite(ctx, path)
	}
	return openMySQL(ctx, databaseURL, credentials)
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

// Ready returns nil if the database answers and has all migrations that this program knows.
func (s *DB) Ready(ctx context.Context) error {
	pending, err := migrate.Pending(ctx, s.SQL.DB, s.Dialect)
	if err != nil {
		return fmt.Errorf("ask the database for its version: %w", err)
	}
	if pending > 0 { // a negative number: a newer server has migrated it, and old ones continue until they are replaced
		return fmt.Errorf("the database lacks %d migrations", pending)
	}
	return nil
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
	observer := newObserver(dialect.SQLite)
	return &DB{
		Dialect: dialect.SQLite,
		Write:   ent.NewClient(ent.Driver(observedDriver{prepared, observer})),
		Read:    ent.NewClient(ent.Driver(observedDriver{entsql.OpenDB(dialect.SQLite, reader), observer})),
		SQL:     ObservedDB{reader, observer},
		pools:   map[string]*sql.DB{"write": writer, "read": reader},
		closers: []func() error{reader.Close, prepared.Close},
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

func openMySQL(ctx context.Context, databaseURL string, credentials Credentials) (*DB, error) {
	cfg, err := mysqlConfig(databaseURL)
	if err != nil {
		return nil, err
	}
	if err := setIsolation(ctx, cfg, credentials); err != nil {
		return nil, fmt.Errorf("connect to %s: %w", cfg.Addr, err)
	}
	connector, err := newConnector(cfg, credentials)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(mysqlOpenConns)
	db.SetMaxIdleConns(mysqlOpenConns)
	db.SetConnMaxLifetime(time.Hour)
	if _, err := migrate.Apply(ctx, db, dialect.MySQL); err != nil {
		return nil, errors.Join(fmt.Errorf("migrate %s: %w", cfg.Addr, err), db.Close())
	}
	observer := newObserver(dialect.MySQL)
	client := ent.NewClient(ent.Driver(observedDriver{entsql.OpenDB(dialect.MySQL, db), observer}))
	return &DB{
		Dialect: dialect.MySQL, Write: client, Read: client, SQL: ObservedDB{db, observer},
		pools: map[string]*sql.DB{"all": db}, closers: []func() error{db.Close},
	}, nil
}

func mysqlConfig(databaseURL string) (*mysql.Config, error) {
	u, err := parseMySQL(databaseURL)
	if err != nil {
		return nil, err
	}
	cfg := mysql.NewConfig()
	if cfg.TLS, err = tlsConfig(u); err != nil {
		return nil, err
	}
	if cfg.TLS == nil {
		cfg.TLSConfig = u.Query().Get("tls")
	}
	cfg.Net, cfg.Addr, cfg.DBName = "tcp", u.Host, strings.Trim(u.Path, "/")
	cfg.User = u.User.Username()
	cfg.Passwd, _ = u.User.Password()
	cfg.ParseTime, cfg.Loc = true, time.UTC
	cfg.ClientFoundRows = true   // an update that changes nothing still counts the rows it found
	cfg.InterpolateParams = true // one round trip per statement instead of two
	cfg.Collation = "utf8mb4_bin"
	cfg.Params = map[string]string{"time_zone": "'+00:00'"}
	return cfg, nil
}

// setIsolation makes every connection READ COMMITTED. It asks the server for the name of the variable, because MariaDB
// before 11.1 knows only the old name and MySQL 8 only the new one.
func setIsolation(ctx context.Context, cfg *mysql.Config, credentials Credentials) error {
	connector, err := newConnector(cfg, credentials)
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	const query = "SHOW VARIABLES WHERE Variable_name IN ('transaction_isolation', 'tx_isolation')"
	var name, value string
	if err := db.QueryRowContext(ctx, query).Scan(&name, &value); err != nil {
		return err
	}
	cfg.Params[name] = "'READ-COMMITTED'"
	return nil
}
