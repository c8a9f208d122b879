//go:build linux

package realtime

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// printTable prints a table in Markdown, with aligned columns. It prints nothing if there are no rows.
func printTable(out io.Writer, title string, header []string, rows [][]string) {
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
	printRow := func(row []string) {
		for i, cell := range row {
			fmt.Fprintf(out, "| %s%s ", cell, strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)))
		}
		fmt.Fprintln(out, "|")
	}
	printRow(header)
	for _, width := range widths {
		fmt.Fprintf(out, "|%s", strings.Repeat("-", width+2))
	}
	fmt.Fprintln(out, "|")
	for _, row := range rows {
		printRow(row)
	}
}

func megabytes(bytes int64) float64 { return float64(bytes) / (1 << 20) }

func formatMilliseconds(d time.Duration) string { return fmt.Sprintf("%.1f", d.Seconds()*1000) }

// formatNumber uses one decimal for small numbers, and none from 100 on.
func formatNumber(f float64) string {
	if f >= 100 {
		return formatThousands(f)
	}
	return fmt.Sprintf("%.1f", f)
}

// formatThousands separates the thousands by commas.
func formatThousands(f float64) string {
	text := fmt.Sprintf("%.0f", f)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// formatCount formats a number that is negative if the server does not count it.
func formatCount(f float64) string {
	if f < 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f", f)
}
