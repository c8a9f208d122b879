//go:build linux

package server

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Usage is what a server's process uses, and what it has executed.
type Usage struct {
	CPU        time.Duration // user and system, since the process started
	RSS        int64         // bytes
	Goroutines int
	Files      int // open files, including sockets
	Sockets    int
	Executions int64 // of subscriptions, each for all subscribers that share it; -1 if the server does not count them
}

// usage reads the usage of this process. With collect it first collects garbage and returns unused memory.
func (b *Backend) usage(collect bool) (u Usage, err error) {
	if collect {
		runtime.GC() // twice: the first collection does not free what has a finalizer or is in a pool
		runtime.GC()
		debug.FreeOSMemory()
	}
	if u.CPU, err = CPUTime(); err != nil {
		return Usage{}, err
	}
	if u.RSS, err = residentBytes("self"); err != nil {
		return Usage{}, err
	}
	if u.Files, u.Sockets, err = openFiles(); err != nil {
		return Usage{}, err
	}
	u.Goroutines, u.Executions = runtime.NumGoroutine(), executions(b.Metrics)
	return u, nil
}

// CPUTime returns the processor time of this process. It is more precise than /proc/PID/stat, which counts hundredths
// of a second.
func CPUTime() (time.Duration, error) {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0, err
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), nil
}

// residentBytes returns the resident memory of a process, given by its id or as "self".
func residentBytes(process string) (int64, error) {
	status, err := os.ReadFile("/proc/" + process + "/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			value = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB"))
			kilobytes, err := strconv.ParseInt(value, 10, 64)
			return kilobytes << 10, err
		}
	}
	return 0, fmt.Errorf("process %s has no resident memory", process)
}

func openFiles() (files, sockets int, err error) {
	const dir = "/proc/self/fd/"
	entries, err := os.ReadDir(dir)
	for _, entry := range entries {
		if target, err := os.Readlink(dir + entry.Name()); err == nil && strings.HasPrefix(target, "socket:") {
			sockets++
		}
	}
	return len(entries), sockets, err
}

// executions reads the program's own counter. Only the antwon server has it.
func executions(metrics prometheus.Gatherer) int64 {
	families, err := metrics.Gather()
	if err != nil {
		return -1
	}
	total := int64(-1)
	for _, family := range families {
		if family.GetName() != "graphql_subscription_executions_total" {
			continue
		}
		total = 0
		for _, metric := range family.GetMetric() {
			total += int64(metric.GetCounter().GetValue())
		}
	}
	return total
}

const (
	filesNeeded = 6000 // for 5,000 connections
	filesApart  = 300  // maximum number of files other than subscribers' connections
)

// MostConnections returns how many connections a process can have, once RaiseFileLimit was called.
func MostConnections() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return filesNeeded - filesApart
	}
	return int(min(limit.Cur, 1<<20)) - filesApart //nolint:gosec // it fits
}

// RaiseFileLimit raises the limit of open files of this process to the most that its user may have.
func RaiseFileLimit() error {
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
