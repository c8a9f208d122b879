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

// sqlitePins holds for every SQLite connection: foreign keys, a log that readers do not wait for, a commit that survives a
// power cut, transactions that take the write lock at once, times that sort.
const sqlitePins = "_fk=1&_journal_mode=WAL&_synchronous=FULL&_busy_timeout=5000&_txlock=immediate" +
	"&_time_format=sqlite&_timezone=UTC&_dqs=0&_defensive=1"

const (
	sqliteReaders  = 4
	mysqlOpenConns = 32
	migrateTimeout = time.Minute
)

// Store is the database, opened with everything pinned that the program relies on. On SQLite writes go through a single
// connection (with more of them likes a second fell to a fifth); on MySQL readers and writers share a pool.
type DB struct {
	Dialect string
	Write   *ent.Client
	Read    *ent.Client
	SQL     ObservedDB
	pools   map[string]*sql.DB // by what they are for
	closers []func() error
}

// OpenStore opens the database at a URL, sqlite:PATH or mysql://user:password@host:port/name, and migrates it to the
// newest version. Several servers may start at once: one migrates, the others wait.
func Open(ctx context.Context, databaseURL string) (*DB, error) {
	return OpenAs(ctx, databaseURL, nil)
}

// OpenStoreAs is OpenStore for a MySQL database whose password may change while it is open. A nil login is the user and the
// password of the URL.
func OpenAs(ctx context.Context, databaseURL string, login Credentials) (*DB, error) {
	if _, err := CheckURL(databaseURL); err != nil {
		return nil, err
	}
	if path, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
		return openSQLite(ctx, path)
	}
	return openMySQL(ctx, databaseURL, login)
}

// Close closes every connection.
func (s *DB) Close() error {
	var errs []error
	for _, closer := range s.closers {
		errs = append(errs, closer())
	}
	return errors.Join(errs...)
}

// measure shows how the database is used.
func (s *DB) Measure(metrics prometheus.Registerer) {
	metrics.MustRegister(s.SQL.seen.took)
	for name, pool := range s.pools {
		metrics.MustRegister(collectors.NewDBStatsCollector(pool, name))
	}
}

// Ready returns nil when the database answers and has every migration.
func (s *DB) Ready(ctx context.Context) error {
	pending, err := migrate.Pending(ctx, s.SQL.DB, s.Dialect)
	if err != nil {
		return fmt.Errorf("ask the database for its version: %w", err)
	}
	if pending > 0 { // fewer than none: a newer server has been here, and old ones go on until they are replaced
		return fmt.Errorf("the database lacks %d migrations", pending)
	}
	return nil
}

func openSQLite(ctx context.Context, path string) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the database's folder: %w", err)
	}
	if err := migrateSQLite(ctx, path); err != nil {
		return nil, err
	}
	writer, err := sql.Open("sqlite", fileURI(path)+"?"+sqlitePins)
	if err != nil {
		return nil, err
	}
	writer.SetMaxOpenConns(1)
	reader, err := sql.Open("sqlite", fileURI(path)+"?"+sqlitePins+"&_pragma=query_only(1)")
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	reader.SetMaxOpenConns(sqliteReaders)
	reader.SetMaxIdleConns(sqliteReaders)
	prepared := newPreparedDriver(dialect.SQLite, writer)
	seen := newStatements(dialect.SQLite)
	s := &DB{Dialect: dialect.SQLite, SQL: ObservedDB{reader, seen}, pools: map[string]*sql.DB{"write": writer, "read": reader}}
	s.Write = ent.NewClient(ent.Driver(observedDriver{prepared, seen}))
	s.Read = ent.NewClient(ent.Driver(observedDriver{entsql.OpenDB(dialect.SQLite, reader), seen}))
	s.closers = []func() error{reader.Close, prepared.Close}
	return s, nil
}

// migrateSQLite migrates, and waits for others who do so too. Who finds a new database turns its log on, and for that
// moment SQLite tells everybody else at once that it is busy, whatever their timeout.
func migrateSQLite(ctx context.Context, path string) error {
	err := tryMigrateSQLite(ctx, path)
	for began := time.Now(); err != nil && Retryable(err) && time.Since(began) < migrateTimeout; {
		Backoff(2)
		err = tryMigrateSQLite(ctx, path)
	}
	return err
}

// tryMigrateSQLite uses a connection of its own, without foreign keys: SQLite changes a table by building a new one.
func tryMigrateSQLite(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", fileURI(path)+"?_journal_mode=WAL&_synchronous=FULL&_busy_timeout=60000&_time_format=sqlite")
	if err != nil {
		return err
	}
	_, err = migrate.Apply(ctx, db, dialect.SQLite)
	if err = errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("migrate %s: %w", path, err)
	}
	return nil
}

func openMySQL(ctx context.Context, databaseURL string, login Credentials) (*DB, error) {
	cfg, err := mysqlConfig(databaseURL)
	if err != nil {
		return nil, err
	}
	if err := pinIsolation(ctx, cfg, login); err != nil {
		return nil, fmt.Errorf("connect to %s: %w", cfg.Addr, err)
	}
	connector, err := newConnector(cfg, login)
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
	seen := newStatements(dialect.MySQL)
	s := &DB{Dialect: dialect.MySQL, SQL: ObservedDB{db, seen}, pools: map[string]*sql.DB{"all": db}, closers: []func() error{db.Close}}
	s.Write = ent.NewClient(ent.Driver(observedDriver{entsql.OpenDB(dialect.MySQL, db), seen}))
	s.Read = s.Write
	return s, nil
}

func mysqlConfig(databaseURL string) (*mysql.Config, error) {
	u, err := parseMySQL(databaseURL)
	if err != nil {
		return nil, err
	}
	cfg := mysql.NewConfig()
	cfg.TLSConfig = u.Query().Get("tls")
	cfg.Net, cfg.Addr, cfg.DBName = "tcp", u.Host, strings.Trim(u.Path, "/")
	cfg.User = u.User.Username()
	cfg.Passwd, _ = u.User.Password()
	cfg.ParseTime, cfg.Loc = true, time.UTC
	cfg.ClientFoundRows = true   // an update that changes nothing still found its row
	cfg.InterpolateParams = true // one round trip a statement instead of two
	cfg.Collation = "utf8mb4_bin"
	cfg.Params = map[string]string{"time_zone": "'+00:00'"}
	return cfg, nil
}

// pinIsolation makes every connection READ COMMITTED, under the name the server has for it: MariaDB before 11.1 knows only
// the old one, MySQL 8 only the new one.
func pinIsolation(ctx context.Context, cfg *mysql.Config, login Credentials) error {
	connector, err := newConnector(cfg, login)
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	var name, value string
	err = db.QueryRowContext(ctx, "SHOW VARIABLES WHERE Variable_name IN ('transaction_isolation', 'tx_isolation')").Scan(&name, &value)
	if err != nil {
		return err
	}
	cfg.Params[name] = "'READ-COMMITTED'"
	return nil
}
