//go:build race

package scenarios_test

import (
	"os"
	"runtime"
	"testing"
	"time"
)

// TestMain uses one processor. The timers of a bubble share one context of Go 1.26's race detector, and two goroutines
// that receive from timers at the same moment use it at the same time. The detector then crashes or fails a check of its
// own (tsan_rtl.cpp:346), see https://github.com/golang/go/issues/78156.
func TestMain(m *testing.M) {
	runtime.GOMAXPROCS(1)
	os.Exit(m.Run())
}

// The race detector makes parties eight times as expensive, so make test plays all of them again without it. Of the
// evenings 6 to 9 one lasts four hours, and another one has two servers.
const (
	firstEvening = 6                // the seed of the first random evening
	evenings     = 4                // how many are played
	crowdLasts   = 95 * time.Minute // how long the party of a hundred guests lasts; by then the host has changed settings
)
