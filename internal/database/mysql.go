package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/go-sql-driver/mysql"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/migrate"
)

// A network may lose a connection silently: then neither side learns that the other is gone. So each wait for MySQL has
// a bound here, and each wait of MySQL for us has one in mysqlVariables.
const (
	connectTimeout = 5 * time.Second
	// answerTimeout bounds the waits that no context bounds: database/sql commits and rolls back without one. It is longer
	// than TxTimeout, so that a statement in a transaction ends with its context.
	answerTimeout = TxTimeout + time.Second
	// migrationTimeout bounds one statement of a migration, which may rebuild a large table.
	migrationTimeout = time.Hour
)

const (
	mysqlConns = 32
	// maxIdle is how long a connection may be idle, well below mysqlVariables' wait_timeout.
	maxIdle = 3 * time.Second
	// A connection is replaced after minLifetime to twice that, so that none leads to a useless server for long after a
	// fail-over.
	minLifetime = 2 * time.Minute
	// dropInterval is the minimum time after which idle connections are closed again because one was lost.
	dropInterval = time.Second
)

// mysqlVariables are set for each connection, so that the server's own settings do not matter. With this sql_mode,
// values that do not fit are errors. MySQL ends a transaction whose client has sent nothing for wait_timeout, in
// seconds, so that a lost connection does not hold its locks for hours. The other bounds are on waiting for locks.
var mysqlVariables = map[string]string{
	"time_zone":                "'+00:00'",
	"sql_mode":                 "'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
	"wait_timeout":             "10",
	"innodb_lock_wait_timeout": "5",
	"lock_wait_timeout":        "10",
}

func openMySQL(ctx context.Context, databaseURL string, opts Options) (*DB, error) {
	cfg, err := mysqlConfig(databaseURL, opts.Log)
	if err != nil {
		return nil, err
	}
	if err := setIsolation(ctx, cfg, opts.Credentials); err != nil {
		return nil, fmt.Errorf("connect to %s: %w", cfg.Addr, err)
	}
	if err := migrateMySQL(ctx, cfg, opts.Credentials); err != nil {
		return nil, fmt.Errorf("migrate %s: %w", cfg.Addr, err)
	}
	db, err := openPool(cfg, opts.Credentials)
	if err != nil {
		return nil, err
	}
	observer := newObserver(dialect.MySQL)
	observer.onError = dropIdleWhenLost(db)
	client := ent.NewClient(ent.Driver(observedDriver{entsql.OpenDB(dialect.MySQL, db), observer}))
	return &DB{
		Dialect: dialect.MySQL, Write: client, Read: client, SQL: ObservedDB{db, observer, nil}, probeID: NewID(),
		pools: map[string]*sql.DB{"all": db}, closers: []func() error{db.Close},
	}, nil
}

// openPool returns a pool, which connects when it is used.
func openPool(cfg *mysql.Config, credentials Credentials) (*sql.DB, error) {
	connector, err := newConnector(cfg, credentials)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(mysqlConns)
	db.SetMaxIdleConns(mysqlConns)
	db.SetConnMaxIdleTime(maxIdle)
	db.SetConnMaxLifetime(minLifetime + rand.N(minLifetime)) // so that several servers do not reconnect together
	return db, nil
}

// dropIdleWhenLost returns a function to be called with the errors of statements. If an error says that a connection
// was lost, or leads to a read-only server, it closes the idle connections: they are probably no better, and each would
// cost a statement a timeout.
func dropIdleWhenLost(db *sql.DB) func(error) {
	var last atomic.Int64
	return func(err error) {
		at := last.Load()
		if !isLost(err) || time.Since(time.UnixMilli(at)) < dropInterval ||
			!last.CompareAndSwap(at, time.Now().UnixMilli()) {
			return
		}
		db.SetMaxIdleConns(0)
		db.SetMaxIdleConns(mysqlConns)
	}
}

func mysqlConfig(databaseURL string, log *slog.Logger) (*mysql.Config, error) {
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
	cfg.Timeout, cfg.ReadTimeout, cfg.WriteTimeout = connectTimeout, answerTimeout, answerTimeout
	cfg.RejectReadOnly = true // after a fail-over, an old connection may lead to what is a replica now
	cfg.ParseTime, cfg.Loc = true, time.UTC
	cfg.ClientFoundRows = true   // an update that changes nothing still counts the rows it found
	cfg.InterpolateParams = true // one round trip per statement instead of two
	cfg.Collation = "utf8mb4_bin"
	cfg.Params = maps.Clone(mysqlVariables)
	cfg.Logger = driverLog{log}
	return cfg, nil
}

// driverLog logs why the driver gave up a connection: the error that it returns does not say so.
type driverLog struct{ log *slog.Logger }

func (l driverLog) Print(text ...any) {
	l.log.Warn("a connection to the database failed", "error", fmt.Sprint(text...))
}

// setIsolation makes every connection READ COMMITTED. It asks the server for the name of the variable, because MariaDB
// before 11.1 knows only the old name and MySQL 8 only the new one.
func setIsolation(ctx context.Context, cfg *mysql.Config, credentials Credentials) error {
	db, err := openPool(cfg, credentials)
	if err != nil {
		return err
	}
	defer db.Close()
	const query = "SHOW VARIABLES WHERE Variable_name IN ('transaction_isolation', 'tx_isolation')"
	var name, value string
	if err := db.QueryRowContext(ctx, query).Scan(&name, &value); err != nil {
		return err
	}
	cfg.Params[name] = "'READ-COMMITTED'"
	return nil
}

// migrateMySQL migrates the database if it lacks migrations. If it lacks none, nothing is created, so that a user
// who may not create tables can open it.
func migrateMySQL(ctx context.Context, cfg *mysql.Config, credentials Credentials) error {
	cfg = cfg.Clone()
	cfg.ReadTimeout = migrationTimeout
	cfg.Params["innodb_lock_wait_timeout"], cfg.Params["lock_wait_timeout"] = "60", "60"
	db, err := openPool(cfg, credentials)
	if err != nil {
		return err
	}
	defer db.Close()
	if pending, err := migrate.Pending(ctx, db, dialect.MySQL); err == nil && pending <= 0 {
		return nil
	}
	_, err = migrate.Apply(ctx, db, dialect.MySQL)
	if refusal, ok := errors.AsType[*mysql.MySQLError](err); ok && isMissingRight(refusal.Number) {
		return fmt.Errorf("this user may not change tables, so run antwon migrate as one who may: %w", err)
	}
	return err
}
