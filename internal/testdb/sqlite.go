package testdb

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"entgo.io/ent/dialect"
	_ "modernc.org/sqlite" // makes the template

	"antwon.dj/backend/ent/migrate"
)

// SQLite returns the URL of a new database file without rows. Its tables exist already: running the migrations takes
// longer than most tests.
func SQLite(tb testing.TB) string {
	tb.Helper()
	content, err := template()
	if err != nil {
		tb.Fatalf("make the template of SQLite databases: %v", err)
	}
	path := filepath.Join(tb.TempDir(), "antwon.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		tb.Fatal(err)
	}
	return "sqlite:" + path
}

// EmptySQLite returns the URL of a database file that does not exist yet.
func EmptySQLite(tb testing.TB) string { return "sqlite:" + filepath.Join(tb.TempDir(), "antwon.db") }

// template is the content of a migrated database file, made once per process.
var template = sync.OnceValues(func() (content []byte, err error) {
	folder, err := os.MkdirTemp("", "antwon-template-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	path := filepath.Join(folder, "antwon.db")
	db, err := sql.Open("sqlite", "file:"+path+"?_journal_mode=WAL&_synchronous=OFF&_time_format=sqlite")
	if err != nil {
		return nil, err
	}
	_, err = migrate.Apply(context.Background(), db, dialect.SQLite)
	if err := errors.Join(err, db.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path) // closing moved the write-ahead log into it
})
