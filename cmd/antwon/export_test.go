package main

import (
	"log/slog"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

var described = regexp.MustCompile(`fqName: "([^"]*)".* constLabels: \{(.*)\}, variableLabels: \{(.*)\}\}$`)

// RegisteredMetrics returns the labels of each metric that a server with all options registers, even if it has no value
// yet, except for Go's own metrics. The server does not run.
func RegisteredMetrics(t *testing.T) map[string][]string {
	t.Helper()
	cfg, err := parseConfig("demo", []string{
		"ANTWON_DATABASE_URL=sqlite:" + filepath.Join(t.TempDir(), "antwon.db"), "ANTWON_NATS_URL=nats://127.0.0.1:1",
		"ANTWON_SESSION_SECRET=" + strings.Repeat("s", 32), "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1",
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := openProgram(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	p.assemble(nil)
	t.Cleanup(func() {
		p.jukebox.Close()
		if err := p.close(); err != nil {
			t.Error(err)
		}
	})
	descriptions := make(chan *prometheus.Desc)
	go func() { defer close(descriptions); p.metrics.Describe(descriptions) }()
	metrics := map[string][]string{}
	for description := range descriptions {
		match := described.FindStringSubmatch(description.String())
		if match == nil {
			t.Fatalf("cannot read %s", description)
		}
		name := match[1]
		if strings.HasPrefix(name, "process_") || strings.HasPrefix(name, "go_") && !strings.HasPrefix(name, "go_sql_") {
			continue
		}
		var labels []string
		for label := range strings.SplitSeq(match[2]+","+match[3], ",") {
			if label, _, _ = strings.Cut(label, "="); label != "" && !slices.Contains(labels, label) {
				labels = append(labels, label)
			}
		}
		slices.Sort(labels)
		metrics[name] = labels
	}
	return metrics
}

// DrainBoth drains subscriptions and then requests.
var DrainBoth = drainBoth
