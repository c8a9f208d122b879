//go:build linux

package realtime

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"antwon.dj/backend/cmd/antwon-bench/realtime/measure"
	"antwon.dj/backend/cmd/antwon-bench/realtime/server"
	"antwon.dj/backend/cmd/antwon-bench/realtime/trial"
)

func someResults() *results {
	r := &results{notes: []string{"Measured by a test"}}
	for _, n := range []int{1000, 20_000} {
		for i, kind := range server.Kinds {
			if kind == server.Stock && n > 1000 {
				continue // it has failed, and has no figures
			}
			t := measure.Throughput{Trial: inOneRoom(n), PerSecond: float64(1000 * (i + 1)), IdleKB: float64(3 * (i + 1))}
			t.Kind = kind
			r.throughputs = append(r.throughputs, t)
			r.oneByOne = append(r.oneByOne, measure.Latency{Trial: t.Trial})
		}
	}
	return r
}

// A run replaces the tables of the one before it, and nothing else. It needs the marks that the real page has.
func TestRunRenewsTheDocumentation(t *testing.T) {
	page, err := os.ReadFile("../../../docs/benchmarks.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	renewed := filepath.Join(dir, "benchmarks.md")
	if err := os.WriteFile(renewed, page, 0o600); err != nil {
		t.Fatal(err)
	}
	var first []byte
	for range 2 {
		if err := someResults().renewDocs(dir); err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(renewed)
		if err != nil {
			t.Fatal(err)
		}
		if first != nil && string(content) != string(first) {
			t.Error("renewing the page twice changes it twice")
		}
		first = content
	}
	for _, want := range []string{"Measured by a test", "| 20,000 ", "## Likes per second"} {
		if !strings.Contains(string(first), want) {
			t.Errorf("the renewed page lacks %q", want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "benchmarks.svg")); err != nil {
		t.Error(err)
	}
}

// A client does not learn why centrifuge disconnects it when a write takes too long, but the server logs it.
func TestWhatGaveOutHasTheServersReason(t *testing.T) {
	one := trial.Trial{Kind: server.Centrifuge, Shape: trial.Shape{Rooms: 1, PerRoom: 10}, Document: trial.QueueDocument}
	for log, want := range map[string]string{
		"": "client 7: closed",
		"2026/11/30 00:39:50 WARN first\n2026/11/30 00:39:51 WARN disconnected code=3009\n": "client 7: closed; " +
			"the server's log: disconnected code=3009",
		"time=2026-11-30T00:39:50Z level=ERROR msg=full": "client 7: closed; the server's log: full",
	} {
		err := fmt.Errorf("%v: %w\n%s", one, errors.New("client 7: closed"), log)
		if got := whyItFailed(one, err); got != want {
			t.Errorf("with the log %q: got %q, want %q", log, got, want)
		}
	}
}

// The page shows usual runs only.
func TestRunWithOtherMeasurementsLeavesTheDocumentation(t *testing.T) {
	for _, args := range [][]string{{"-quick"}, {"-only", "memory"}, {"-subscribers", "10"}, {}} {
		o, err := parseOptions(append(args, "-docs", "docs"))
		if err != nil {
			t.Fatal(err)
		}
		if renews := o.docs != ""; renews != (len(args) == 0) {
			t.Errorf("with %q the documentation is renewed: %t", args, renews)
		}
	}
}

// The plot is an image that browsers show, with a point for each figure and a line for each server that has several.
func TestPlotIsAnImageWithALineForEachServer(t *testing.T) {
	plot := someResults().plot()
	lines, circles := 0, 0
	decoder := xml.NewDecoder(strings.NewReader(plot))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in %s", err, plot)
		}
		if element, ok := token.(xml.StartElement); ok && element.Name.Local == "polyline" {
			lines++
		} else if ok && element.Name.Local == "circle" {
			circles++
		}
	}
	sizes, kinds := 2, len(server.Kinds)
	if lines != 2*(kinds-1) || circles != 2*(sizes*kinds-1) { // gqlgen has only one point
		t.Errorf("%d lines and %d points in two panels, want %d and %d", lines, circles, 2*(kinds-1), 2*(sizes*kinds-1))
	}
	if strings.Contains(plot, "NaN") || strings.Contains(plot, "Inf") {
		t.Errorf("a place that is no number: %s", plot)
	}
}

func TestTicksOfTheAxesEncloseTheFigures(t *testing.T) {
	for _, figures := range [][2]float64{{3.1, 98}, {1000, 110_000}, {5, 5}, {0.4, 0.5}, {1, 1}} {
		ticks := ticksBetween(figures[0], figures[1])
		if first, last := ticks[0], ticks[len(ticks)-1]; first > figures[0] || last < figures[1] || first == last {
			t.Errorf("from %v to %v: %v", figures[0], figures[1], ticks)
		}
	}
}
