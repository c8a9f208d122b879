package likes

import (
	"fmt"
	"io"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/stats"
)

// aim is how many likes per second the program should commit, in percent of bare SQL. The callers share one room, or
// are spread over all.
type aim struct {
	rooms, callers int
	percent        map[string]float64 // by the kind of database
}

var aims = []aim{
	{1, 1, onBoth(70)}, {1, 16, onBoth(150)},
	{1, 64, map[string]float64{"sqlite": 300, "mysql": 400}}, {1, 256, onBoth(500)},
	{100, 1, onBoth(70)}, {100, 16, onBoth(120)}, {100, 64, onBoth(250)}, {100, 256, onBoth(300)},
}

func onBoth(percent float64) map[string]float64 {
	return map[string]float64{"sqlite": percent, "mysql": percent}
}

const (
	maxSpread        = 3   // the slowest of a hundred likes takes at most so many times as long as the median ...
	spreadCallers    = 64  // ... with so many callers
	maxProcessorTime = 400 // microseconds of a like on SQLite, in this process, with a single caller
)

// result is one row of the table.
type result struct {
	antwon, bare    float64       // likes per second
	median, slowest time.Duration // of a like through the program; slowest is the 99th percentile
	cpu, bareCPU    time.Duration // processor time of this process for each like
}

// print prints the row, and below it what misses an aim besides the rate.
func (r result) print(out io.Writer, kind string, a aim) {
	ratio := 100 * r.antwon / r.bare
	rooms := fmt.Sprintf("%d rooms", a.rooms)
	if a.rooms == 1 {
		rooms = "one room"
	}
	fmt.Fprintf(out, "%-14s %8d %10.0f %10.0f %6.0f%% %6.0f%% %-7s %7.2fms %7.2fms %7.0fµs %7.0fµs\n",
		rooms, a.callers, r.antwon, r.bare, ratio, a.percent[kind], verdict(ratio >= a.percent[kind]),
		milliseconds(r.median), milliseconds(r.slowest), stats.Microseconds(r.cpu), stats.Microseconds(r.bareCPU))
	if a.callers == spreadCallers {
		spread := float64(r.slowest) / float64(r.median)
		fmt.Fprintf(out, "%-14s %8s 99 %% at most %d× the median: %.1f×  %s\n",
			"", "", maxSpread, spread, verdict(spread <= maxSpread))
	}
	if a.rooms == 1 && a.callers == 1 && kind == "sqlite" {
		fmt.Fprintf(out, "%-14s %8s processor time at most %d µs: %.0f µs  %s\n",
			"", "", maxProcessorTime, stats.Microseconds(r.cpu), verdict(stats.Microseconds(r.cpu) <= maxProcessorTime))
	}
}

func verdict(reached bool) string {
	if reached {
		return "OK"
	}
	return "MISSED"
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
