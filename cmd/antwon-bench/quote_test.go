//go:build linux

package main

import (
	"os"
	"strings"
	"testing"
)

// Whoever reads the figures sees what the program is compared with.
func TestBenchmarksQuoteTheStockServerAsItIs(t *testing.T) {
	source, err := os.ReadFile("serve_stock.go")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/benchmarks.md")
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(source), "\n// newStock ")
	if !strings.Contains(string(page), "```go\n// newStock "+code+"```\n") {
		t.Error("docs/benchmarks.md does not quote serve_stock.go from newStock on as it is now")
	}
}
