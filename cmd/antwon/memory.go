package main

import (
	"errors"
	"log/slog"
	"math"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// limitMemory makes Go's garbage collector keep the program's memory below nine tenths of its container's limit. The
// rest is for memory that Go does not count. It does nothing if GOMEMLIMIT is set. Without a limit, Go's memory may
// grow to twice the memory in use, and the kernel kills a program that exceeds its container's limit.
func limitMemory(log *slog.Logger, options ...memlimit.Option) {
	limit, err := memlimit.Set(options...)
	switch {
	case errors.Is(err, memlimit.ErrNoCgroup), errors.Is(err, memlimit.ErrCgroupsNotSupported):
		log.Debug("there is no container whose memory is limited", "error", err)
	case err != nil:
		log.Warn("could not limit memory", "error", err)
	case limit != math.MaxInt64:
		log.Info("memory is limited", "bytes", limit)
	}
}
