//go:build linux

package realtime

import (
	"fmt"
	"slices"
	"strconv"

	"antwon.dj/backend/cmd/antwon-bench/realtime/measure"
	"antwon.dj/backend/cmd/antwon-bench/realtime/server"
	"antwon.dj/backend/cmd/antwon-bench/realtime/trial"
)

// serverNames are the columns of the summary.
var serverNames = map[string]string{
	server.Antwon: "antwon", server.Bare: "bare gorilla", server.Centrifuge: "centrifuge", server.Yoga: "yoga on Node",
	server.Stock: "gqlgen",
}

// summary compares the servers in rooms of all sizes: a row for each size and figure, and a column for each server.
func (r *results) summary() (header []string, rows [][]string) {
	header = []string{"one room", "subscribers"}
	kinds := r.kinds()
	for _, kind := range kinds {
		header = append(header, serverNames[kind])
	}
	for _, figure := range []struct {
		name string
		of   func(measure.Throughput) string
	}{
		{"deliveries per second", func(t measure.Throughput) string { return formatThousands(t.PerSecond) }},
		{"processor time of a delivery (µs)", func(t measure.Throughput) string { return formatNumber(t.CPU) }},
		{"the same, one like at a time (µs)", func(t measure.Throughput) string {
			return formatNumber(findLatency(r.oneByOne, t.Trial, t.Kind).CPUPerScreen())
		}},
		{"memory of an idle subscriber (KB)", func(t measure.Throughput) string { return formatNumber(t.IdleKB) }},
	} {
		for _, n := range r.sizes() {
			row := []string{figure.name, formatThousands(float64(n))}
			for _, kind := range kinds {
				cell := "–"
				if t := findThroughput(r.throughputs, inOneRoom(n), kind); t != nil {
					cell = figure.of(*t)
				}
				row = append(row, cell)
			}
			rows = append(rows, row)
		}
	}
	return header, rows
}

// inOneRoom is the trial that the summary and the plot show.
func inOneRoom(subscribers int) trial.Trial {
	return trial.Trial{Shape: trial.Shape{Rooms: 1, PerRoom: subscribers}, Document: trial.ChangesDocument}
}

// kinds returns the kinds of server of which there are figures, in the order of server.Kinds.
func (r *results) kinds() []string {
	return slices.DeleteFunc(slices.Clone(server.Kinds), func(kind string) bool {
		return !slices.ContainsFunc(r.throughputs, func(t measure.Throughput) bool { return t.Kind == kind })
	})
}

// sizes returns how many subscribers one room had.
func (r *results) sizes() (sizes []int) {
	for _, t := range r.throughputs {
		if t.Shape.Rooms == 1 && t.Document == trial.ChangesDocument && !slices.Contains(sizes, t.Shape.PerRoom) {
			sizes = append(sizes, t.Shape.PerRoom)
		}
	}
	slices.Sort(sizes)
	return sizes
}

// costRows say what one like costs each server that delivers it to a room.
func (r *results) costRows() (rows [][]string) {
	for _, l := range r.oneByOne {
		if l.Shape.Rooms > 1 || l.Shape.PerRoom > flowMost {
			continue
		}
		perScreen := l.Bytes / float64(l.Shape.PerRoom)
		rows = append(rows, []string{
			serverNames[l.Kind], l.Document, strconv.Itoa(l.Shape.PerRoom), formatThousands(float64(l.CPU.Microseconds())),
			formatThousands(float64((l.CPU - l.LikeCPU).Microseconds())), formatThousands(perScreen),
			fmt.Sprintf("%.0f KB", l.Bytes/1024), formatMilliseconds(l.Last50) + ", " + formatMilliseconds(l.Last99),
			formatMilliseconds(l.FromLike99),
		})
	}
	return rows
}

var costHeader = []string{
	"server", "document", "screens", "processor time (µs)", "without the like (µs)", "bytes per screen", "all bytes",
	"commit to last screen p50, p99 (ms)", "like to last screen p99 (ms)",
}

func (r *results) leftOutRows() (rows [][]string) {
	for _, l := range r.leftOut {
		rows = append(rows, []string{serverNames[l.Kind], l.Shape.String(), l.Document, l.Why})
	}
	return rows
}
