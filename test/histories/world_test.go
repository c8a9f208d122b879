package histories_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
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

// built is the folder of the programs under test, built once; "" with -short.
var built string

func TestMain(m *testing.M) {
	flag.Parse()
	if testing.Short() {
		os.Exit(m.Run())
	}
	if built = *programs; built != "" {
		os.Exit(m.Run())
	}
	folder, err := os.MkdirTemp("", "antwon-histories-")
	if err == nil {
		built = folder
		err = errors.Join(build("antwon", "./cmd/antwon"), build("nats-server", "github.com/nats-io/nats-server/v2"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// build builds a command of the program's module, as the program's own tests do.
func build(name, path string) error {
	cmd := exec.CommandContext(context.Background(), "go", "build", "-C", "../..", "-trimpath", "-ldflags=-s -w",
		"-o", filepath.Join(built, name), path)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", name, err, out)
	}
	return nil
}

// process is a program that can be killed, suspended and started again.
type process struct {
	tb     testing.TB
	args   []string
	env    []string
	folder string
	cmd    *exec.Cmd
}

func newProcess(tb testing.TB, env []string, args ...string) *process {
	p := &process{tb: tb, args: args, env: env, folder: tb.TempDir()}
	tb.Cleanup(p.kill)
	p.start()
	return p
}

func (p *process) start() {
	p.cmd = exec.CommandContext(context.Background(), filepath.Join(built, p.args[0]), p.args[1:]...)
	p.cmd.Dir, p.cmd.Env = p.folder, append([]string{"PATH=" + os.Getenv("PATH")}, p.env...)
	log, err := os.OpenFile(filepath.Join(p.folder, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err == nil {
		p.cmd.Stdout, p.cmd.Stderr = log, log
		err = p.cmd.Start()
		_ = log.Close() // the process has it
	}
	if err != nil {
		p.tb.Error(err)
	}
}

func (p *process) signal(signal os.Signal) { _ = p.cmd.Process.Signal(signal) } // it fails only after the end

func (p *process) kill() {
	if p.cmd.ProcessState == nil {
		p.signal(syscall.SIGKILL)
		_ = p.cmd.Wait() // a killed process ends with an error
	}
}

// server is an antwon server, with its connections.
type server struct {
	*process
	name, address           string
	line                    *line // from the clients
	database, nats, spotify *line // nil: none
}

// world is one or two servers and everything that they need.
type world struct {
	t        *testing.T
	servers  []*server
	db       *testdb.PrivateServer // nil: SQLite
	nats     *process              // nil with one server
	spotify  *spotify
	witness  *witness
	host     *user
	account  string
	room     string
	songs    []string
	rec      recorder
	pool     pool
	mu       sync.Mutex
	gone     []*user // guarded by mu
	follower []*follower
	asked    []*observer // what queries have shown; one for each server
}

const (
	hostName     = "Hanna"
	roomCode     = "HISTORY"
	firstSetting = 3600 // of maxSongSeconds: longer than any song
)

// fixed are the settings that no act changes.
var fixed = limits{queue: 12, perGuest: 3, perHour: 60, cooldown: 30 * time.Minute}

// newWorld starts everything. Two servers share a MariaDB and a NATS server, one has SQLite.
func newWorld(t *testing.T, servers int) *world {
	t.Helper()
	if built == "" {
		t.Skip("histories left out: -short")
	}
	w := &world{t: t, rec: recorder{began: time.Now()}}
	w.spotify = newSpotify(t)
	natsAddress := testport.FreeAddress(t)
	if servers > 1 {
		// What was committed survives the end of the process, but not of the machine. The nemesis kills only processes.
		w.db = testdb.Private(t, "--innodb-flush-log-at-trx-commit=2")
		w.db.Exec("CREATE DATABASE antwon CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
		host, port, _ := net.SplitHostPort(natsAddress)
		w.nats = newProcess(t, nil, "nats-server", "-a", host, "-p", port)
	}
	sqlite := filepath.Join(t.TempDir(), "antwon.db")
	for n := range servers {
		s := &server{name: string(rune('A' + n)), address: testport.FreeAddress(t)}
		s.line = newLine(t, "clients "+s.name, s.address)
		s.spotify = newLine(t, "spotify "+s.name, w.spotify.recordedFor(s.name))
		env := []string{
			"ANTWON_ADDR=" + s.address, "ANTWON_SESSION_SECRET=" + strings.Repeat("s", 32), "ANTWON_PING_INTERVAL=2s",
			"ANTWON_SPOTIFY_CLIENT_ID=app", "ANTWON_SPOTIFY_CLIENT_SECRET=app's secret", "ANTWON_SPOTIFY_REQUESTS=600",
			"ANTWON_SPOTIFY_API_URL=http://" + s.spotify.address + "/v1",
			"ANTWON_SPOTIFY_ACCOUNTS_URL=http://" + s.spotify.address,
		}
		if w.db == nil {
			env = append(env, "ANTWON_DATABASE_URL=sqlite:"+sqlite)
		} else {
			w.db.Exec("CREATE USER '" + s.name + "'@'%' IDENTIFIED BY 'password'")
			w.db.Exec("GRANT ALL ON antwon.* TO '" + s.name + "'@'%'")
			s.database = newLine(t, "database "+s.name, fmt.Sprintf("127.0.0.1:%d", w.db.Port))
			s.nats = newLine(t, "nats "+s.name, natsAddress)
			env = append(env, "ANTWON_DATABASE_URL=mysql://"+s.name+":password@"+s.database.address+"/antwon",
				"ANTWON_NATS_URL=nats://"+s.nats.address)
		}
		s.process = newProcess(t, env, "antwon", "demo")
		w.servers = append(w.servers, s)
		w.asked = append(w.asked, &observer{name: "a query at " + s.name, saw: map[int64]string{}})
		w.await(s)
	}
	w.witness = w.newWitness(sqlite)
	w.openRoom()
	return w
}

// await waits until a server is ready.
func (w *world) await(s *server) {
	w.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if get("http://"+s.address+"/readyz", nil) == nil {
			return
		}
		if time.Now().After(deadline) {
			log, _ := os.ReadFile(filepath.Join(s.folder, "log"))
			w.t.Fatalf("server %s is not ready:\n%s", s.name, log)
		}
	}
}
