// Package testdb gives each test an empty database of its own: a SQLite file, or a database on a MySQL server.
//
// The server is looked for at ANTWON_TEST_MYSQL_URL, by default at 127.0.0.1:3306 as root without a password. Where none
// answers the test is skipped and says so; with ANTWON_TEST_STRICT=1 it fails instead. With -short it is always skipped.
package testdb

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
)

// Each runs a test once on each kind of database, with the URL of one without rows.
func Each(t *testing.T, test func(t *testing.T, databaseURL string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("mysql", func(t *testing.T) { test(t, MySQL(t)) })
}

// EachEmpty is Each with databases that have no tables yet.
func EachEmpty(t *testing.T, test func(t *testing.T, databaseURL string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("mysql", func(t *testing.T) { test(t, EmptyMySQL(t)) })
}

// SQLite returns the URL of a database file that does not exist yet.
func SQLite(tb testing.TB) string { return "sqlite:" + filepath.Join(tb.TempDir(), "antwon.db") }

// MySQL returns the URL of a database without rows, or skips the test. Its tables may exist already: making them takes MySQL
// longer than most tests, so databases are used again, by later tests and by later runs. Nobody else uses the database until
// the test ends.
func MySQL(tb testing.TB) string {
	tb.Helper()
	return required(tb, borrow)
}

// EmptyMySQL returns the URL of a new database without tables, which is dropped when the test ends, or skips the test.
func EmptyMySQL(tb testing.TB) string {
	tb.Helper()
	return required(tb, CreateMySQL)
}

func required(tb testing.TB, open func() (databaseURL string, done func(), err error)) string {
	tb.Helper()
	if testing.Short() {
		tb.Skip("MySQL left out: -short")
	}
	databaseURL, done, err := open()
	switch {
	case err == nil:
		tb.Cleanup(done)
		return databaseURL
	case os.Getenv("ANTWON_TEST_STRICT") == "1":
		tb.Fatalf("MySQL is required here: %v", err)
	default:
		tb.Skipf("MySQL is left out: %v (ANTWON_TEST_MYSQL_URL names a server)", err)
	}
	return ""
}

var created atomic.Int64

// CreateMySQL makes a database without tables on the test server; drop deletes it.
func CreateMySQL() (databaseURL string, drop func(), err error) {
	server, admin, err := connect()
	if err != nil {
		return "", nil, err
	}
	name := fmt.Sprintf("antwon_new_%d_%d_%d", os.Getpid(), time.Now().UnixNano(), created.Add(1))
	if err := createDatabase(admin, name); err != nil {
		_ = admin.Close()
		return "", nil, err
	}
	server.Path = "/" + name
	return server.String(), func() {
		_, _ = admin.Exec("DROP DATABASE " + name) // a leftover database harms nobody
		_ = admin.Close()
	}, nil
}

func createDatabase(admin *sql.DB, name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), serverTimeout)
	defer cancel()
	_, err := admin.ExecContext(ctx, "CREATE DATABASE IF NOT EXISTS "+name+" CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
	return err
}

// serverTimeout bounds a statement of an administrator. Making and emptying databases waits for the disk.
const serverTimeout = 30 * time.Second

// connect returns the test server's URL and connections to it that may do everything.
func connect() (*url.URL, *sql.DB, error) {
	server, err := url.Parse(cmp.Or(os.Getenv("ANTWON_TEST_MYSQL_URL"), "mysql://root@127.0.0.1:3306"))
	if err != nil {
		return nil, nil, fmt.Errorf("ANTWON_TEST_MYSQL_URL: %w", err)
	}
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr, cfg.User, cfg.Timeout = "tcp", server.Host, server.User.Username(), 2*time.Second
	cfg.Passwd, _ = server.User.Password()
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, nil, err
	}
	return server, sql.OpenDB(connector), nil
}
