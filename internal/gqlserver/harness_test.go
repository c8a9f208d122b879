package gqlserver_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
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
)

// patience is how long a test waits for what must come.
const patience = 10 * time.Second

// service is a Handler behind a real socket, with a schema whose viewers are called after their tokens.
type service struct {
	*httptest.Server
	t       *testing.T
	handler *gqlserver.Handler
	schema  *schema
	metrics *prometheus.Registry
}

func start(t *testing.T, change func(*gqlserver.Config)) *service {
	t.Helper()
	s := &service{t: t, schema: newSchema(), metrics: prometheus.NewRegistry()}
	cfg := gqlserver.Config{
		Schema:       s.schema,
		Sources:      s.schema.sources(),
		Authenticate: authenticate,
		Limits:       gqlserver.Limits{DrainWindow: time.Millisecond},
		Present:      present,
		Recover:      func(context.Context, any) error { return errors.New("recovered") },
		Metrics:      s.metrics,
	}
	if change != nil {
		change(&cfg)
	}
	s.handler = gqlserver.New(cfg)
	s.Server = httptest.NewServer(s.handler)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.handler.Drain(ctx); err != nil {
			t.Errorf("Drain: %v", err)
		}
		s.Close()
		if n := s.schema.diary.following.Load(); n != 0 {
			t.Errorf("%d sources are still open", n)
		}
		if n := s.gauge("graphql_connections"); n != 0 {
			t.Errorf("%v connections are still counted", n)
		}
		if n := s.gauge("graphql_subscriptions_active"); n != 0 {
			t.Errorf("%v subscriptions are still counted", n)
		}
	})
	return s
}

func (s *service) listen() net.Listener {
	s.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	return l
}

// behind puts the handler behind another listener.
func (s *service) behind(l net.Listener) {
	s.Server.Close()
	s.Server = &httptest.Server{Listener: l, Config: &http.Server{Handler: s.handler}}
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

// present masks everything but what is meant for clients.
func present(_ context.Context, err error) *gqlerror.Error {
	for _, told := range []error{errToken, errStranger} {
		if errors.Is(err, told) {
			return &gqlerror.Error{Message: told.Error()}
		}
	}
	if e, ok := errors.AsType[*gqlerror.Error](err); ok && e.Err == nil {
		return e
	}
	return &gqlerror.Error{Message: "masked", Extensions: map[string]any{"code": "INTERNAL_SERVER_ERROR"}}
}

// reply is what came back over HTTP.
type reply struct {
	status int
	header http.Header
	body   string
}

func (s *service) do(method, path, body string, header map[string]string) reply {
	s.t.Helper()
	r, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
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
	dialer := websocket.Dialer{Subprotocols: subprotocols, HandshakeTimeout: patience}
	return dialer.Dial("ws"+strings.TrimPrefix(s.URL, "http"), header)
}

// connect opens a connection and says nothing yet.
func (s *service) connect() *client {
	s.t.Helper()
	conn, _, err := s.dial(nil, "graphql-transport-ws")
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	return &client{conn, s.t}
}

// open connects and has the connection acknowledged.
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

// expectClose reads on until the server closes, which must be with this code.
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

// gauge adds up all values of a metric.
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

// eventually waits until ok.
func (s *service) eventually(what string, ok func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("never happened: %s", what)
		}
	}
}

// subscribe begins an operation whose text needs no escaping.
func (c *client) subscribe(id, query string) {
	c.t.Helper()
	c.say(`{"id":"` + id + `","type":"subscribe","payload":{"query":"` + query + `"}}`)
}

// change is an event of the field changes.
type change struct {
	Version int64
	Since   *int64
	Reset   bool
	Added   []string
}

// changed reads the next event of a field changes.
func (c *client) changed() (id string, event change) {
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

// closings counts the connections that ended with a code.
func (s *service) closings(code string) float64 {
	return s.sum("graphql_websocket_closed_total", map[string]string{"code": code})
}

// limitReading makes the kernel take little from the server that the client does not read.
func (c *client) limitReading() {
	c.t.Helper()
	if err := c.NetConn().(*net.TCPConn).SetReadBuffer(32 << 10); err != nil {
		c.t.Fatal(err)
	}
}

// flood writes to the diary until a client that follows it, and does not read, has no room for more, or is cut off.
func (s *service) flood() {
	s.t.Helper()
	follows := func() bool { return s.gauge("graphql_subscriptions_active") > 0 }
	s.eventually("somebody follows", follows)
	s.schema.diary.write(strings.Repeat("x", 64<<10))
	for full := 0; full < 10 && follows(); time.Sleep(5 * time.Millisecond) {
		s.schema.diary.write("y")
		if full++; s.gauge("graphql_websocket_waiting") == 0 {
			full = 0
		}
	}
}
