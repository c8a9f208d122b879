package server_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/internal/server"
	"antwon.dj/backend/internal/testlog"
)

// Text that clients choose, such as paths with a room's code, does not reach the log: only the route does.
func TestAccessLogHasRoutesAndNoPaths(t *testing.T) {
	s := start(t, nil)
	for path, want := range map[string]string{
		"/r/SECRET": "GET /r/{code}", "/r/SECRET/": "GET /r/{code}/{$}", "/r/SECRET/screen": "GET /r/{code}/screen",
		"/SECRET" + strings.Repeat("x", 10_000): "none", "/assets/SECRET.js": "GET /assets/{file...}",
		"/graphql?query=SECRET": "/graphql", "/r/SECRET/nothing": "none", "//r//SECRET": "GET /r/{code}",
	} {
		before := len(s.log.all(t, "request"))
		s.do("GET", path)
		if lines := s.log.all(t, "request")[before:]; len(lines) != 1 || lines[0]["route"] != want {
			t.Errorf("%.40s: logged %v, want the route %s", path, lines, want)
		}
	}
	s.do("SECRET", "/")
	if log := s.log.String(); strings.Contains(log, "SECRET") || strings.Contains(log, "xxx") {
		t.Errorf("the log has what a client chose: %.2000s", log)
	}
}

// flooded is a server in a bubble of fake time, which gets requests without a network.
type flooded struct {
	t       *testing.T
	handler http.Handler
	log     logLines
}

func startFlooded(t *testing.T) *flooded {
	s := &flooded{t: t, log: logLines{testlog.New(t)}}
	log := slog.New(slog.NewJSONHandler(s.log, nil))
	s.handler = server.New(server.Config{
		GraphQL: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Has("warn") {
				log.WarnContext(r.Context(), "a warning")
			}
		}),
		Pages: built, Metrics: prometheus.NewRegistry(), Log: log,
	})
	return s
}

func (s *flooded) request(n int, address, target string) {
	for range n {
		r := httptest.NewRequestWithContext(s.t.Context(), http.MethodPost, target, nil)
		r.RemoteAddr = address
		s.handler.ServeHTTP(httptest.NewRecorder(), r)
	}
}

// leftOut returns how many lines were left out, by network.
func (s *flooded) leftOut() map[string]int {
	found := map[string]int{}
	for _, line := range s.log.all(s.t, "requests left out of the log") {
		found[line["remote_network"].(string)] += int(line["left_out"].(float64))
	}
	return found
}

func TestAccessLogIsBoundedForEachAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startFlooded(t)
		s.request(server.LinesPerMinute+700, "203.0.113.9:1", "/graphql?warn")
		s.request(server.LinesPerMinute, "203.0.113.10:1", "/graphql")
		s.request(server.LinesPerMinute, "[2001:db8::1]:1", "/graphql")
		s.request(40, "[2001:db8::ffff:2]:2", "/graphql") // the same customer
		if lines := s.log.all(t, "request"); len(lines) != 3*server.LinesPerMinute {
			t.Errorf("%d requests are logged, want %d", len(lines), 3*server.LinesPerMinute)
		}
		if warnings := s.log.all(t, "a warning"); len(warnings) != server.LinesPerMinute+700 {
			t.Errorf("%d warnings are logged, want all %d", len(warnings), server.LinesPerMinute+700)
		}

		time.Sleep(time.Minute)
		s.request(1, "203.0.113.9:1", "/graphql")
		want := map[string]int{"203.0.113.9": 700, "2001:db8::/64": 40}
		if got := s.leftOut(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%v are said to be left out, want %v", got, want)
		}
		if lines := s.log.all(t, "request"); len(lines) != 3*server.LinesPerMinute+1 {
			t.Errorf("%d requests are logged, want one more", len(lines))
		}
		time.Sleep(time.Hour)
		s.request(1, "203.0.113.9:1", "/graphql")
		if got := len(s.log.all(t, "requests left out of the log")); got != 2 {
			t.Errorf("%d lines say what was left out, want 2", got)
		}
	})
}

// All networks beyond LoggedNetworks share one bound, so that somebody with very many addresses cannot fill the log.
func TestAccessLogIsBoundedForAllAddressesTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startFlooded(t)
		const further = 3000
		for i := range server.LoggedNetworks + further {
			s.request(1, fmt.Sprintf("10.%d.%d.%d:1", i>>16&255, i>>8&255, i&255), "/graphql")
		}
		time.Sleep(time.Minute)
		s.request(1, "203.0.113.9:1", "/graphql")
		want := server.LoggedNetworks + server.LinesPerMinute + 1
		if lines := s.log.all(t, "request"); len(lines) != want {
			t.Errorf("%d requests are logged, want %d", len(lines), want)
		}
		if got := s.leftOut(); got["further networks"] != further-server.LinesPerMinute || len(got) != 1 {
			t.Errorf("left out: %v", got)
		}
	})
}
