//go:build linux

package realtime

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/fixture"
	"antwon.dj/backend/cmd/antwon-bench/realtime/measure"
	"antwon.dj/backend/cmd/antwon-bench/realtime/seed"
	"antwon.dj/backend/cmd/antwon-bench/realtime/server"
	"antwon.dj/backend/cmd/antwon-bench/realtime/trial"
)

// Run is the command "realtime". It writes progress to standard error, and the tables to out when everything is
// measured.
func Run(ctx context.Context, args []string, out io.Writer) error {
	started := time.Now()
	o, err := parseOptions(args)
	if err != nil {
		return err
	}
	if err := server.RaiseFileLimit(); err != nil {
		return err
	}
	dir, err := fixture.TempDir()
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	runner := &trial.Runner{Dir: dir, Peers: o.peers, Progress: func(format string, args ...any) {
		fmt.Fprintf(os.Stderr, "%5.0f s  %s\n", time.Since(started).Seconds(), fmt.Sprintf(format, args...))
	}}
	runner.Progress("filling the rooms")
	if runner.Seed, err = seed.Create(ctx, dir, o.maxRooms()); err != nil {
		return err
	}
	load := loadAverage()
	r := &run{Bench: &measure.Bench{Runner: runner, Sizes: o.sizes}, options: o}
	if err := r.measure(ctx); err != nil {
		return err
	}
	r.results.notes = append([]string{fmt.Sprintf("%s, %d cores, %s, %s, in %v; load average before it: %s",
		runtime.Version(), runtime.NumCPU(), runtime.GOARCH, time.Now().Format(time.DateOnly),
		time.Since(started).Round(time.Second), load)}, o.missing...)
	r.results.print(out)
	if o.docs != "" {
		return r.results.renewDocs(o.docs)
	}
	return nil
}

// loadAverage returns how many processes have wanted a core in the last minute, or "unknown".
func loadAverage() string {
	content, _ := os.ReadFile("/proc/loadavg")
	if fields := strings.Fields(string(content)); len(fields) > 0 {
		return fields[0]
	}
	return "unknown"
}

// Serve is the hidden command "serve", which Run starts in a process of its own for each server.
func Serve(ctx context.Context, args []string) error { return server.Serve(ctx, args) }
