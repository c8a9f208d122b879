//go:build linux

package server

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/realtime/seed"
)

// Process is a server in its process, as the load generator sees it.
type Process struct {
	Address string // of the GraphQL endpoint's host, such as "127.0.0.1:8080"

	controls string // their address
	pid      int    // of the process whose memory counts
	kind     string
	command  *exec.Cmd
	stdin    io.Closer
	log      string // its file
}

// Options say how a server is started.
type Options struct {
	Kind         string
	Peers        Peers
	FeedInterval time.Duration

	// Address and Liked are set for a server that continues on the database of one that was killed. Without an Address,
	// the server gets a new copy of the seed, and listens at any address.
	Address string
	Liked   int // how many likes each room has had
}

// thisProgram is the file of the running program. If somebody builds the program during a run, its path names a newer
// file, and two versions would be compared.
const thisProgram = "/proc/self/exe"

// Start starts a server on the seed in dir and returns when it is ready. The server ends with ctx, or by Kill.
func Start(ctx context.Context, dir string, o Options) (*Process, error) {
	database, address := o.Kind+".db", o.Address
	if address == "" {
		if err := seed.Copy(dir, database); err != nil {
			return nil, err
		}
		address = anyAddress
	}
	p := &Process{kind: o.Kind, log: filepath.Join(dir, o.Kind+".log")}
	program, args := o.Peers.command(o.Kind)
	args = append(args, "-folder", dir, "-database", database, "-interval", o.FeedInterval.String(),
		"-address", address, "-liked", strconv.Itoa(o.Liked), "-yoga", o.Peers.Yoga, o.Kind)
	p.command = exec.CommandContext(ctx, program, args...)
	return p, p.start()
}

func (p *Process) start() error {
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close() // the process has its own copy of the descriptor
	p.command.Stderr = log
	if p.stdin, err = p.command.StdinPipe(); err != nil {
		return err
	}
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := p.command.Start(); err != nil {
		return err
	}
	var at started
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &at)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("%s did not start: %s", p.kind, p.LogTail()), p.Kill())
	}
	p.Address, p.controls, p.pid = at.GraphQL, at.Controls, at.PID
	return nil
}

// Kill kills the process, without any time to shut down, and waits until it has ended.
func (p *Process) Kill() error {
	_ = p.stdin.Close()
	if p.command.Process != nil {
		_ = p.command.Process.Kill() // fails if it has ended
	}
	if err := p.command.Wait(); err != nil && p.command.ProcessState == nil {
		return err
	}
	return nil
}

// LogTail returns the last lines of the server's log that are warnings or errors.
func (p *Process) LogTail() string {
	log, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	lines := slices.DeleteFunc(strings.Split(string(log), "\n"), func(line string) bool {
		return strings.Contains(line, "level=INFO")
	})
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}

// Like has the server perform likes, and returns when all of them are committed.
func (p *Process) Like(ctx context.Context, request LikeRequest) (likes []Like, err error) {
	err = p.call(ctx, http.MethodPost, "/likes", request, &likes)
	return likes, err
}

// Usage returns what the server uses. With collect it first collects garbage and returns unused memory to the system.
func (p *Process) Usage(ctx context.Context, collect bool) (u Usage, err error) {
	path := "/usage"
	if collect {
		path += "?collect=1"
	}
	err = p.call(ctx, http.MethodGet, path, nil, &u)
	return u, err
}

// RSS returns the server's resident memory in bytes. It asks the kernel, and so does not disturb the server.
func (p *Process) RSS() (int64, error) {
	return residentBytes(strconv.Itoa(p.pid))
}

// call sends a request to the controls and decodes the answer.
func (p *Process) call(ctx context.Context, method, path string, body, answer any) error {
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://"+p.controls+path, bytes.NewReader(content))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(response.Body) // as much of it as arrives
		return fmt.Errorf("%s: %s %s: %s", p.kind, method, path, bytes.TrimSpace(text))
	}
	return json.NewDecoder(response.Body).Decode(answer)
}
