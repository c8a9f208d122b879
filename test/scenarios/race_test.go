//go:build race

package scenarios_test

import (
	"os"
	"runtime"
	"testing"
	"time"
)

// TestMain uses two processors at most. With more, the race detector of Go 1.26 gives up now and then in fake time: a
// check of its own fails in tsan_rtl.cpp:346, see https://github.com/golang/go/issues/78156.
func TestMain(m *testing.M) {
	runtime.GOMAXPROCS(min(2, runtime.GOMAXPROCS(0)))
	os.Exit(m.Run())
}

// The race detector makes parties eight times as expensive, so make test plays all of them again without it. Of the
// evenings 6 to 9 one lasts four hours, and another one has two servers.
const (
	firstEvening = 6                // the seed of the first random evening
	evenings     = 4                // how many are played
	crowdLasts   = 95 * time.Minute // how long the party of a hundred guests lasts; by then the host has changed settings
)
