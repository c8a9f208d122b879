package gqlserver_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/testlog"
)

// patience bounds the waiting for something that has to happen. No test judges how long it takes.
const patience = 10 * time.Second

// service is a Handler behind an HTTP server, with a schema in which a viewer's name is their token.
type service struct {
	*httptest.Server
	t           *testing.T
	log         *testlog.Log
	handler     *gqlserver.Handler
	schema      *schema
	metrics     *prometheus.Registry
	dialContext func(ctx context.Context, network, address string) (net.Conn, error) // nil: over TCP
}

// start starts a service on a TCP socket. When the test ends, it drains the handler and checks that nothing is left.
func start(t *testing.T, change func(*gqlserver.Config)) *service {
	t.Helper()
	return startOn(t, change, httptest.NewUnstartedServer(nil))
}

func startOn(t *testing.T, change func(*gqlserver.Config), server *httptest.Server) *service {
	t.Helper()
	s := &service{Server: server, t: t, log: testlog.New(t), schema: newSchema(), metrics: prometheus.NewRegistry()}
	cfg := gqlserver.Config{
		Schema:       s.schema,
		Sources:      s.schema.sources(),
		Authenticate: authenticate,
		Limits:       gqlserver.Limits{DrainWindow: time.Millisecond, AnswerBytes: 16 << 20},
		Present:      present,
		Recover:      func(context.Context, any) error { return errors.New("recovered") },
		Metrics:      s.metrics,
		Log:          s.log.Logger(),
	}
	if change != nil {
		change(&cfg)
	}
	s.handler = gqlserver.New(cfg)
	s.Config.Handler, s.Config.ErrorLog = s.handler, slog.NewLogLogger(s.log.Logger().Handler(), slog.LevelError)
	s.Start()
	t.Cleanup(s.stop)
	return s
}

// stop drains the handler and checks that nothing is left.
func (s *service) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.handler.Drain(ctx); err != nil {
		s.t.Errorf("Drain: %v", err)
	}
	s.Close()
	// A connection whose client went away at once may be counted only now; it is closed by itself.
	s.waitUntil("no connection is counted", func() bool { return s.gauge("graphql_connections") == 0 })
	if n := s.schema.diary.openSources.Load(); n != 0 {
		s.t.Errorf("%d sources are still open", n)
	}
	if n := s.gauge("graphql_subscriptions_active"); n != 0 {
		s.t.Errorf("%v subscriptions are still counted", n)
	}
}

func (s *service) listen() net.Listener {
	s.t.Helper()
	l, err := new(net.ListenConfig).Listen(s.t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	return l
}

// serveOn makes the handler serve on another listener instead.
func (s *service) serveOn(l net.Listener) {
	s.Server.Close()
	s.Server = &httptest.Server{Listener: l, Config: &http.Server{Handler: s.handler, ErrorLog: s.Config.ErrorLog}}
	s.Server.Start()
}

type viewerKey struct{}

func viewer(ctx context.Context) string {
	name, _ := ctx.Value(viewerKey{}).(string)
	return name
}

var errToken = errors.New("this token is not valid")

func authenticate(ctx context.Context, authorization string) (context.Context, error) {
	name := strings.TrimPrefix(authorization, "Bearer ")
	switch name {
	case "bad":
		return nil, errToken
	case "":
		name = "anonymous"
	}
	return context.WithValue(ctx, viewerKey{}, name), nil
}

// present replaces all errors that are not meant for clients.
func present(_ context.Context, err error) *gqlerror.Error {
	for _, public := range []error{errToken, errStranger} {
		if errors.Is(err, public) {
			return &gqlerror.Error{Message: public.Error()}
		}
	}
	if e, ok := errors.AsType[*gqlerror.Error](err); ok && e.Err == nil {
		return e
	}
	return &gqlerror.Error{Message: "masked", Extensions: map[string]any{"code": "INTERNAL_SERVER_ERROR"}}
}

// reply is the response to an HTTP request.
type reply struct {
	status int
	header http.Header
	body   string
}

func (s *service) do(method, path, body string, header map[string]string) reply {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	response, err := s.Client().Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return reply{response.StatusCode, response.Header, string(text)}
}

func (s *service) post(query string, header map[string]string) reply {
	s.t.Helper()
	body, err := json.Marshal(graphql.RawParams{Query: query})
	if err != nil {
		s.t.Fatal(err)
	}
	return s.do(http.MethodPost, "/", string(body), header)
}

// client is a WebSocket client that speaks graphql-transport-ws.
type client struct {
	*websocket.Conn
	t *testing.T
}

func (s *service) dial(header http.Header, subprotocols ...string) (*websocket.Conn, *http.Response, error) {
	dialer := websocket.Dialer{
		Subprotocols: subprotocols, HandshakeTimeout: patience, NetDialContext: s.dialContext,
	}
	return dialer.Dial("ws"+strings.TrimPrefix(s.URL, "http"), header)
}

// connect opens a connection and sends nothing.
func (s *service) connect() *client {
	s.t.Helper()
	conn, _, err := s.dial(nil, "graphql-transport-ws")
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	return &client{conn, s.t}
}

// open connects, sends connection_init and waits until it is acknowledged.
func (s *service) open(initPayload string) *client {
	s.t.Helper()
	c := s.connect()
	c.say(`{"type":"connection_init","payload":` + initPayload + `}`)
	c.expect(`{"type":"connection_ack"}`)
	return c
}

func (c *client) say(message string) {
	c.t.Helper()
	if err := c.WriteMessage(websocket.TextMessage, []byte(message)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) hear() (string, error) {
	if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return "", err
	}
	_, data, err := c.ReadMessage()
	return string(data), err
}

func (c *client) expect(want string) {
	c.t.Helper()
	got, err := c.hear()
	if err != nil || got != want {
		c.t.Fatalf("got  %s (%v)\nwant %s", got, err, want)
	}
}

// expectClose reads until the server closes the connection, which has to be with this code and reason.
func (c *client) expectClose(code int, reason string) {
	c.t.Helper()
	for {
		_, err := c.hear()
		if err == nil {
			continue
		}
		closed, ok := errors.AsType[*websocket.CloseError](err)
		if !ok || closed.Code != code || closed.Text != reason {
			c.t.Fatalf("closed with %v, want %d %q", err, code, reason)
		}
		return
	}
}

// gauge returns the sum of all values of a metric.
func (s *service) gauge(name string) (sum float64) {
	return s.sum(name, nil)
}

func (s *service) sum(name string, labels map[string]string) (sum float64) {
	s.t.Helper()
	families, err := s.metrics.Gather()
	if err != nil {
		s.t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
	metrics:
		for _, m := range family.GetMetric() {
			for _, pair := range m.GetLabel() {
				if want, ok := labels[pair.GetName()]; ok && want != pair.GetValue() {
					continue metrics
				}
			}
			sum += m.GetGauge().GetValue() + m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return sum
}

// waitUntil waits until a condition is true.
func (s *service) waitUntil(what string, condition func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(patience); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("waited in vain until %s", what)
		}
	}
}

// subscribe starts an operation. Its text is not escaped.
func (c *client) subscribe(id, query string) {
	c.t.Helper()
	c.say(`{"id":"` + id + `","type":"subscribe","payload":{"query":"` + query + `"}}`)
}

// change is an event of the subscription field changes.
type change struct {
	Version int64
	Since   *int64
	Reset   bool
	Added   []string
}

// nextChange reads the next event of the subscription field changes.
func (c *client) nextChange() (id string, event change) {
	c.t.Helper()
	text, err := c.hear()
	if err != nil {
		c.t.Fatal(err)
	}
	return readChange(c.t, text)
}

func readChange(t *testing.T, text string) (id string, event change) {
	t.Helper()
	var message struct {
		ID, Type string
		Payload  struct{ Data struct{ Changes change } }
	}
	if err := json.Unmarshal([]byte(text), &message); err != nil || message.Type != "next" {
		t.Fatalf("got %s, %v", text, err)
	}
	return message.ID, message.Payload.Data.Changes
}

// closeCount returns the number of connections that were closed with a code.
func (s *service) closeCount(code string) float64 {
	return s.sum("graphql_websocket_closed_total", map[string]string{"code": code})
}

// limitReading bounds what the kernel accepts from the server while the client does not read. A pipe accepts nothing.
func (c *client) limitReading() {
	c.t.Helper()
	if tcp, ok := c.NetConn().(*net.TCPConn); ok {
		if err := tcp.SetReadBuffer(32 << 10); err != nil {
			c.t.Fatal(err)
		}
	}
}

// flood writes to the diary until a subscriber that does not read no longer accepts bytes, or is disconnected.
func (s *service) flood() {
	s.t.Helper()
	subscribed := func() bool { return s.gauge("graphql_subscriptions_active") > 0 }
	s.waitUntil("there is a subscriber", subscribed)
	s.schema.diary.write(strings.Repeat("x", 64<<10))
	for full := 0; full < 10 && subscribed(); time.Sleep(5 * time.Millisecond) {
		s.schema.diary.write("y")
		if full++; s.gauge("graphql_websocket_waiting") == 0 {
			full = 0
		}
	}
}
