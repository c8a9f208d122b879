package main_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v4"

	main "antwon.dj/backend/cmd/antwon"
	"antwon.dj/backend/internal/testport"
)

// docs/operations.md has exactly the metrics that a server registers, with their labels, even if they have no value
// yet.
func TestEveryRegisteredMetricIsDocumented(t *testing.T) {
	registered, known := main.RegisteredMetrics(t), documented(t)
	if len(registered) < 40 {
		t.Errorf("only %d metrics are registered", len(registered))
	}
	for name, labels := range registered {
		if documented, there := known[name]; !there {
			t.Errorf("docs/operations.md does not have %s", name)
		} else if !slices.Equal(documented, labels) {
			t.Errorf("docs/operations.md gives %s the labels %q, and it has %q", name, documented, labels)
		}
	}
	for name := range known {
		if _, there := registered[name]; !there {
			t.Errorf("docs/operations.md has %s, which no server registers", name)
		}
	}
}

// docs/operations.md has every metric that a server exports, with its labels. The alerts and the dashboard use only
// metrics and labels that exist.
func TestMetricsAreAsDocumented(t *testing.T) {
	t.Parallel()
	port := testport.Free(t)
	startNATS(t, port)
	s := startServer(t, "sqlite:data/antwon.db", fmt.Sprintf("ANTWON_NATS_URL=nats://127.0.0.1:%d", port),
		"OTEL_EXPORTER_OTLP_ENDPOINT="+startCollector(t).url)
	s.happens(t)
	shown := s.metrics(t)
	known := documented(t)
	for name := range shown {
		if strings.HasPrefix(name, "process_") || strings.HasPrefix(name, "go_") && !strings.HasPrefix(name, "go_sql_") {
			continue // Go's own
		}
		if labels, there := known[name]; !there {
			t.Errorf("docs/operations.md does not have %s", name)
		} else if got := labelsOf(shown[name]); !slices.Equal(got, labels) {
			t.Errorf("docs/operations.md gives %s the labels %q, and it has %q", name, labels, got)
		}
	}
	for name := range known {
		if shown[name] == nil {
			t.Errorf("docs/operations.md has %s, which the server does not show", name)
		}
	}
	for where, expressions := range map[string][]string{"alerts.yml": alerts(t), "dashboard.json": panels(t)} {
		if len(expressions) < 10 {
			t.Errorf("%s has only %d expressions", where, len(expressions))
		}
		for _, expression := range expressions {
			for _, fault := range unknown(expression, shown) {
				t.Errorf("%s: %s: %s", where, expression, fault)
			}
		}
	}
}

// happens causes at least one event of every kind that is counted.
func (s *server) happens(t *testing.T) {
	t.Helper()
	roomID := s.login("Hanna").openRoom("METERS")
	guest := s.join("METERS", "Gina")
	guest.add(roomID, guest.search(roomID, "the", 1)[0])
	guest.refusal(t, `mutation { likeQueueItem(itemId: "7") { id } }`, nil)
	screen := guest.watch(roomID)
	s.eventually("the song to play on a screen", func() bool {
		songs, _ := screen.played()
		return songs != "" && s.metrics(t)["graphql_subscription_executions_total"] != nil
	})
	s.eventually("both rooms, the demo's own too, to be counted as well", func() bool {
		return s.metric(`antwon_playback_health{health="OK"}`) == 2
	})
	for name, least := range map[string]float64{
		`antwon_playback_leases_total{outcome="taken"}`:             1,
		`antwon_playback_nodes`:                                     1,
		`antwon_sessions_total{event="started"}`:                    2,
		`antwon_sql_seconds_count{outcome="ok",statement="COMMIT"}`: 5,
		`antwon_spotify_call_seconds_count{call="search"}`:          1,
	} {
		if n := s.metric(name); n < least {
			t.Errorf("%s is %v, want %v at least", name, n, least)
		}
	}
	screen.close()
	s.eventually("the screen to be gone", func() bool { return s.metrics(t)["graphql_websocket_closed_total"] != nil })
}

func (s *server) metrics(t *testing.T) map[string]*dto.MetricFamily {
	t.Helper()
	response, err := get(s.url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return families
}

func labelsOf(family *dto.MetricFamily) []string {
	names := map[string]bool{}
	for _, metric := range family.Metric {
		for _, label := range metric.Label {
			names[label.GetName()] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

var row = regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\|([^|]*)\\|")

// documented returns the labels of each metric in the table of docs/operations.md.
func documented(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	metrics := map[string][]string{}
	for _, found := range row.FindAllStringSubmatch(string(text), -1) {
		labels := strings.FieldsFunc(found[2], func(r rune) bool { return strings.ContainsRune("`, ", r) })
		slices.Sort(labels)
		metrics[found[1]] = labels
	}
	return metrics
}

func alerts(t *testing.T) (expressions []string) {
	t.Helper()
	var file struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr string
				Annotations struct{ Summary string }
			}
		}
	}
	text, err := os.ReadFile("../../docs/operations/alerts.yml")
	if err == nil {
		err = yaml.Unmarshal(text, &file)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range file.Groups {
		for _, rule := range group.Rules {
			if rule.Alert == "" || rule.Annotations.Summary == "" {
				t.Errorf("an alert lacks its name or summary: %+v", rule)
			}
			expressions = append(expressions, rule.Expr)
		}
	}
	return expressions
}

func panels(t *testing.T) (expressions []string) {
	t.Helper()
	var dashboard struct {
		Panels []struct{ Targets []struct{ Expr string } }
	}
	text, err := os.ReadFile("../../docs/operations/dashboard.json")
	if err == nil {
		err = json.Unmarshal(text, &dashboard)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			expressions = append(expressions, target.Expr)
		}
	}
	return expressions
}

var (
	selector = regexp.MustCompile(`\b((?:antwon|graphql|http|go|process)_[a-z_]+)(?:\{([^}]*)\})?`)
	matcher  = regexp.MustCompile(`([a-z_]+)(?:=~|!=|!~|=)"`)
)

// unknown returns a fault for each metric or label in an expression that no server exports. The labels instance and job
// are added by Prometheus itself.
func unknown(expression string, shown map[string]*dto.MetricFamily) (faults []string) {
	for _, used := range selector.FindAllStringSubmatch(expression, -1) {
		family := shown[used[1]]
		for _, suffix := range []string{"_bucket", "_count", "_sum"} {
			if name, cut := strings.CutSuffix(used[1], suffix); cut && shown[name].GetType() == dto.MetricType_HISTOGRAM {
				family = shown[name]
			}
		}
		if family == nil {
			faults = append(faults, "there is no "+used[1])
			continue
		}
		labels := append(labelsOf(family), "instance", "job")
		for _, chosen := range matcher.FindAllStringSubmatch(used[2], -1) {
			if !slices.Contains(labels, chosen[1]) {
				faults = append(faults, used[1]+" has no label "+chosen[1])
			}
		}
	}
	return faults
}
