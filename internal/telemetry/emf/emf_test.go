package emf_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/internal/telemetry/emf"
)

func TestCountersAreWrittenAsWhatTheyGrewBy(t *testing.T) {
	registry := prometheus.NewRegistry()
	requests := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "http_requests_total"}, []string{"route", "code"})
	connections := prometheus.NewGauge(prometheus.GaugeOpts{Name: "graphql_connections"})
	pause := prometheus.NewGauge(prometheus.GaugeOpts{Name: "antwon_spotify_paused_until"})
	alive := prometheus.NewGauge(prometheus.GaugeOpts{Name: "antwon_playback_alive_until"})
	statements := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "antwon_sql_seconds"}, []string{"outcome"})
	registry.MustRegister(requests, connections, pause, alive, statements)
	var out bytes.Buffer
	w, now := emf.New(&out, registry, "antwon"), time.UnixMilli(1_700_000_000_123)

	requests.WithLabelValues("/graphql", "200").Add(7)
	requests.WithLabelValues("/graphql", "503").Add(2)
	requests.WithLabelValues("/readyz", "500").Inc()
	statements.WithLabelValues("error").Observe(0.1)
	statements.WithLabelValues("ok").Observe(0.1)
	connections.Set(40)
	pause.Set(float64(now.Unix() + 90))
	alive.Set(float64(now.Unix() - 12))
	first := writeLine(t, w, &out, now)
	expect(t, first, map[string]float64{
		"Requests": 10, "ServerErrors": 3, "DatabaseErrors": 1, "Connections": 40, "SpotifyPause": 90, "LeasesLost": 0,
		"LeasesOverdue": 12,
	})

	requests.WithLabelValues("/graphql", "200").Inc()
	connections.Set(30)
	second := writeLine(t, w, &out, now.Add(2*time.Minute))
	expect(t, second, map[string]float64{"Requests": 1, "ServerErrors": 0, "Connections": 30, "SpotifyPause": 0})
}

// CloudWatch ignores a line that does not follow its format: at most 100 metrics and 30 dimensions, each metric named
// in the metadata and present as a number, and a time in milliseconds.
func TestLinesFollowTheFormat(t *testing.T) {
	var out bytes.Buffer
	line := writeLine(t, emf.New(&out, prometheus.NewRegistry(), "antwon"), &out, time.UnixMilli(1_700_000_000_123))
	var meta struct {
		Timestamp         int64
		CloudWatchMetrics []struct {
			Namespace  string
			Dimensions [][]string
			Metrics    []struct{ Name, Unit string }
		}
	}
	if err := json.Unmarshal(line["_aws"], &meta); err != nil {
		t.Fatal(err)
	}
	if meta.Timestamp != 1_700_000_000_123 || len(meta.CloudWatchMetrics) != 1 {
		t.Fatalf("metadata %+v", meta)
	}
	directive := meta.CloudWatchMetrics[0]
	if directive.Namespace != emf.Namespace || len(directive.Dimensions) != 1 || len(directive.Dimensions[0]) != 1 {
		t.Errorf("metadata %+v", directive)
	}
	if string(line[directive.Dimensions[0][0]]) != `"antwon"` {
		t.Errorf("the dimension is %s", line[directive.Dimensions[0][0]])
	}
	if n := len(directive.Metrics); n < 10 || n > 15 || len(line) != n+2 {
		t.Errorf("%d metrics and %d members; each metric costs money", n, len(line))
	}
	for _, m := range directive.Metrics {
		var value float64
		if err := json.Unmarshal(line[m.Name], &value); err != nil || m.Unit == "" {
			t.Errorf("%s is %s, in %q", m.Name, line[m.Name], m.Unit)
		}
	}
}

func writeLine(t *testing.T, w *emf.Writer, out *bytes.Buffer, now time.Time) (line map[string]json.RawMessage) {
	t.Helper()
	out.Reset()
	if err := w.Write(now); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out.Bytes(), &line); err != nil || bytes.Count(out.Bytes(), []byte("\n")) != 1 {
		t.Fatalf("%v: %q", err, out)
	}
	return line
}

func expect(t *testing.T, line map[string]json.RawMessage, want map[string]float64) {
	t.Helper()
	for name, value := range want {
		var got float64
		if err := json.Unmarshal(line[name], &got); err != nil || got != value {
			t.Errorf("%s is %s, want %v", name, line[name], value)
		}
	}
}
