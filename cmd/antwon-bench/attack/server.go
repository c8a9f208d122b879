//go:build linux

package attack

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/fixture"
	"antwon.dj/backend/internal/party"
)

const (
	songs        = 500
	databaseFile = "attack.db"
)

// room is the room that is attacked.
type room struct {
	*party.Room
	items []string // ids of queue items
}

// fillRoom creates the database, with one room.
func fillRoom(ctx context.Context, dir string) (*room, error) {
	app, err := fixture.NewApp(ctx, "sqlite:"+filepath.Join(dir, databaseFile), 1)
	if err != nil {
		return nil, err
	}
	defer app.Close()
	guests, err := app.AddGuests(ctx, app.Rooms[0], 10)
	if err != nil {
		return nil, err
	}
	items, err := app.FillQueue(app.Rooms[0], songs, guests...)
	if err != nil {
		return nil, err
	}
	filled := &room{Room: app.Rooms[0].Room}
	for _, item := range items {
		filled.items = append(filled.items, item.ID)
	}
	return filled, nil
}

// server is the program in its process.
type server struct {
	address string
	command *exec.Cmd
	log     string
}

// startServer starts the program on a copy of the database, and returns when it is ready.
func startServer(ctx context.Context, b *bench) (*server, error) {
	folder, err := os.MkdirTemp(b.dir, "server-")
	if err != nil {
		return nil, err
	}
	content, err := os.ReadFile(filepath.Join(b.dir, databaseFile))
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(folder, databaseFile), content, 0o600); err != nil {
		return nil, err
	}
	s := &server{log: filepath.Join(folder, "log")}
	if s.address, err = freeAddress(ctx); err != nil {
		return nil, err
	}
	log, err := os.Create(s.log)
	if err != nil {
		return nil, err
	}
	defer log.Close() // the process has its own copy of the descriptor
	binary, err := filepath.Abs(b.binary)
	if err != nil {
		return nil, err
	}
	s.command = exec.CommandContext(ctx, binary, "demo")
	s.command.Dir, s.command.Stderr = folder, log
	s.command.Env = append(os.Environ(), "ANTWON_ADDR="+s.address, "ANTWON_DATABASE_URL=sqlite:"+databaseFile,
		"ANTWON_PLAYBACK=off")
	if err := s.command.Start(); err != nil {
		return nil, err
	}
	return s, s.awaitReady(ctx)
}

// freeAddress returns an address on which nothing listens. Clients at other loopback addresses can reach it, too.
func freeAddress(ctx context.Context) (string, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

func (s *server) awaitReady(ctx context.Context) error {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.address+"/readyz", nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			continue
		}
		_ = response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return nil
		}
	}
	s.kill()
	return fmt.Errorf("the server did not start: %s", s.logTail())
}

func (s *server) kill() {
	_ = s.command.Process.Kill() // fails if it has ended
	_ = s.command.Wait()         // an error says that it was killed
}

func (s *server) logTail() string {
	text, err := os.ReadFile(s.log)
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-2000):])
}

// peakRSS returns the most resident memory that the process has had, in bytes.
func (s *server) peakRSS() (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.SplitSeq(string(status), "\n") {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kilobytes, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 10, 64)
			return kilobytes << 10, err
		}
	}
	return 0, fmt.Errorf("the process has no resident memory")
}
