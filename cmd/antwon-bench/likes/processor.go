//go:build unix

package likes

import (
	"syscall"
	"time"
)

// processorTime returns the processor time that this process has used. On SQLite it includes the database.
func processorTime() time.Duration {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used) // fails only for another first argument
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
