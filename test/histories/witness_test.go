package histories_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql"
	_ "modernc.org/sqlite"
)

// witness is a table that is written by triggers of the database, within the transactions that change a room. So it has
// what was committed, in which order, and by which server.
type witness struct {
	db *sql.DB
}

// newWitness adds the table and the triggers to the database that a server has made.
func (w *world) newWitness(sqlite string) *witness {
	w.t.Helper()
	driver, source := "sqlite", "file:"+sqlite+"?_pragma=busy_timeout(20000)"
	words := strings.NewReplacer("@AT", "strftime('%Y-%m-%d %H:%M:%f', 'now')", "@SERVER", "'A'",
		"@KEY", "INTEGER PRIMARY KEY AUTOINCREMENT", "@EACH", "FOR EACH ROW BEGIN", "@END", "; END")
	if w.db != nil {
		driver, source = "mysql", fmt.Sprintf("root@tcp(127.0.0.1:%d)/antwon", w.db.Port)
		words = strings.NewReplacer("@AT", "DATE_FORMAT(UTC_TIMESTAMP(6), '%Y-%m-%d %H:%i:%s.%f')",
			"@SERVER", "SUBSTRING_INDEX(USER(), '@', 1)", "@KEY", "BIGINT AUTO_INCREMENT PRIMARY KEY",
			"@EACH", "FOR EACH ROW", "@END", "")
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		w.t.Fatal(err)
	}
	db.SetMaxIdleConns(0) // so that no broken connection is used after the database was killed
	w.t.Cleanup(func() { _ = db.Close() })
	statements := []string{`CREATE TABLE witness (seq @KEY, at VARCHAR(40), server VARCHAR(40), kind VARCHAR(40),
		v_old BIGINT, v_new BIGINT, what VARCHAR(255))`}
	for n, rule := range []struct{ on, kind, old, new, what, where string }{
		{"UPDATE ON rooms", "version", "OLD.version", "NEW.version", "''", "NEW.version <> OLD.version"},
		{"UPDATE ON rooms", "unnumbered", "0", "NEW.version", "'presence'", "NEW.present_count <> OLD.present_count"},
		{"UPDATE ON memberships", "unnumbered", "0", "0", "'member'", "1 = 1"},
		{"UPDATE ON room_playbacks", "row", "0", "NEW.version", "'playback'", "1 = 1"},
		{"UPDATE ON room_playbacks", "step", "0", "NEW.version", "'playback'", "NEW.version <> OLD.version"},
		{"INSERT ON room_events", "row", "0", "NEW.version", "NEW.kind", "1 = 1"},
		{"INSERT ON queue_items", "row", "0", "NEW.version", "NEW.id", "1 = 1"},
		{"UPDATE ON queue_items", "row", "0", "NEW.version", "NEW.id", "1 = 1"},
		{"UPDATE ON queue_items", "step", "0", "NEW.version", "CONCAT(NEW.id, ' ', NEW.state)",
			"NEW.state <> OLD.state AND NEW.state IN ('COMMITTED', 'PLAYING', 'PLAYED', 'SKIPPED')"},
		{"UPDATE ON queue_items", "step", "0", "NEW.version", "CONCAT(NEW.id, ' ', NEW.commit_state)",
			"COALESCE(NEW.commit_state, '') <> COALESCE(OLD.commit_state, '') AND NEW.state = 'COMMITTED'"},
		{"INSERT ON room_leases", "lease", "0", "NEW.epoch", "NEW.node_id", "1 = 1"},
		{"UPDATE ON room_leases", "lease", "OLD.epoch", "NEW.epoch", "NEW.node_id",
			"NEW.epoch <> OLD.epoch OR NEW.node_id <> OLD.node_id"}, // not only the count of calls
	} {
		statements = append(statements, fmt.Sprintf(`CREATE TRIGGER witness_%d AFTER %s @EACH
			INSERT INTO witness (at, server, kind, v_old, v_new, what)
			SELECT @AT, @SERVER, '%s', %s, %s, %s FROM (SELECT 1 AS one) AS once WHERE %s@END`,
			n, rule.on, rule.kind, rule.old, rule.new, rule.what, rule.where))
	}
	for _, statement := range statements {
		if _, err := db.ExecContext(w.t.Context(), words.Replace(statement)); err != nil {
			w.t.Fatalf("%s: %v", words.Replace(statement), err)
		}
	}
	return &witness{db}
}

// driver returns the name of the server that last took the room's lease, or "" if none has.
func (n *witness) driver(tb testing.TB) (server string) {
	tb.Helper()
	const last = "SELECT server FROM witness WHERE kind = 'lease' ORDER BY seq DESC LIMIT 1"
	err := n.db.QueryRowContext(context.Background(), last).Scan(&server)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		tb.Error(err)
	}
	return server
}

// rows returns everything that was written.
func (n *witness) rows(ctx context.Context) (rows []row, err error) {
	found, err := n.db.QueryContext(ctx, "SELECT at, server, kind, v_old, v_new, what FROM witness ORDER BY seq")
	if err != nil {
		return nil, err
	}
	defer found.Close()
	for found.Next() {
		var r row
		var at string
		if err := found.Scan(&at, &r.server, &r.kind, &r.old, &r.new, &r.what); err != nil {
			return nil, err
		}
		if r.at, err = time.Parse("2006-01-02 15:04:05.999999", at); err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	return rows, found.Err()
}
