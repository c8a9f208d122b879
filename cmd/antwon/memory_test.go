package main

import (
	"bytes"
	"log/slog"
	"math"
	"os"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

func TestMemoryIsLimitedToThatOfTheContainer(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	t.Cleanup(func() { debug.SetMemoryLimit(before) })
	limitedTo := func(container memlimit.Provider) (limit int64, logged string) {
		var log bytes.Buffer
		debug.SetMemoryLimit(math.MaxInt64)
		limitMemory(slog.New(slog.NewTextHandler(&log, nil)), memlimit.WithProvider(container))
		return debug.SetMemoryLimit(-1), log.String()
	}
	t.Setenv("GOMEMLIMIT", "") // is restored when the test ends
	if err := os.Unsetenv("GOMEMLIMIT"); err != nil {
		t.Fatal(err)
	}
	limit, logged := limitedTo(memlimit.Limit(1000 << 20))
	if limit != 900<<20 || strings.Count(logged, "memory is limited") != 1 {
		t.Errorf("in a container of 1,000 MiB the limit is %d, and the log says %q", limit, logged)
	}
	noLimit := func() (uint64, error) { return 0, memlimit.ErrNoLimit }
	if limit, logged := limitedTo(noLimit); limit != math.MaxInt64 || logged != "" {
		t.Errorf("in a container without a limit it is %d, and the log says %q", limit, logged)
	}
	noContainer := func() (uint64, error) { return 0, memlimit.ErrNoCgroup }
	if limit, logged := limitedTo(noContainer); limit != math.MaxInt64 || logged != "" {
		t.Errorf("without a container the limit is %d, and the log says %q", limit, logged)
	}
	t.Setenv("GOMEMLIMIT", "2GiB") // Go has read it when the program began
	if limit, _ := limitedTo(memlimit.Limit(1000 << 20)); limit != math.MaxInt64 {
		t.Errorf("the limit of the container replaced that of GOMEMLIMIT by %d", limit)
	}
}
