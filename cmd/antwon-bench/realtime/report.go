//go:build linux

package realtime

import (
	"fmt"
	"io"
	"strconv"

	"antwon.dj/backend/cmd/antwon-bench/fixture"
	"antwon.dj/backend/cmd/antwon-bench/realtime/measure"
)

// print prints a table for each kind of result, and at last the aims.
func (r *results) print(out io.Writer) {
	printTable(out, fmt.Sprintf("%d likes a second, feed interval 0", measure.LikesPerSecond), []string{
		"load", "document", "server", "deliveries/s", "CPU µs each", "with likes", "generator", "KB idle", "KB under load",
		"likes retried", "executions of a state",
	}, throughputRows(r.throughputs))
	printLatencies(out, "One like at a time, each waits until everybody has the one before; feed interval 0. "+
		"ms from the commit, unless it says otherwise", r.oneByOne)
	printLatencies(out, fmt.Sprintf("%d likes a second, feed interval %v. ms from the commit, unless it says otherwise",
		measure.LikesPerSecond, fixture.FeedInterval), r.flow)
	printTable(out, "antwon alone", []string{"what", "figure"}, r.antwonRows())
	printTable(out, "Aims", []string{"load", "document", "aim", "figure", ""}, r.aimRows())
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
	if c := r.churn; c != nil {
		rows = append(rows, []string{fmt.Sprintf("after %d connections", c.Connections), describeChurn(c)})
	}
	return rows
}

func describeChurn(c *measure.Churn) string {
	return fmt.Sprintf("%d goroutines (before: %d), %d sockets (%d), %d other files (%d), %.1f MB (%.1f)",
		c.After.Goroutines, c.Before.Goroutines, c.After.Sockets, c.Before.Sockets,
		c.After.Files-c.After.Sockets, c.Before.Files-c.Before.Sockets, megabytes(c.After.RSS), megabytes(c.Before.RSS))
}
