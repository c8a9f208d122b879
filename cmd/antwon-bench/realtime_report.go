//go:build linux

package main

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// table prints rows as markdown that can also be read as it is.
func table(out io.Writer, title string, header []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	widths := make([]int, len(header))
	for _, row := range append([][]string{header}, rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	fmt.Fprintf(out, "\n%s\n\n", title)
	line := func(row []string) {
		for i, cell := range row {
			fmt.Fprintf(out, "| %s%s ", cell, strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)))
		}
		fmt.Fprintln(out, "|")
	}
	line(header)
	for _, width := range widths {
		fmt.Fprintf(out, "|%s", strings.Repeat("-", width+2))
	}
	fmt.Fprintln(out, "|")
	for _, row := range rows {
		line(row)
	}
}

func (r *results) print(out io.Writer) {
	r.printThroughputs(out)
	title := "One like at a time, each waits until everybody has the one before; feed interval 0. ms from the commit, unless it says otherwise"
	printLatencies(out, title, r.oneByOne)
	title = fmt.Sprintf("%d likes a second, feed interval %v. ms from the commit, unless it says otherwise", likesPerSecond, feedInterval)
	printLatencies(out, title, r.flow)
	r.printSingles(out)
	table(out, "Aims", []string{"load", "document", "aim", "figure", ""}, r.verdicts())
}

func (r *results) printThroughputs(out io.Writer) {
	var rows [][]string
	for _, t := range r.throughputs {
		rows = append(rows, []string{
			t.shape.String(), t.document, t.kind, thousands(t.perSecond), number(t.cpu), number(t.cpuGross), number(t.generator),
			number(t.idleKB), number(t.loadKB), fmt.Sprint(t.retries), counted(t.executions),
		})
	}
	table(out, fmt.Sprintf("%d likes a second, feed interval 0", likesPerSecond), []string{
		"load", "document", "server", "deliveries/s", "CPU µs each", "with likes", "generator", "KB idle", "KB under load", "likes retried", "executions of a state",
	}, rows)
}

func printLatencies(out io.Writer, title string, latencies []latency) {
	var rows [][]string
	for _, l := range latencies {
		rows = append(rows, []string{
			l.shape.String(), l.document, l.kind, fmt.Sprint(l.likes), number(l.deliveriesOfLike / float64(l.shape.each)),
			milliseconds(l.commit50), milliseconds(l.arrival50), milliseconds(l.arrival99),
			milliseconds(l.last50), milliseconds(l.last99), milliseconds(l.fromLike99),
		})
	}
	table(out, title, []string{
		"load", "document", "server", "likes", "messages", "commit p50", "arrival p50", "p99", "last screen p50", "p99", "from like p99",
	}, rows)
}

// printSingles is what only the program's own server is asked.
func (r *results) printSingles(out io.Writer) {
	var rows [][]string
	for _, w := range r.wires {
		rows = append(rows, []string{fmt.Sprintf("bytes of a like, %d songs", w.songs),
			fmt.Sprintf("%d where it stays (%d likes), %d where it changes places (%d); %d at most with permessage-deflate",
				w.stays, w.counted[0], w.moves, w.counted[1], w.deflated)})
	}
	for _, c := range r.costs {
		rows = append(rows, []string{fmt.Sprintf("CPU of a like, %d songs", c.songs),
			fmt.Sprintf("%.0f µs, and from hint to message %.0f µs", c.alone, c.beyond)})
	}
	if r.resumed != nil {
		rows = append(rows, []string{"back after a restart", fmt.Sprintf("%d clients in %s ms, by %d connections",
			r.resumed.clients, milliseconds(r.resumed.took), r.resumed.tries)})
	}
	if c := r.churned; c != nil {
		rows = append(rows, []string{fmt.Sprintf("after %d connections", c.connections), c.describe()})
	}
	table(out, "antwon alone", []string{"what", "figure"}, rows)
}

func (c churn) describe() string {
	return fmt.Sprintf("%d goroutines (before: %d), %d sockets (%d), %d other files (%d), %.1f MB (%.1f)",
		c.after.Goroutines, c.before.Goroutines, c.after.Sockets, c.before.Sockets,
		c.after.Files-c.after.Sockets, c.before.Files-c.before.Sockets, megabytes(c.after.RSS), megabytes(c.before.RSS))
}

func megabytes(bytes int64) float64 { return float64(bytes) / (1 << 20) }

func milliseconds(d time.Duration) string { return fmt.Sprintf("%.1f", d.Seconds()*1000) }

func number(f float64) string {
	if f >= 100 {
		return thousands(f)
	}
	return fmt.Sprintf("%.1f", f)
}

func thousands(f float64) string {
	text := fmt.Sprintf("%.0f", f)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// counted is a number that a server may not count.
func counted(f float64) string {
	if f < 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f", f)
}
