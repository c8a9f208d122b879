package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"antwon.dj/backend/internal/testdb"
	"antwon.dj/backend/internal/testdb/mysqldb"
)

// A benchmark that is interrupted leaves no directory and no database behind.
func TestInterruptedBenchmarkDeletesItsDatabases(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs the program")
	}
	program := filepath.Join(t.TempDir(), "antwon-bench")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	for _, args := range [][]string{{"-seconds", "600", "sqlite"}, {"-seconds", "600", "mysql"}, {"realtime", "-quick"}} {
		t.Run(args[len(args)-1], func(t *testing.T) {
			dir := t.TempDir()
			bench := exec.CommandContext(t.Context(), program, args...)
			bench.Dir = dir
			left := func() []string {
				found, err := filepath.Glob(filepath.Join(dir, "bench-*"))
				if err != nil {
					t.Fatal(err)
				}
				return found
			}
			if args[len(args)-1] == "mysql" {
				testdb.MySQL(t) // leaves the test out where no server answers
				left = func() []string { return databasesOf(t, bench.Process.Pid) }
			}
			if err := bench.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- bench.Wait() }()
			for len(left()) == 0 {
				select {
				case err := <-ended:
					t.Fatalf("ended before it was interrupted: %v", err)
				case <-time.After(20 * time.Millisecond):
				}
			}
			if err := bench.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			if err := <-ended; err == nil {
				t.Error("an interrupted benchmark reports success")
			}
			if found := left(); len(found) > 0 {
				t.Errorf("left behind: %v", found)
			}
		})
	}
}

// databasesOf returns the databases that a process has created on the MySQL server.
func databasesOf(t *testing.T, pid int) (names []string) {
	t.Helper()
	_, admin, err := mysqldb.Connect()
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	rows, err := admin.QueryContext(t.Context(), fmt.Sprintf(`SHOW DATABASES LIKE 'antwon\_new\_%d\_%%'`, pid))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}
