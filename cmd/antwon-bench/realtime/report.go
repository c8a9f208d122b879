//go:build linux

package realtime

import (
	"fmt"
	"io"
	"strconv"

	"antwon.dj/backend/cmd/antwon-bench/fixture"
	"antwon.dj/backend/cmd/antwon-bench/realtime/measure"
)

// print prints everything.
func (r *results) print(out io.Writer) {
	r.printSummary(out)
	r.printDetails(out)
}

// printSummary prints the notes, the comparison of the servers, what one like costs, and the trials without figures.
func (r *results) printSummary(out io.Writer) {
	for _, note := range r.notes {
		fmt.Fprintf(out, "\n%s.\n", note)
	}
	header, rows := r.summary()
	printTable(out, "**Rooms of all sizes**: `roomQueueChanges`, 200 likes per second", header, rows)
	printTable(out, "**One like to a room**, and nothing else", costHeader, r.costRows())
	printTable(out, "**What gave out**", []string{"server", "load", "document", "why"},
		r.leftOutRows())
}

// printDetails prints the aims, and a table for each kind of result.
func (r *results) printDetails(out io.Writer) {
	printTable(out, "**Aims**", []string{"load", "document", "aim", "figure", ""}, r.aimRows())
	printTable(out, fmt.Sprintf("**%d likes per second**, feed interval 0", measure.LikesPerSecond), []string{
		"load", "document", "server", "deliveries/s", "CPU µs each", "with likes", "generator", "KB idle", "KB under load",
		"likes retried", "executions of a state",
	}, throughputRows(r.throughputs))
	printTable(out, "**Idle subscribers** of `roomQueueChanges`, antwon alone", []string{
		"subscribers", "KB each", "goroutines", "KB each after they have left",
	}, memoryRows(r.memories))
	printLatencies(out, "**One like at a time**: each waits until everybody has the one before; feed interval 0. "+
		"Milliseconds from the commit, unless the column says otherwise", r.oneByOne)
	printLatencies(out, fmt.Sprintf("**%d likes per second**, feed interval %v. Milliseconds, as above",
		measure.LikesPerSecond, fixture.FeedInterval), r.flow)
	printLatencies(out, fmt.Sprintf("**%d likes per second**, feed interval 0. Milliseconds, as above", steadyLikes),
		r.steady)
	printTable(out, "**antwon alone**", []string{"what", "figure"}, r.antwonRows())
}

func throughputRows(throughputs []measure.Throughput) (rows [][]string) {
	for _, t := range throughputs {
		rows = append(rows, []string{
			t.Shape.String(), t.Document, t.Kind,
			formatThousands(t.PerSecond), formatNumber(t.CPU), formatNumber(t.CPUGross), formatNumber(t.Generator),
			formatNumber(t.IdleKB), formatNumber(t.LoadKB), strconv.Itoa(t.LikeRetries), formatCount(t.Executions),
		})
	}
	return rows
}

func memoryRows(memories []measure.Memory) (rows [][]string) {
	for _, m := range memories {
		rows = append(rows, []string{
			m.String(), formatNumber(m.EachKB), strconv.Itoa(m.Goroutines), formatNumber(m.LeftKB),
		})
	}
	return rows
}

func printLatencies(out io.Writer, title string, latencies []measure.Latency) {
	var rows [][]string
	for _, l := range latencies {
		rows = append(rows, []string{
			l.Shape.String(), l.Document, l.Kind, strconv.Itoa(l.Likes), formatNumber(l.PerLike / float64(l.Shape.PerRoom)),
			formatMilliseconds(l.Commit50), formatMilliseconds(l.Arrival50), formatMilliseconds(l.Arrival99),
			formatMilliseconds(l.Last50), formatMilliseconds(l.Last99), formatMilliseconds(l.FromLike99),
		})
	}
	printTable(out, title, []string{
		"load", "document", "server", "likes", "messages", "commit p50", "arrival p50", "p99", "last screen p50", "p99",
		"from like p99",
	}, rows)
}

// antwonRows are the figures that concern the program alone.
func (r *results) antwonRows() (rows [][]string) {
	for _, w := range r.wires {
		rows = append(rows, []string{fmt.Sprintf("bytes of a like, %d songs", w.Songs),
			fmt.Sprintf("%d where it stays (%d likes), %d where it changes places (%d); %d at most with permessage-deflate",
				w.Stays.Most, w.Stays.Likes, w.Moves.Most, w.Moves.Likes, w.Compressed)})
	}
	for _, c := range r.costs {
		rows = append(rows, []string{fmt.Sprintf("CPU of a like, %d songs", c.Songs),
			fmt.Sprintf("%.0f µs, and from hint to message %.0f µs", c.Unwatched, c.Delivery)})
	}
	if r.resumption != nil {
		rows = append(rows, []string{"back after a restart", fmt.Sprintf("%d clients in %s ms, by %d connections",
			r.resumption.Clients, formatMilliseconds(r.resumption.Took), r.resumption.Attempts)})
	}
	if s := r.storm; s != nil {
		rows = append(rows, []string{fmt.Sprintf("last of %d screens, p50 and p99", s.Behaving), describeStorm(s)})
		rows = append(rows, []string{"memory in the storm, and sockets after it", fmt.Sprintf(
			"%.1f MB (before: %.1f), after %.1f s %d sockets (%d) and %d goroutines (%d)", megabytes(s.Peak),
			megabytes(s.Before.RSS), s.Settled.Seconds(), s.After.Sockets, s.Before.Sockets,
			s.After.Goroutines, s.Before.Goroutines)})
	}
	if c := r.churn; c != nil {
		rows = append(rows, []string{fmt.Sprintf("after %d connections", c.Connections), describeChurn(c)})
	}
	return rows
}

func describeStorm(s *measure.Storm) string {
	return fmt.Sprintf("%s, %s ms alone; %s, %s ms while as many stall, and as many reset their connections",
		formatMilliseconds(s.Alone.Last50), formatMilliseconds(s.Alone.Last99),
		formatMilliseconds(s.During.Last50), formatMilliseconds(s.During.Last99))
}

func describeChurn(c *measure.Churn) string {
	return fmt.Sprintf("%d goroutines (before: %d), %d sockets (%d), %d other files (%d), %.1f MB (%.1f)",
		c.After.Goroutines, c.Before.Goroutines, c.After.Sockets, c.Before.Sockets,
		c.After.Files-c.After.Sockets, c.Before.Files-c.Before.Sockets, megabytes(c.After.RSS), megabytes(c.Before.RSS))
}
