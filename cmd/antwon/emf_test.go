package main_test

import (
	"encoding/json"
	"strings"
	"syscall"
	"testing"
)

func TestServerWritesItsMetricsForCloudWatch(t *testing.T) {
	t.Parallel()
	s := startServer(t, "sqlite:data/antwon.db", "ANTWON_METRICS=emf", "ANTWON_PLAYBACK=off", "ANTWON_DRAIN_WINDOW=0s")
	s.join("PARTY", "Gina")
	s.stop(syscall.SIGTERM) // the last line is written then, whatever minute it is
	at := strings.LastIndex(s.stdout.String(), "\n{") + 1
	if at == 0 {
		t.Fatalf("no metrics in %q", s.stdout)
	}
	var line struct {
		Service  string
		Requests float64
		AWS      struct{ CloudWatchMetrics []json.RawMessage } `json:"_aws"`
	}
	if err := json.Unmarshal([]byte(s.stdout.String()[at:]), &line); err != nil {
		t.Fatalf("%v: %s", err, s.stdout.String()[at:])
	}
	if line.Service != "antwon" || line.Requests < 1 || len(line.AWS.CloudWatchMetrics) != 1 {
		t.Errorf("got %+v", line)
	}
}
