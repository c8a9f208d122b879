//go:build linux

package main

import (
	"fmt"
	"strconv"
	"time"
)

// What the program's own server is to reach, beside the two others and by itself.
const (
	aimTimesStock  = 20.0 // deliveries a second
	aimTimesBare   = 1.2  // processor time of a delivery
	aimLastOfBare  = 2.0  // from the commit to the last screen
	aimIdleKB      = 12.0
	aimLoadKB      = 16.0
	aimLikeBytes   = 400
	aimCostOfMany  = 2.0 // of a like among 500 songs, beside one among 50
	aimResume      = 2 * time.Second
	sameExecutions = 0.01

	// What does not count as left behind: goroutines of the runtime, connections that the database's pool has opened, and
	// what the allocator rounds up.
	leakGoroutines, leakFiles, leakMemory = 2, 16, 1.1
)

// verdict is one aim's row.
func verdict(load, document, aim, figure string, ok bool) []string {
	word := "OK"
	if !ok {
		word = "MISSED"
	}
	return []string{load, document, aim, figure, word}
}

func (r *results) verdicts() (rows [][]string) {
	for _, t := range r.throughputs {
		if t.kind == antwonServer {
			rows = append(rows, r.throughputVerdicts(t)...)
		}
	}
	rows = append(rows, lastVerdicts(r.oneByOne, "one by one")...)
	rows = append(rows, lastVerdicts(r.flow, fmt.Sprintf("%d/s", likesPerSecond))...)
	return append(rows, r.singleVerdicts()...)
}

func (r *results) throughputVerdicts(t throughput) (rows [][]string) {
	load := t.shape.String()
	if stock := find(r.throughputs, t.trial, stockServer); stock != nil {
		times := t.perSecond / stock.perSecond
		figure := fmt.Sprintf("%.1f×", times)
		if t.all && times < aimTimesStock {
			figure += ", all that were due"
		}
		rows = append(rows, verdict(load, t.document, fmt.Sprintf("deliveries/s ≥ %.0f× stock", aimTimesStock), figure,
			times >= aimTimesStock || t.all))
	}
	if bare := find(r.throughputs, t.trial, bareServer); bare != nil {
		times := t.cpu / bare.cpu
		rows = append(rows, verdict(load, t.document, fmt.Sprintf("CPU each ≤ %.1f× bare", aimTimesBare),
			fmt.Sprintf("%.2f×", times), times <= aimTimesBare))
	}
	return append(rows,
		verdict(load, t.document, fmt.Sprintf("idle ≤ %.0f KB", aimIdleKB), number(t.idleKB)+" KB", t.idleKB <= aimIdleKB),
		verdict(load, t.document, fmt.Sprintf("under load ≤ %.0f KB", aimLoadKB), number(t.loadKB)+" KB", t.loadKB <= aimLoadKB))
}

func executionVerdict(executions float64) []string {
	load, document, aim := "2 operations", "both", "executions of a like, each = 1"
	if executions < 0 {
		return []string{load, document, aim, "–", "not counted"}
	}
	return verdict(load, document, aim, counted(executions), executions >= 1-sameExecutions && executions <= 1+sameExecutions)
}

// find returns another server's figures under the same load.
func find(all []throughput, t trial, kind string) *throughput {
	t.kind = kind
	for i := range all {
		if all[i].trial == t {
			return &all[i]
		}
	}
	return nil
}

// lastVerdicts compares from the commit on: the like before it is the same in both.
func lastVerdicts(all []latency, pace string) (rows [][]string) {
	for _, ours := range all {
		for _, bare := range all {
			same := ours.trial
			same.kind = bareServer
			if ours.kind != antwonServer || bare.trial != same {
				continue
			}
			times := ours.last99.Seconds() / bare.last99.Seconds()
			rows = append(rows, verdict(ours.shape.String(), ours.document, fmt.Sprintf("last screen p99 ≤ %.0f× bare, %s", aimLastOfBare, pace),
				fmt.Sprintf("%.2f× (%s ms)", times, milliseconds(ours.last99)), times <= aimLastOfBare))
		}
	}
	return rows
}

func (r *results) singleVerdicts() (rows [][]string) {
	for _, w := range r.wires {
		songs := fmt.Sprintf("%d songs", w.songs)
		rows = append(rows,
			verdict(songs, changesDocument, fmt.Sprintf("a like < %d bytes, compressed", aimLikeBytes), strconv.Itoa(w.deflated),
				w.deflated < aimLikeBytes),
			verdict(songs, changesDocument, fmt.Sprintf("a like < %d bytes, plain", aimLikeBytes), fmt.Sprintf("%d, %d", w.stays, w.moves),
				max(w.stays, w.moves) < aimLikeBytes && w.counted[0] > 0 && w.counted[1] > 0))
	}
	if len(r.costs) == 2 {
		times := r.costs[1].beyond / r.costs[0].beyond
		rows = append(rows, verdict("500 songs", changesDocument, fmt.Sprintf("CPU of a like ≤ %.0f× of 50", aimCostOfMany),
			fmt.Sprintf("%.2f×", times), times <= aimCostOfMany))
	}
	if r.executions != nil {
		rows = append(rows, executionVerdict(*r.executions))
	}
	if r.resumed != nil {
		rows = append(rows, verdict(fmt.Sprintf("%d return", r.resumed.clients), changesDocument, fmt.Sprintf("current in %v", aimResume),
			milliseconds(r.resumed.took)+" ms", r.resumed.took <= aimResume))
	}
	if c := r.churned; c != nil {
		back := c.after.Goroutines <= c.before.Goroutines+leakGoroutines && c.after.Sockets <= c.before.Sockets &&
			c.after.Files <= c.before.Files+leakFiles &&
			megabytes(c.after.RSS) <= megabytes(c.before.RSS)*leakMemory
		rows = append(rows, verdict(fmt.Sprintf("%d connections", c.connections), queueDocument, "nothing left behind", fmt.Sprintf("after %.1f s", c.settled.Seconds()), back))
	}
	return rows
}
