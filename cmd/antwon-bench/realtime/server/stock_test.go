//go:build linux

package server

import (
	"os"
	"strings"
	"testing"
)

// Readers of the figures can see what the program is compared with.
func TestBenchmarksQuoteTheStockServerAsItIs(t *testing.T) {
	source, err := os.ReadFile("stock.go")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../../../docs/benchmarks.md")
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(source), "\n// newStock ")
	if !strings.Contains(string(page), "```go\n// newStock "+code+"```\n") {
		t.Error("docs/benchmarks.md does not quote stock.go, from newStock to the end, as it is now")
	}
}
