// Package testdb gives each test an empty database of its own: a SQLite file, or a database on a MySQL server.
//
// ANTWON_TEST_MYSQL_URL is the URL of the server, by default 127.0.0.1:3306 as root without a password. If no server
// answers, the test is skipped and says so; with ANTWON_TEST_STRICT=1 it fails instead.
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

// Each runs a test once on each kind of database, with the URL of an empty one.
func Each(t *testing.T, test func(t *testing.T, databaseURL string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("mysql", func(t *testing.T) { test(t, MySQL(t)) })
}

// SQLite returns the URL of a database file that does not exist yet.
func SQLite(tb testing.TB) string { return "sqlite:" + filepath.Join(tb.TempDir(), "antwon.db") }

// MySQL returns the URL of an empty database, which is dropped when the test ends, or skips the test.
func MySQL(tb testing.TB) string {
	tb.Helper()
	url, drop, err := CreateMySQL()
	switch {
	case err == nil:
		tb.Cleanup(drop)
		return url
	case os.Getenv("ANTWON_TEST_STRICT") == "1":
		tb.Fatalf("MySQL is required here: %v", err)
	default:
		tb.Skipf("MySQL is left out: %v (ANTWON_TEST_MYSQL_URL names a server)", err)
	}
	return ""
}

var created atomic.Int64

// CreateMySQL creates an empty database on the test server. The function drop deletes it.
func CreateMySQL() (databaseURL string, drop func(), err error) {
	server, err := url.Parse(cmp.Or(os.Getenv("ANTWON_TEST_MYSQL_URL"), "mysql://root@127.0.0.1:3306"))
	if err != nil {
		return "", nil, fmt.Errorf("ANTWON_TEST_MYSQL_URL: %w", err)
	}
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr, cfg.User, cfg.Timeout = "tcp", server.Host, server.User.Username(), 2*time.Second
	cfg.Passwd, _ = server.User.Password()
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return "", nil, err
	}
	admin := sql.OpenDB(connector)
	name := fmt.Sprintf("antwon_test_%d_%d_%d", os.Getpid(), time.Now().UnixNano(), created.Add(1))
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+name+" CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"); err != nil {
		_ = admin.Close()
		return "", nil, err
	}
	server.Path = "/" + name
	return server.String(), func() {
		_, _ = admin.Exec("DROP DATABASE " + name) // a leftover database harms nobody
		_ = admin.Close()
	}, nil
}
