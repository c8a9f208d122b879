package main

import (
	"errors"
	"log/slog"
	"math"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// limitMemory makes Go's garbage collector keep the program's memory below the limit of its container, of which it
// leaves a tenth to what Go does not count. It does nothing if GOMEMLIMIT is set. Without this, memory may grow to
// twice of what is in use, and the kernel ends a program that exceeds its container's limit.
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
