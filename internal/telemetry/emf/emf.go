// Package emf writes the metrics that an operator acts on to a log, in the embedded metric format of Amazon CloudWatch:
// one JSON object per interval, from which CloudWatch makes metrics without an agent and without Prometheus.
//
// The metrics are those of the table in metrics.go and no others, with the name of the service as their only dimension,
// because CloudWatch charges for each combination of a metric and its dimensions. Counters are written as the increase
// since the previous line, so their statistic is the sum; everything else is the value at that moment.
//
// The format is described in the CloudWatch User Guide, "Specification: Embedded metric format".
package emf

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Namespace is the namespace of the metrics in CloudWatch.
const Namespace = "antwon"

// Writer writes the metrics of a server. Create it with New.
type Writer struct {
	out     io.Writer
	metrics prometheus.Gatherer
	service string
	last    map[string]float64 // the counters at the previous line
}

// New returns a Writer for the metrics of a service, such as "antwon".
func New(out io.Writer, metrics prometheus.Gatherer, service string) *Writer {
	return &Writer{out: out, metrics: metrics, service: service, last: map[string]float64{}}
}

// Run writes a line per interval until ctx ends, and then a last one. Its error is that of a write.
func (w *Writer) Run(ctx context.Context, interval time.Duration) error {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return w.Write(time.Now())
		case now := <-tick.C:
			if err := w.Write(now); err != nil {
				return err
			}
		}
	}
}

type metricName struct {
	Name string `json:"Name"`
	Unit string `json:"Unit"`
}

// Write writes one line.
func (w *Writer) Write(now time.Time) error {
	families, err := w.metrics.Gather()
	if err != nil {
		return fmt.Errorf("gather metrics: %w", err)
	}
	gathered := read(families)
	line := map[string]any{"service": w.service}
	names := make([]metricName, 0, len(table))
	for _, m := range table {
		value := m.value(gathered, now)
		if m.counts {
			value, w.last[m.name] = value-w.last[m.name], value
		}
		line[m.name] = value
		names = append(names, metricName{m.name, m.unit})
	}
	line["_aws"] = map[string]any{
		"Timestamp": now.UnixMilli(),
		"CloudWatchMetrics": []any{map[string]any{
			"Namespace": Namespace, "Dimensions": [][]string{{"service"}}, "Metrics": names,
		}},
	}
	if err := json.NewEncoder(w.out).Encode(line); err != nil {
		return fmt.Errorf("write metrics: %w", err)
	}
	return nil
}
