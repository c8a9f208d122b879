package migrate_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"entgo.io/ent/dialect"

	"antwon.dj/backend/ent/migrate"
	"antwon.dj/backend/internal/testdb"
)

// A process that migrates a database is killed or told to stop at many moments. Each time another one goes on, and in
// the end tables and rows are those of a database that was migrated at once.
func TestKilledMigrationIsResumed(t *testing.T) {
	if testing.Short() {
		t.Skip("left out: -short")
	}
	for name, dialect := range map[string]struct {
		empty func(testing.TB) (databaseURL string)
		end   killer
		kills int // at least
	}{
		"mysql":  {testdb.EmptyMySQL, killAtPacket, 50},
		"sqlite": {testdb.SQLite, killWithin(timeOfMigration(t)), 10}, // everything is one transaction
	} {
		t.Run(name, func(t *testing.T) {
			want := migratedAtOnce(t, dialect.empty(t))
			for killed := 0; killed < dialect.kills; {
				databaseURL := dialect.empty(t)
				killed += migrateKilled(t, databaseURL, dialect.end)
				if got := describe(t, databaseURL); got != want {
					t.Fatalf("after %d kills the database has\n%s\nwant\n%s", killed, got, want)
				}
			}
		})
	}
}

// killer runs a command that migrates a database, and kills it at a moment of its choice. It returns false if the
// command ended before that moment.
type killer func(t *testing.T, databaseURL, version string) (killed bool)

// migrateKilled migrates an empty database, with rows in it from afterKeeping on, by processes that are killed.
func migrateKilled(t *testing.T, databaseURL string, end killer) (killed int) {
	t.Helper()
	for end(t, databaseURL, afterKeeping) {
		killed++
	}
	fill(t, databaseURL)
	for end(t, databaseURL, "") {
		killed++
	}
	t.Logf("%d processes were killed", killed)
	return killed
}

// migratedAtOnce migrates an empty database with rows in it from afterKeeping on, and describes the result.
func migratedAtOnce(t *testing.T, databaseURL string) string {
	t.Helper()
	for _, version := range []string{afterKeeping, ""} {
		db, driver := connect(t, databaseURL)
		if _, err := migrate.ApplyTo(t.Context(), db, driver, version); err != nil {
			t.Fatal(err)
		}
		if version != "" {
			fill(t, databaseURL)
		}
	}
	return describe(t, databaseURL)
}

// fill adds rows that later migrations change.
func fill(t *testing.T, databaseURL string) {
	t.Helper()
	db, _ := connect(t, databaseURL)
	old := fillOld(t, db)
	for i := range 300 {
		kind := []string{"HANDED_ON", "LEFT_OUT", "LIKED"}[i%3]
		old.exec("INSERT INTO room_events (id, room_id, at, kind, detail) VALUES (?, 'room', ?, ?, '')",
			strconv.Itoa(i), "2026-11-28 20:00:00", kind)
	}
}

// describe returns what the tables look like, and their rows.
func describe(t *testing.T, databaseURL string) string {
	t.Helper()
	db, driver := connect(t, databaseURL)
	query := "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name"
	if driver == dialect.SQLite {
		query = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
	}
	var text strings.Builder
	for _, table := range selectAll(t, db, query) {
		if driver == dialect.SQLite {
			writeLines(&text, selectAll(t, db, "SELECT sql FROM sqlite_master WHERE tbl_name = '"+table+"' ORDER BY name"))
		} else {
			writeLines(&text, selectAll(t, db, "SHOW CREATE TABLE `"+table+"`"))
		}
		if !strings.Contains(table, "schema_revisions") {
			writeLines(&text, selectAll(t, db, "SELECT * FROM `"+table+"` ORDER BY 1"))
		}
	}
	writeLines(&text, selectAll(t, db, "SELECT version, applied, total FROM schema_revisions ORDER BY version"))
	withoutCounters := regexp.MustCompile(` AUTO_INCREMENT=\d+`).ReplaceAllString(text.String(), "")
	return regexp.MustCompile(`20\d\d-\d\d-\d\d[ T]\d\d:\d\d:\d\d\S*`).ReplaceAllString(withoutCounters, "(time)")
}

func writeLines(to io.Writer, lines []string) { fmt.Fprintln(to, strings.Join(lines, "\n")) }

// selectAll returns the rows of a query as texts.
func selectAll(t *testing.T, db *sql.DB, query string) (lines []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		texts := make([]string, len(values))
		for i, value := range values {
			texts[i] = value.String
		}
		lines = append(lines, strings.Join(texts, " | "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

// TestMigratingProcess is no test: it is the process that TestKilledMigrationIsResumed kills.
func TestMigratingProcess(t *testing.T) {
	databaseURL := os.Getenv("ANTWON_TEST_MIGRATE")
	if databaseURL == "" {
		t.Skip("TestKilledMigrationIsResumed starts this one")
	}
	ctx, stop := signal.NotifyContext(t.Context(), syscall.SIGTERM)
	defer stop()
	db, driver := connect(t, databaseURL)
	_, err := migrate.ApplyTo(ctx, db, driver, os.Getenv("ANTWON_TEST_MIGRATE_TO"))
	switch {
	case ctx.Err() != nil:
		os.Exit(stopped)
	case err != nil:
		t.Fatal(err)
	}
}

const stopped = 143 // the exit code of a process that was told to stop

// kill kills a process, or tells it to stop.
func kill(process *os.Process) {
	_ = process.Signal([]os.Signal{syscall.SIGKILL, syscall.SIGTERM}[rand.IntN(2)]) // it may have ended
}

// migrating returns a process that migrates a database. wait waits for its end, and reports whether kill ended it.
func migrating(t *testing.T, databaseURL, version string) (process *os.Process, wait func() (killed bool)) {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMigratingProcess$")
	command.Env = append(os.Environ(), "ANTWON_TEST_MIGRATE="+databaseURL, "ANTWON_TEST_MIGRATE_TO="+version)
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	return command.Process, func() bool {
		t.Helper()
		var ended *exec.ExitError
		err := command.Wait()
		if errors.As(err, &ended) && (ended.ExitCode() < 0 || ended.ExitCode() == stopped) {
			return true
		}
		if err != nil {
			t.Fatalf("it could not go on: %v\n%s", err, output.String())
		}
		return false
	}
}

// timeOfMigration returns how long it takes to start a process that migrates a SQLite database.
func timeOfMigration(t *testing.T) time.Duration {
	t.Helper()
	began := time.Now()
	if _, wait := migrating(t, testdb.EmptySQLite(t), ""); wait() {
		t.Fatal("nobody killed it")
	}
	return time.Since(began)
}

// killWithin returns a killer that kills a process within the usual time of a migration.
func killWithin(usual time.Duration) killer {
	return func(t *testing.T, databaseURL, version string) bool {
		t.Helper()
		process, wait := migrating(t, databaseURL, version)
		timer := time.AfterFunc(rand.N(usual), func() { kill(process) })
		defer timer.Stop()
		return wait()
	}
}

// killAtPacket is a killer that kills the process as soon as it has sent MySQL a certain packet after it got the lock.
// MySQL receives that packet, and does what it says.
func killAtPacket(t *testing.T, databaseURL, version string) bool {
	t.Helper()
	direct, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	through := *direct
	through.Host = listener.Addr().String()
	process, wait := migrating(t, through.String(), version)
	left := 1 + rand.IntN(60)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			pass(t.Context(), client, direct.Host, &left, process)
		}
	}()
	killed := wait()
	_ = listener.Close() // so that the goroutine ends
	<-done
	return killed
}

// pass passes a connection on until it ends, and kills the process when left packets have followed the one that asks
// for the lock.
func pass(ctx context.Context, client net.Conn, host string, left *int, process *os.Process) {
	defer client.Close()
	server, err := new(net.Dialer).DialContext(ctx, "tcp", host)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		_, _ = io.Copy(client, server) // until one of them is closed
		_ = client.Close()
	}()
	locked := false
	for packet := make([]byte, 1<<20); ; {
		n, err := client.Read(packet)
		if err != nil {
			return
		}
		if _, err := server.Write(packet[:n]); err != nil {
			return
		}
		if locked = locked || bytes.Contains(packet[:n], []byte("GET_LOCK")); locked {
			if *left--; *left == 0 {
				kill(process)
			}
		}
	}
}
