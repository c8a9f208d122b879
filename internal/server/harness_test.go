package server_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/internal/server"
	"antwon.dj/backend/internal/testlog"
)

// site is the server behind a real socket, and what it logged.
type site struct {
	*httptest.Server
	t   *testing.T
	log logLines
}

func start(t *testing.T, change func(*server.Config)) *site {
	t.Helper()
	s := &site{t: t, log: logLines{testlog.New(t)}}
	cfg := server.Config{
		GraphQL: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "graphql") }),
		Pages:   built,
		Ready:   func(context.Context) error { return nil },
		Build:   server.Build{Version: "v1.2.3", Commit: "abc", GoVersion: "go1.26"},
		Metrics: prometheus.NewRegistry(),
		Log:     slog.New(slog.NewJSONHandler(s.log, nil)),
	}
	if change != nil {
		change(&cfg)
	}
	s.Server = httptest.NewUnstartedServer(nil)
	s.Config = server.HTTPServer(server.New(cfg))
	s.Config.ErrorLog = slog.NewLogLogger(slog.NewJSONHandler(s.log, nil), slog.LevelError)
	s.Start()
	t.Cleanup(s.Close)
	return s
}

type reply struct {
	*http.Response
	body string
}

// do sends a request and follows no redirect. Header holds names and values in turn.
func (s *site) do(method, path string, header ...string) reply {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.URL+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
		if header[i] == "Host" { // the client takes it from here
			r.Host = header[i+1]
		}
	}
	client := *s.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return reply{response, string(body)}
}

// logLines is a JSON log.
type logLines struct{ *testlog.Log }

// all returns the lines with this message.
func (l logLines) all(t *testing.T, message string) []map[string]any {
	t.Helper()
	return l.find(t, func(line map[string]any) bool { return line["msg"] == message })
}

func (l logLines) find(t *testing.T, matches func(map[string]any) bool) (found []map[string]any) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(l.String()))
	for {
		line := map[string]any{}
		if err := decoder.Decode(&line); errors.Is(err, io.EOF) {
			return found
		} else if err != nil {
			t.Fatal(err)
		}
		if matches(line) {
			found = append(found, line)
		}
	}
}
