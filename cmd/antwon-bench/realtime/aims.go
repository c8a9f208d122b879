//go:build linux

package realtime

import (
	"fmt"
	"strconv"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/realtime/measure"
	"antwon.dj/backend/cmd/antwon-bench/realtime/server"
	"antwon.dj/backend/cmd/antwon-bench/realtime/trial"
)

// The aims for antwon, by itself and compared with the other servers.
const (
	minTimesStock      = 20.0 // deliveries per second
	maxTimesBare       = 0.8  // processor time of a delivery in one room
	maxTimesCentrifuge = 0.6
	maxTimesBareRooms  = 1.2         // with a hundred rooms, each of which has its own executions
	maxMemoryTimes     = 0.25        // memory of an idle subscriber, compared with bare and centrifuge
	maxLastTimesBare   = 2.0         // time from the commit to the last screen
	maxLikeTimesBare   = 1.0         // time from a like to the last screen of one room
	maxSteady          = time.Second // from a like to the last screen of the largest room
	maxIdleKB          = 4.0         // per subscriber
	maxLoadKB          = 8.0
	limitLikeBytes     = 400
	maxCostTimes50     = 2.0 // processor time of a like among 500 songs, compared with 50
	maxResume          = 2 * time.Second
	maxStormDelay      = 200 * time.Millisecond // by clients that stall or reset their connections
	executionTolerance = 0.01

	// These are not counted as left behind: goroutines of the runtime, connections that the database's pool has opened,
	// and what the allocator rounds up.
	leakGoroutines, leakFiles, leakMemory = 2, 16, 1.1
)

// aimRow is the row of one aim.
func aimRow(load, document, aim, figure string, reached bool) []string {
	verdict := "OK"
	if !reached {
		verdict = "MISSED"
	}
	return []string{load, document, aim, figure, verdict}
}

func (r *results) aimRows() (rows [][]string) {
	for _, t := range r.throughputs {
		if t.Kind == server.Antwon {
			rows = append(rows, r.throughputAims(t)...)
		}
	}
	for _, m := range r.memories {
		if m.Shape.Rooms == 1 {
			rows = append(rows, aimRow(m.String(), trial.ChangesDocument, fmt.Sprintf("idle ≤ %.0f KB", maxIdleKB),
				formatNumber(m.EachKB)+" KB", m.EachKB <= maxIdleKB))
		}
	}
	rows = append(rows, likeAims(r.oneByOne)...)
	rows = append(rows, lastScreenAims(r.oneByOne, "one by one")...)
	rows = append(rows, lastScreenAims(r.flow, fmt.Sprintf("%d/s", measure.LikesPerSecond))...)
	for _, l := range r.steady {
		if l.Kind == server.Antwon {
			rows = append(rows, aimRow(l.Shape.String(), l.Document,
				fmt.Sprintf("%d likes/s: last screen p99 ≤ %v", steadyLikes, maxSteady), formatMilliseconds(l.Last99)+" ms",
				l.Last99 <= maxSteady))
		}
	}
	for _, l := range r.leftOut {
		if l.Kind == server.Antwon {
			rows = append(rows, aimRow(l.Shape.String(), l.Document, "everybody is current", l.Why, false))
		}
	}
	for _, w := range r.wires {
		rows = append(rows, wireAims(w)...)
	}
	if len(r.costs) == 2 {
		times := r.costs[1].Delivery / r.costs[0].Delivery
		rows = append(rows, aimRow("500 songs", trial.ChangesDocument,
			fmt.Sprintf("CPU of a like ≤ %.0f× of 50", maxCostTimes50), fmt.Sprintf("%.2f×", times), times <= maxCostTimes50))
	}
	if r.executions != nil {
		rows = append(rows, executionAim(*r.executions))
	}
	if c := r.resumption; c != nil {
		rows = append(rows, aimRow(fmt.Sprintf("%d return", c.Clients), trial.ChangesDocument,
			fmt.Sprintf("current in %v", maxResume), formatMilliseconds(c.Took)+" ms", c.Took <= maxResume))
	}
	if s := r.storm; s != nil {
		delay := s.During.Last99 - s.Alone.Last99
		rows = append(rows, aimRow(fmt.Sprintf("%d of %d behave", s.Behaving, 3*s.Behaving), trial.ChangesDocument,
			fmt.Sprintf("last screen p99 ≤ %v later", maxStormDelay), formatMilliseconds(delay)+" ms", delay <= maxStormDelay))
	}
	if r.churn != nil {
		rows = append(rows, churnAim(r.churn))
	}
	return rows
}

// throughputAims are the aims of one load of antwon.
func (r *results) throughputAims(t measure.Throughput) (rows [][]string) {
	add := func(aim, figure string, reached bool) {
		rows = append(rows, aimRow(t.Shape.String(), t.Document, aim, figure, reached))
	}
	if stock := findThroughput(r.throughputs, t.Trial, server.Stock); stock != nil {
		times := t.PerSecond / stock.PerSecond
		figure := fmt.Sprintf("%.1f×", times)
		if t.AllInTime && times < minTimesStock {
			figure += ", all that were due"
		}
		add(fmt.Sprintf("deliveries/s ≥ %.0f× stock", minTimesStock), figure, times >= minTimesStock || t.AllInTime)
	}
	atMost := func(figure, kind string, most, times float64) {
		add(fmt.Sprintf("%s ≤ %.4g× %s", figure, most, kind), fmt.Sprintf("%.2f×", times), times <= most)
	}
	for _, other := range []struct {
		kind     string
		one, all float64 // of one room, and of many
	}{{server.Bare, maxTimesBare, maxTimesBareRooms}, {server.Centrifuge, maxTimesCentrifuge, 0}} {
		o := findThroughput(r.throughputs, t.Trial, other.kind)
		if o == nil {
			continue
		}
		most := other.one
		if t.Shape.Rooms > 1 {
			most = other.all
		}
		if most > 0 {
			ours, its := findLatency(r.oneByOne, t.Trial, t.Kind), findLatency(r.oneByOne, t.Trial, other.kind)
			atMost("CPU each", other.kind, most, t.CPU/o.CPU)
			atMost("CPU each, one by one,", other.kind, most, ours.CPUPerScreen()/its.CPUPerScreen())
		}
		atMost("idle memory", other.kind, maxMemoryTimes, t.IdleKB/o.IdleKB)
	}
	add(fmt.Sprintf("idle ≤ %.0f KB", maxIdleKB), formatNumber(t.IdleKB)+" KB", t.IdleKB <= maxIdleKB)
	add(fmt.Sprintf("under load ≤ %.0f KB", maxLoadKB), formatNumber(t.LoadKB)+" KB", t.LoadKB <= maxLoadKB)
	return rows
}

// findThroughput returns the figures of another server under the same load, or nil.
func findThroughput(all []measure.Throughput, t trial.Trial, kind string) *measure.Throughput {
	t.Kind = kind
	for i := range all {
		if all[i].Trial == t {
			return &all[i]
		}
	}
	return nil
}

// likeAims compare times from the like on, in the smallest room.
func likeAims(all []measure.Latency) (rows [][]string) {
	for _, ours := range all {
		bare := findLatency(all, ours.Trial, server.Bare)
		if ours.Kind != server.Antwon || ours.Shape.Rooms > 1 || ours.Shape.PerRoom > flowMost || bare == nil {
			continue
		}
		times := ours.FromLike99.Seconds() / bare.FromLike99.Seconds()
		rows = append(rows, aimRow(ours.Shape.String(), ours.Document,
			fmt.Sprintf("like to last screen p99 ≤ %.0f× bare", maxLikeTimesBare),
			fmt.Sprintf("%.2f× (%s ms)", times, formatMilliseconds(ours.FromLike99)), times <= maxLikeTimesBare))
	}
	return rows
}

// findLatency returns the figures of another server under the same load, or nil.
func findLatency(all []measure.Latency, t trial.Trial, kind string) *measure.Latency {
	t.Kind = kind
	for i := range all {
		if all[i].Trial == t {
			return &all[i]
		}
	}
	return nil
}

// lastScreenAims compares times from the commit on, because the like before it is the same in both servers.
func lastScreenAims(all []measure.Latency, pace string) (rows [][]string) {
	aim := fmt.Sprintf("last screen p99 ≤ %.0f× bare, %s", maxLastTimesBare, pace)
	for _, ours := range all {
		bare := findLatency(all, ours.Trial, server.Bare)
		if ours.Kind != server.Antwon || bare == nil {
			continue
		}
		times := ours.Last99.Seconds() / bare.Last99.Seconds()
		figure := fmt.Sprintf("%.2f× (%s ms)", times, formatMilliseconds(ours.Last99))
		rows = append(rows, aimRow(ours.Shape.String(), ours.Document, aim, figure, times <= maxLastTimesBare))
	}
	return rows
}

func wireAims(w measure.Wire) [][]string {
	songs := fmt.Sprintf("%d songs", w.Songs)
	bothHappened := w.Stays.Likes > 0 && w.Moves.Likes > 0
	return [][]string{
		aimRow(songs, trial.ChangesDocument, fmt.Sprintf("a like < %d bytes, compressed", limitLikeBytes),
			strconv.Itoa(w.Compressed), w.Compressed < limitLikeBytes),
		aimRow(songs, trial.ChangesDocument, fmt.Sprintf("a like < %d bytes, plain", limitLikeBytes),
			fmt.Sprintf("%d, %d", w.Stays.Most, w.Moves.Most),
			bothHappened && max(w.Stays.Most, w.Moves.Most) < limitLikeBytes),
	}
}

func executionAim(executions float64) []string {
	load, document, aim := "2 operations", "both", "executions of a like, each = 1"
	if executions < 0 {
		return []string{load, document, aim, "–", "not counted"}
	}
	reached := executions >= 1-executionTolerance && executions <= 1+executionTolerance
	return aimRow(load, document, aim, formatCount(executions), reached)
}

func churnAim(c *measure.Churn) []string {
	reached := c.After.Goroutines <= c.Before.Goroutines+leakGoroutines && c.After.Sockets <= c.Before.Sockets &&
		c.After.Files <= c.Before.Files+leakFiles &&
		megabytes(c.After.RSS) <= megabytes(c.Before.RSS)*leakMemory
	return aimRow(fmt.Sprintf("%d connections", c.Connections), trial.QueueDocument, "nothing left behind",
		fmt.Sprintf("after %.1f s", c.Settled.Seconds()), reached)
}
