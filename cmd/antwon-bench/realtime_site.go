//go:build linux

package main

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
	"syscall"
	"time"
)

// running is a site in its process, as the load generator sees it.
type running struct {
	addresses
	kind    string
	command *exec.Cmd
	stdin   io.Closer
	log     string
}

const filesNeeded = 6000 // for 5,000 connections

// raiseFiles raises the limit of open files to what this user may have.
func raiseFiles() error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	if limit.Max < filesNeeded {
		return fmt.Errorf("only %d files may be open, and %d are needed: ulimit -n", limit.Max, filesNeeded)
	}
	limit.Cur = limit.Max
	return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
}

// thisProgram is the very file that runs. Its path would name another one if somebody built anew meanwhile, and then servers
// of two versions would be compared.
const thisProgram = "/proc/self/exe"

// siteOptions are what a site is started with.
type siteOptions struct {
	kind     string
	interval time.Duration
	database string // kept from an earlier site; empty: a new copy of the seed
	address  string // taken over from an earlier site; empty: any
	liked    int    // likes that the database has had already
}

// start runs a site and returns when it is ready.
func start(ctx context.Context, folder string, o siteOptions) (*running, error) {
	if o.database == "" {
		o.database = o.kind + ".db"
		if err := copySeed(folder, o.database); err != nil {
			return nil, err
		}
	}
	if o.address == "" {
		o.address = "127.0.0.1:0"
	}
	r := &running{kind: o.kind, log: filepath.Join(folder, o.kind+".log")}
	r.command = exec.CommandContext(ctx, thisProgram, "serve", "-folder", folder, "-database", o.database,
		"-interval", o.interval.String(), "-address", o.address, "-liked", strconv.Itoa(o.liked), o.kind)
	return r, r.launch()
}

func (r *running) launch() error {
	log, err := os.OpenFile(r.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close() // the process has its own
	r.command.Stderr = log
	if r.stdin, err = r.command.StdinPipe(); err != nil {
		return err
	}
	stdout, err := r.command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := r.command.Start(); err != nil {
		return err
	}
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &r.addresses)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("%s did not start: %s", r.kind, r.lastWords()), r.kill())
	}
	return nil
}

// copySeed replaces the database file and what SQLite kept beside it.
func copySeed(folder, name string) error {
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.RemoveAll(filepath.Join(folder, name+suffix)); err != nil {
			return err
		}
	}
	content, err := os.ReadFile(filepath.Join(folder, seedFile))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, name), content, 0o600)
}

// kill ends the site as a power cut would.
func (r *running) kill() error {
	_ = r.stdin.Close()
	if r.command.Process != nil {
		_ = r.command.Process.Kill() // or it has ended
	}
	if err := r.command.Wait(); err != nil && r.command.ProcessState == nil {
		return err
	}
	return nil
}

// lastWords is the end of the site's log without what is usual, for when something is wrong.
func (r *running) lastWords() string {
	log, err := os.ReadFile(r.log)
	if err != nil {
		return err.Error()
	}
	lines := slices.DeleteFunc(strings.Split(string(log), "\n"), func(line string) bool { return strings.Contains(line, "level=INFO") })
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}

func (r *running) ask(ctx context.Context, method, path string, body, answer any) error {
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://"+r.Controls+path, bytes.NewReader(content))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(response.Body) // as much as there is
		return fmt.Errorf("%s: %s %s: %s", r.kind, method, path, bytes.TrimSpace(text))
	}
	return json.NewDecoder(response.Body).Decode(answer)
}

// likes has the site do what was ordered, and returns when all of it is committed.
func (r *running) likes(ctx context.Context, order likesOrder) (done []like, err error) {
	err = r.ask(ctx, http.MethodPost, "/likes", order, &done)
	return done, err
}

// vitals asks how the site is; collected: after it has given back what memory it does not use.
func (r *running) vitals(ctx context.Context, collected bool) (v vitals, err error) {
	path := "/vitals"
	if collected {
		path += "?collect=1"
	}
	err = r.ask(ctx, http.MethodGet, path, nil, &v)
	return v, err
}

// rss asks the kernel, so that the site is not disturbed.
func (r *running) rss() (int64, error) {
	return residentBytes(strconv.Itoa(r.command.Process.Pid))
}

func residentBytes(process string) (int64, error) {
	status, err := os.ReadFile("/proc/" + process + "/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kilobytes, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 10, 64)
			return kilobytes << 10, err
		}
	}
	return 0, fmt.Errorf("process %s has no resident memory", process)
}
