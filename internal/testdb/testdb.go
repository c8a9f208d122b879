// Package testdb gives each test an empty database of its own: a SQLite file, or a database on a MySQL server.
//
// The server is looked for at ANTWON_TEST_MYSQL_URL, by default at 127.0.0.1:3306 as root without a password. Where
// none answers the test is skipped and says so; with ANTWON_TEST_STRICT=1 it fails instead. With -short it is always
// skipped.
//
// A test that breaks its database starts one of its own, with Private, and puts a Proxy before it.
package testdb

import (
	"os"
	"testing"

	"antwon.dj/backend/internal/testdb/mysqldb"
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
	t.Run("sqlite", func(t *testing.T) { test(t, EmptySQLite(t)) })
	t.Run("mysql", func(t *testing.T) { test(t, EmptyMySQL(t)) })
}

// MySQL returns the URL of a database without rows, or skips the test. Its tables may exist already: making them
// takes MySQL longer than most tests, so databases are used again, by later tests and by later runs. Nobody else uses
// the database until the test ends.
func MySQL(tb testing.TB) string {
	tb.Helper()
	return required(tb, borrow)
}

// EmptyMySQL returns the URL of a new database without tables, which is dropped when the test ends, or skips the test.
func EmptyMySQL(tb testing.TB) string {
	tb.Helper()
	return required(tb, mysqldb.Create)
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
