package main_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"antwon.dj/backend/internal/testdb"
	"antwon.dj/backend/internal/testport"
)

// runsFor runs a command until it ends, and returns its exit code, its output and how long it took.
func runsFor(t *testing.T, command string, env ...string) (code int, said string, took time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary(t), command)
	cmd.Dir = t.TempDir()
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, env...)
	began := time.Now()
	out, _ := cmd.CombinedOutput() // the code says how it ended
	return cmd.ProcessState.ExitCode(), string(out), time.Since(began)
}

// A server waits for a database that is not up yet. It used to exit after a tenth of a second.
func TestServerStartsBeforeItsDatabase(t *testing.T) {
	t.Parallel()
	binary(t)
	database, addr := testdb.Private(t), testport.FreeAddress(t)
	databaseURL := strings.Replace(database.PartyURL(), database.Addr(), addr, 1)
	s := newServer(t, "demo", testport.FreeAddress(t), databaseURL, "ANTWON_PLAYBACK=off")
	var starting sync.WaitGroup
	t.Cleanup(starting.Wait)
	starting.Go(func() {
		for !strings.Contains(s.log.String(), "the database is not available; trying again") {
			if time.Sleep(10 * time.Millisecond); t.Context().Err() != nil {
				return
			}
		}
		testdb.StartProxyAt(t, addr, database.Addr())
	})
	began := time.Now()
	s.run()
	t.Logf("ready %.1f s after its start, and without a database at first", time.Since(began).Seconds())
}

// A server gives up a database that accepts connections and does not answer. It used to wait forever, without a log
// line.
func TestServerGivesUpADatabaseThatSaysNothing(t *testing.T) {
	t.Parallel()
	binary(t)
	proxy := testdb.StartProxy(t, "127.0.0.1:1")
	proxy.Silence(true)
	for command, env := range map[string][]string{
		"demo": {"ANTWON_ADDR=" + testport.FreeAddress(t)}, "migrate": nil,
	} {
		code, said, took := runsFor(t, command, append(env, "ANTWON_DATABASE_WAIT=7s",
			"ANTWON_DATABASE_URL="+proxy.URL("mysql://antwon:secret@127.0.0.1:1/antwon"))...)
		t.Logf("%s ended after %.1f s", command, took.Seconds())
		if code != 1 || !strings.Contains(said, "trying again") ||
			!strings.Contains(said, "the database did not become available within 7s: connect to 127.0.0.1:") {
			t.Errorf("%s ended with %d:\n%s", command, code, said)
		}
		if took > 30*time.Second {
			t.Errorf("%s took %s", command, took)
		}
	}
}

// Two servers on one SQLite file would not see each other's changes, and would both drive each room's player, so the
// second one is refused.
func TestSecondServerOnOneSQLiteFileIsRefused(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "party.db")
	first := startServer(t, "sqlite:"+file)
	code, said, _ := runsFor(t, "demo", "ANTWON_ADDR="+testport.FreeAddress(t), "ANTWON_DATABASE_URL=sqlite:"+file)
	if code != 1 || !strings.Contains(said, "another server uses the database "+file) {
		t.Errorf("the second server ended with %d:\n%s", code, said)
	}
	if code, said, _ := runsFor(t, "migrate", "ANTWON_DATABASE_URL=sqlite:"+file); code != 0 {
		t.Errorf("migrating beside the server ended with %d:\n%s", code, said)
	}
	first.stop(syscall.SIGKILL)
	first.start()
}
