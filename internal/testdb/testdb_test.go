package testdb_test

import (
	"database/sql"
	"net/url"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"

	"antwon.dj/backend/internal/testdb"
)

func TestConcurrentTestsGetDifferentDatabases(t *testing.T) {
	if first, second := testdb.MySQL(t), testdb.MySQL(t); first == second {
		t.Errorf("both got %s", first)
	}
}

func TestReusedDatabaseHasNoRows(t *testing.T) {
	var used string
	t.Run("a test that leaves a row", func(t *testing.T) {
		used = testdb.MySQL(t)
		db := open(t, used)
		must(t, db, "CREATE TABLE IF NOT EXISTS leftovers (id INT)")
		must(t, db, "INSERT INTO leftovers VALUES (1)")
	})
	var again []string
	for range 20 { // other test processes may have taken the first one in between
		if again = append(again, testdb.MySQL(t)); again[len(again)-1] == used {
			break
		}
	}
	if again[len(again)-1] != used {
		t.Logf("%s was taken by another process: nothing to see here", used)
		return
	}
	db := open(t, used)
	defer must(t, db, "DROP TABLE leftovers")
	var rows int
	if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM leftovers").Scan(&rows); err != nil || rows != 0 {
		t.Errorf("%d rows, %v", rows, err)
	}
}

func open(t *testing.T, databaseURL string) *sql.DB {
	t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr, cfg.User, cfg.DBName = "tcp", u.Host, u.User.Username(), strings.Trim(u.Path, "/")
	cfg.Passwd, _ = u.User.Password()
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(connector)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func must(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}
