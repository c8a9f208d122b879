package server_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"antwon.dj/backend/internal/server"
)

func TestEachRouteAnswers(t *testing.T) {
	s := start(t, func(cfg *server.Config) {
		cfg.Covers = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.URL.Path) })
	})
	for _, test := range []struct {
		method, path string
		status       int
		body         string
	}{
		{"GET", "/graphql?query={a}", 200, "graphql"},
		{"POST", "/graphql", 200, "graphql"},
		{"GET", "/covers/1.svg", 200, "/covers/1.svg"},
		{"GET", "/healthz", 200, `{"status":"alive","version":"v1.2.3","commit":"abc","go_version":"go1.26"}` + "\n"},
		{"GET", "/readyz", 200, `{"status":"ready"}` + "\n"},
		{"GET", "/nowhere", 404, "404 page not found\n"},
		{"GET", "/r/", 404, "404 page not found\n"},
		{"GET", "/index.html", 404, "404 page not found\n"},
		{"POST", "/playground", 405, "Method Not Allowed\n"},
	} {
		if got := s.do(test.method, test.path); got.StatusCode != test.status || got.body != test.body {
			t.Errorf("%s %s: got %d %q", test.method, test.path, got.StatusCode, got.body)
		}
	}
}

func TestReadinessNamesTheProblem(t *testing.T) {
	broken := errors.New("the database does not answer")
	s := start(t, func(cfg *server.Config) { cfg.Ready = func(context.Context) error { return broken } })
	got := s.do("GET", "/readyz")
	want := `{"status":"unavailable","reason":"the database does not answer"}` + "\n"
	if got.StatusCode != 503 || got.body != want {
		t.Errorf("got %d %s", got.StatusCode, got.body)
	}

	slow := start(t, func(cfg *server.Config) {
		cfg.Ready = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	})
	begin := time.Now()
	got = slow.do("GET", "/readyz")
	if got.StatusCode != 503 || !strings.Contains(got.body, "no answer within 2s") || time.Since(begin) > 4*time.Second {
		t.Errorf("got %d %s after %v", got.StatusCode, got.body, time.Since(begin))
	}
}

func TestRequestIDsAreKeptOrCreated(t *testing.T) {
	var inner *slog.Logger
	s := start(t, func(cfg *server.Config) {
		inner = slog.New(server.LogHandler(cfg.Log.Handler()))
		cfg.GraphQL = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			inner.InfoContext(r.Context(), "inside")
		})
	})
	if id := s.do("GET", "/graphql", "X-Request-Id", "proxy-17.a").Header.Get("X-Request-Id"); id != "proxy-17.a" {
		t.Errorf("a sane id became %q", id)
	}
	for _, bad := range []string{"", "with space", strings.Repeat("x", 65), `"}`} {
		if id := s.do("GET", "/graphql", "X-Request-Id", bad).Header.Get("X-Request-Id"); id == bad || len(id) < 20 {
			t.Errorf("%q became %q", bad, id)
		}
	}
	inside, outside := s.log.all(t, "inside"), s.log.all(t, "request")
	if len(inside) != 5 || len(outside) != 5 {
		t.Fatalf("%d and %d lines", len(inside), len(outside))
	}
	for i := range inside {
		if id := outside[i]["request_id"]; id == nil || id != inside[i]["request_id"] {
			t.Errorf("the handler logged %v, the access log %v", inside[i]["request_id"], id)
		}
	}
	if outside[0]["request_id"] != "proxy-17.a" {
		t.Errorf("logged as %v", outside[0]["request_id"])
	}
}

func TestEachRequestIsLoggedAndCounted(t *testing.T) {
	s := start(t, nil)
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		s.do("GET", path)
	}
	s.do("GET", "/graphql?query=secret")
	lines := s.log.all(t, "request")
	if len(lines) != 1 {
		t.Fatalf("%d lines: %v", len(lines), lines)
	}
	for key, want := range map[string]any{"method": "GET", "route": "/graphql", "status": 200.0, "bytes": 7.0} {
		if got := lines[0][key]; got != want {
			t.Errorf("%s is %v, want %v", key, got, want)
		}
	}
	const counted = `http_requests_total{code="200",route="/graphql"} 1`
	if metrics := s.do("GET", "/metrics").body; !strings.Contains(metrics, counted) {
		t.Errorf("metrics: %s", metrics)
	}
}

func TestPanicsAreAnswered(t *testing.T) {
	s := start(t, func(cfg *server.Config) {
		cfg.GraphQL = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				_, _ = io.WriteString(w, "half")
			}
			panic("secret")
		})
	})
	s.log.Expect("panic in a handler")
	got := s.do("GET", "/graphql")
	if got.StatusCode != 500 || got.body != "internal server error\n" {
		t.Errorf("got %d %q", got.StatusCode, got.body)
	}
	if got := s.do("POST", "/graphql"); got.StatusCode != 200 || got.body != "half" {
		t.Errorf("begun: got %d %q", got.StatusCode, got.body)
	}
	lines := s.log.all(t, "panic in a handler")
	if len(lines) != 2 || lines[0]["panic"] != "secret" ||
		!strings.Contains(lines[0]["stack"].(string), "server_test.go") {
		t.Errorf("logged: %v", lines)
	}
	if id := lines[0]["request_id"]; id != got.Header.Get("X-Request-Id") {
		t.Errorf("logged with id %v", id)
	}
}

func TestOnlyAllowedOriginsGetCORSHeaders(t *testing.T) {
	s := start(t, func(cfg *server.Config) { cfg.AllowedOrigins = []string{"https://friend.example"} })
	preflight := func(origin string) http.Header {
		got := s.do("OPTIONS", "/graphql", "Origin", origin, "Access-Control-Request-Method", "POST")
		if got.StatusCode != 204 || got.body != "" {
			t.Errorf("preflight of %s: got %d %s", origin, got.StatusCode, got.body)
		}
		return got.Header
	}
	friend := preflight("https://friend.example")
	if friend.Get("Access-Control-Allow-Origin") != "https://friend.example" ||
		friend.Get("Access-Control-Allow-Credentials") != "true" ||
		!strings.Contains(friend.Get("Access-Control-Allow-Headers"), "Authorization") ||
		!strings.Contains(friend.Get("Access-Control-Allow-Headers"), "X-Antwon") {
		t.Errorf("a page of an allowed origin gets %v", friend)
	}
	for _, header := range []http.Header{
		preflight("https://evil.example"),
		s.do("POST", "/graphql", "Origin", "https://evil.example").Header,
		s.do("POST", "/graphql").Header,
	} {
		for name := range header {
			if strings.HasPrefix(name, "Access-Control") {
				t.Errorf("a page of another origin gets %s", name)
			}
		}
	}
	got := s.do("POST", "/graphql", "Origin", "https://friend.example")
	if got.Header.Get("Access-Control-Allow-Origin") == "" || got.body != "graphql" {
		t.Errorf("a friend gets %v %s", got.Header, got.body)
	}
}

func TestWebSocketsAndStreamsPassThrough(t *testing.T) {
	s := start(t, func(cfg *server.Config) {
		cfg.GraphQL = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !websocket.IsWebSocketUpgrade(r) {
				_, _ = io.WriteString(w, "first")
				w.(http.Flusher).Flush()
				if err := http.NewResponseController(w).SetWriteDeadline(time.Time{}); err != nil {
					t.Error(err)
				}
				<-r.Context().Done()
				return
			}
			upgrader := websocket.Upgrader{}
			conn, err := upgrader.Upgrade(w, r, nil)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			_ = conn.WriteMessage(websocket.TextMessage, []byte("hello"))
		})
	})
	conn, handshake, err := websocket.DefaultDialer.DialContext(t.Context(),
		"ws"+strings.TrimPrefix(s.URL, "http")+"/graphql", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	defer handshake.Body.Close()
	if _, message, err := conn.ReadMessage(); err != nil || string(message) != "hello" {
		t.Errorf("got %s, %v", message, err)
	}

	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/graphql", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := s.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	begin := make([]byte, 5)
	if _, err := io.ReadFull(response.Body, begin); err != nil || string(begin) != "first" {
		t.Errorf("got %s, %v", begin, err)
	}
}
