//go:build linux

package realtime

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The page's parts that a run renews. Each is between its mark and the next end.
const (
	summaryMark = "<!-- the summary of make bench-realtime -->\n"
	detailsMark = "<!-- the details of make bench-realtime -->\n"
	endMark     = "<!-- end -->\n"
)

// renewDocs writes the plot, and the tables into the page.
func (r *results) renewDocs(dir string) error {
	page := filepath.Join(dir, "benchmarks.md")
	content, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	var summary, details strings.Builder
	r.printSummary(&summary)
	r.printDetails(&details)
	text := string(content)
	for mark, part := range map[string]string{summaryMark: summary.String(), detailsMark: details.String()} {
		if text, err = replacePart(text, mark, part); err != nil {
			return fmt.Errorf("%s: %w", page, err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "benchmarks.svg"), []byte(r.plot()), 0o644); err != nil {
		return err
	}
	return os.WriteFile(page, []byte(text), 0o644)
}

// replacePart replaces what is between a mark and the next end.
func replacePart(page, mark, part string) (string, error) {
	before, rest, found := strings.Cut(page, mark)
	_, after, ended := strings.Cut(rest, endMark)
	if !found || !ended {
		return "", fmt.Errorf("there is no %q, or no end after it", strings.TrimSpace(mark))
	}
	return before + mark + part + "\n" + endMark + after, nil
}
