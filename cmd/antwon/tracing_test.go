package main_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"

	"antwon.dj/backend/internal/testdb"
	"antwon.dj/backend/internal/testport"
)

const (
	callersTrace = "4bf92f3577b34da6a3ce929d0e0e4736"
	callersSpan  = "00f067aa0ba902b7"
)

// The request of a like belongs to a trace. The request, the operation, its resolver and its SQL statements are spans
// of that trace, and the log has its id. No argument or token is in a span.
func TestLikeIsOneTraceFromRequestToDatabase(t *testing.T) {
	t.Parallel()
	c := startCollector(t)
	const key, secret = "the-collectors-key", "a-secret-of-more-than-32-characters"
	s := startServer(t, "sqlite:data/antwon.db", "OTEL_EXPORTER_OTLP_ENDPOINT="+c.url,
		"OTEL_EXPORTER_OTLP_HEADERS=x-key="+key,
		"OTEL_SERVICE_NAME=the-party", "ANTWON_SESSION_SECRET="+secret, "ANTWON_ALLOWED_ORIGINS=")
	host := s.login("Wilhelmina")
	roomID := host.openRoom("TRACED")
	guest := s.join("TRACED", "Gwendolyn")
	guest.watch(roomID)
	uris := guest.search(roomID, "the", 3)
	guest.add(roomID, uris[1])
	liked := guest.add(roomID, uris[2])
	s.eventually("the first song to play", func() bool { return guest.hears(roomID) != "" })
	guest.sendTraced(`mutation LikeIt { likeQueueItem(itemId: "` + liked.ID + `") { likeCount } }`)
	guest.refusal(t, `mutation Unknown($i: ID!) { likeQueueItem(itemId: $i) { likeCount } }`,
		map[string]any{"i": "Quetzalcoatl"})
	s.stop(syscall.SIGTERM)

	like := c.one(callersTrace, "mutation LikeIt")
	if like == nil {
		t.Fatalf("the like did not reach the collector among %d spans", len(c.all()))
	}
	resolver := c.one(callersTrace, "Mutation.likeQueueItem")
	want := []string{"POST /graphql", "mutation LikeIt", "Mutation.likeQueueItem"}
	if got := c.chain(resolver); !slices.Equal(got, want) {
		t.Errorf("the resolver is in %q", got)
	}
	if outermost := c.one(callersTrace, "POST /graphql"); hex.EncodeToString(outermost.ParentSpanId) != callersSpan {
		t.Errorf("the request is in the span %x, not in the caller's", outermost.ParentSpanId)
	}
	for _, statement := range []string{"BEGIN", "SELECT", "INSERT", "UPDATE", "COMMIT"} {
		want := []string{"POST /graphql", "mutation LikeIt", "Mutation.likeQueueItem", statement}
		if got := c.chain(c.one(callersTrace, statement)); !slices.Equal(got, want) {
			t.Errorf("%s is in %q", statement, got)
		}
	}
	insert := c.one(callersTrace, "INSERT")
	if text := attribute(insert.Attributes, "db.query.text"); !strings.HasPrefix(text, "INSERT INTO likes ") ||
		!strings.Contains(text, "?") {
		t.Errorf("the statement is %q", text)
	}
	s.eventually("the load that shows the like", func() bool { return c.one(callersTrace, "load") != nil })

	line := s.logged(`"route":"/graphql"`, `"trace_id":"`+callersTrace+`"`)
	if line["span_id"] != hex.EncodeToString(c.one(callersTrace, "POST /graphql").SpanId) || line["request_id"] == nil {
		t.Errorf("the request's line is %v", line)
	}
	refused := c.one("", "mutation Unknown")
	if refused == nil || refused.Status.GetCode().String() != "STATUS_CODE_ERROR" || refused.Status.GetMessage() != "" {
		t.Errorf("the refused one is %v", refused)
	}
	for _, name := range []string{"spotify search", "playback play", "playback look", "subscription"} {
		if c.one("", name) == nil {
			t.Errorf("there is no span %q", name)
		}
	}
	if got := c.chain(c.one("", "spotify play")); !slices.Equal(got, []string{"playback play", "spotify play"}) {
		t.Errorf("playing at Spotify is in %q", got)
	}
	for _, private := range []string{
		liked.ID, roomID, guest.token, host.token, "Gwendolyn", "Wilhelmina", "Quetzalcoatl", "TRACED", uris[1], key, secret,
		"Bearer", "likeCount",
	} {
		if strings.Contains(c.text(), private) {
			t.Errorf("%q is in a span", private)
		}
	}
	if !slices.Contains(c.services, "the-party") || c.keys[0] != key {
		t.Errorf("the spans are of %q, and came with the key %q", c.services, c.keys[0])
	}
}

// sendTraced sends an operation as part of the caller's trace.
func (u *user) sendTraced(query string) {
	u.t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		u.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(u.t.Context(), http.MethodPost, u.url+"/graphql",
		strings.NewReader(string(body)))
	if err != nil {
		u.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+u.token)
	request.Header.Set("Traceparent", "00-"+callersTrace+"-"+callersSpan+"-01")
	request.Header.Set("X-Amzn-Trace-Id",
		fmt.Sprintf("Root=1-%s-%s;Parent=%s;Sampled=1", callersTrace[:8], callersTrace[8:], callersSpan))
	response, err := httpClient.Do(request)
	if err != nil {
		u.t.Fatal(err)
	}
	if answer := readAll(u.t, response); strings.Contains(answer, `"errors"`) {
		u.t.Fatal(answer)
	}
}

// logged returns the first line of the log that has all these parts.
func (s *server) logged(parts ...string) (line map[string]any) {
	s.t.Helper()
	for text := range strings.Lines(s.stderr.String()) {
		if !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(text, part) }) {
			if err := json.Unmarshal([]byte(text), &line); err != nil {
				s.t.Fatal(err)
			}
			return line
		}
	}
	s.t.Errorf("no line of the log has %q\n%s", parts, s.stderr)
	return nil
}

// Operations on a WebSocket are traces of their own, because the connection lasts for hours. A subscription's span
// covers its start only.
func TestOperationsOfAWebSocketAreTracesOfTheirOwn(t *testing.T) {
	t.Parallel()
	c := startCollector(t)
	s := startServer(t, "sqlite:data/antwon.db", "OTEL_EXPORTER_OTLP_ENDPOINT="+c.url)
	roomID := s.login("Hanna").openRoom("SOCKET")
	guest := s.join("SOCKET", "Gina")
	socket := guest.connect()
	told := make(chan struct{}, 10)
	one := func(json.RawMessage) { told <- struct{}{} }
	socket.subscribe("1", `subscription Follow($r: ID!) { roomQueue(roomId: $r) { version } }`,
		map[string]any{"r": roomID}, one)
	<-told
	socket.subscribe("2", `query Look($r: ID!) { room(id: $r) { name } }`, map[string]any{"r": roomID}, one)
	<-told
	s.stop(syscall.SIGTERM)

	look := c.one("", "query Look")
	if got := c.chain(c.one("", "Query.room")); !slices.Equal(got, []string{"query Look", "Query.room"}) {
		t.Errorf("the query's resolver is in %q", got)
	}
	var starts, executions int
	for _, span := range c.all() {
		switch {
		case span.Name != "subscription Follow":
		case len(span.ParentSpanId) > 0 || string(span.TraceId) == string(look.TraceId):
			t.Errorf("a subscription's span is in another one: %v", span)
		case slices.ContainsFunc(span.Attributes,
			func(a *commonpb.KeyValue) bool { return a.Key == "antwon.shared" && a.Value.GetBoolValue() }):
			executions++
		default:
			starts++
		}
		if span.Name == "Subscription.roomQueue" {
			t.Error("an execution of a stream has a span for a resolver")
		}
	}
	if starts != 1 || executions < 1 {
		t.Errorf("the subscription has %d starts and %d executions", starts, executions)
	}
}

// With X-Ray's ids, the first digits of a trace id are the time, the log has the ids in X-Ray's form, and the server
// understands AWS's header.
func TestXRayIDsAreWrittenAndRead(t *testing.T) {
	t.Parallel()
	c := startCollector(t)
	s := startServer(t, "sqlite:data/antwon.db", "OTEL_EXPORTER_OTLP_ENDPOINT="+c.url, "ANTWON_TRACE_IDS=xray")
	host := s.login("Hanna")
	host.sendTraced(`query Ours { viewer { user { id } } }`)
	host.ask(nil, `query New { viewer { user { id } } }`, nil)
	s.stop(syscall.SIGTERM)

	if c.one(callersTrace, "query Ours") == nil {
		t.Error("what came with AWS's header is not in its trace")
	}
	made := c.one("", "query New")
	if made == nil {
		t.Fatal("the query did not reach the collector")
	}
	id := hex.EncodeToString(made.TraceId)
	seconds, err := strconv.ParseInt(id[:8], 16, 64)
	if age := time.Since(time.Unix(seconds, 0)); err != nil || age < 0 || age > 5*time.Minute {
		t.Errorf("the trace %s says it is %v old", id, age)
	}
	s.logged(`"trace_id":"1-` + id[:8] + "-" + id[8:] + `"`)
}

// A like at one server is loaded at the other within the same trace, because the hint over NATS carries the trace.
func TestTraceContinuesOnTheOtherServer(t *testing.T) {
	t.Parallel()
	url, port := testdb.MySQL(t), testport.Free(t)
	startNATS(t, port)
	here, there := startCollector(t), startCollector(t)
	env := []string{"ANTWON_SESSION_SECRET=" + strings.Repeat("s", 32),
		fmt.Sprintf("ANTWON_NATS_URL=nats://127.0.0.1:%d", port)}
	a := startServer(t, url, append(env, "OTEL_EXPORTER_OTLP_ENDPOINT="+here.url)...)
	b := startServer(t, url, append(env, "OTEL_EXPORTER_OTLP_ENDPOINT="+there.url, "ANTWON_PLAYBACK=off")...)
	roomID := a.login("Hanna").openRoom("TWINS")
	gina, gustav := a.join("TWINS", "Gina"), b.join("TWINS", "Gustav")
	screen := gustav.watch(roomID)
	uris := gina.search(roomID, "the", 2)
	gina.add(roomID, uris[0])
	a.eventually("it to play", func() bool { return gina.hears(roomID) != "" })
	liked := gina.add(roomID, uris[1])
	a.eventually("both servers to hear each other", func() bool {
		return a.metric("antwon_nats_connected")+b.metric("antwon_nats_connected") == 2
	})
	b.eventually("the song to be seen", func() bool { return screen.has(liked.ID) }) // by a load of its own
	gina.sendTraced(`mutation { likeQueueItem(itemId: "` + liked.ID + `") { likeCount } }`)
	b.eventually("the like to be seen", func() bool { return screen.likesOf(liked.ID) == 1 })
	b.eventually("the load to reach the collector", func() bool { return there.one(callersTrace, "load") != nil })
	if got := there.chain(there.one(callersTrace, "load")); !slices.Equal(got, []string{"receive hint", "load"}) {
		t.Errorf("the load is in %q", got)
	}
	a.eventually("the hint to reach the collector", func() bool { return here.one(callersTrace, "send hint") != nil })
	sent, received := here.one(callersTrace, "send hint"), there.one(callersTrace, "receive hint")
	if string(received.ParentSpanId) != string(sent.SpanId) {
		t.Error("what was received is not in what was sent")
	}
}

// Without an endpoint in the configuration, no trace is exported.
func TestTracesAreExportedOnlyIfConfigured(t *testing.T) {
	t.Parallel()
	c := startCollector(t)
	s := startServer(t, "sqlite:data/antwon.db", "OTEL_EXPORTER_OTLP_ENDPOINT="+c.url, "OTEL_SDK_DISABLED=true")
	s.login("Hanna").sendTraced(`{ viewer { user { id } } }`)
	s.stop(syscall.SIGTERM)
	if n := len(c.all()); n > 0 {
		t.Errorf("%d spans came", n)
	}
	if strings.Contains(s.stderr.String(), "trace_id") {
		t.Error("the log speaks of traces")
	}
}

// A collector that is down or never answers causes one warning in the log. The server still serves, and stops as fast
// as without one.
func TestUnavailableCollectorDoesNotDelayTheServer(t *testing.T) {
	t.Parallel()
	silent, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for name, address := range map[string]string{"not there": testport.FreeAddress(t), "silent": silent.Addr().String()} {
		t.Run(name, func(t *testing.T) {
			s := startServer(t, "sqlite:data/antwon.db", "OTEL_EXPORTER_OTLP_ENDPOINT=http://"+address, "ANTWON_DRAIN_WINDOW=0s")
			roomID := s.login("Hanna").openRoom("ALONE")
			guest := s.join("ALONE", "Gina")
			found := guest.search(roomID, "the", 2)
			guest.add(roomID, found[0]) // which plays at once, and can no longer be liked
			guest.like(guest.add(roomID, found[1]))
			began := time.Now()
			s.stop(syscall.SIGTERM)
			if took := time.Since(began); took > 15*time.Second {
				t.Errorf("it took %v to stop", took)
			}
			if n := strings.Count(s.stderr.String(), "the collector accepts no traces"); n != 1 {
				t.Errorf("the log says so %d times\n%s", n, s.stderr)
			}
		})
	}
}

// OpenTelemetry's variables are checked with all others, and values that may be keys are not shown.
func TestTracingVariablesAreCheckedAndSecretsHidden(t *testing.T) {
	t.Parallel()
	config := func(env ...string) (out string, err error) {
		cmd := exec.CommandContext(t.Context(), binary(t), "config")
		cmd.Env = env
		text, err := cmd.CombinedOutput()
		return string(text), err
	}
	out, err := config("OTEL_EXPORTER_OTLP_ENDPOINT=https://me:hush@collector.example.org:4318",
		"OTEL_EXPORTER_OTLP_HEADERS=x-key=hush",
		"OTEL_TRACES_SAMPLER=traceidratio", "OTEL_TRACES_SAMPLER_ARG=0.05", "OTEL_OF_ANOTHER_PROGRAM=1")
	for _, want := range []string{
		"OTEL_EXPORTER_OTLP_ENDPOINT=https://me:xxxxx@collector.example.org:4318\n", "OTEL_EXPORTER_OTLP_HEADERS=(secret)\n",
		"OTEL_SERVICE_NAME=antwon\n", "OTEL_TRACES_SAMPLER_ARG=0.05\n", "ANTWON_TRACE_IDS=w3c\n",
	} {
		if !strings.Contains("\n"+out, "\n"+want) {
			t.Errorf("it does not say %s", want)
		}
	}
	if err != nil || strings.Contains(out, "hush") {
		t.Errorf("%v\n%s", err, out)
	}

	out, err = config("OTEL_EXPORTER_OTLP_ENDPOINT=hush:4318", "OTEL_EXPORTER_OTLP_HEADERS=hush",
		"OTEL_EXPORTER_OTLP_PROTOCOL=grpc",
		"OTEL_TRACES_SAMPLER=sometimes", "OTEL_TRACES_SAMPLER_ARG=5 %", "OTEL_TRACES_EXPORTER=zipkin", "ANTWON_TRACE_IDS=b3",
		"ANTWON_ADDR=here")
	for _, wrong := range []string{
		"OTEL_EXPORTER_OTLP_ENDPOINT: ", "OTEL_EXPORTER_OTLP_HEADERS: ", "OTEL_EXPORTER_OTLP_PROTOCOL: ",
		"OTEL_TRACES_SAMPLER: ",
		"OTEL_TRACES_SAMPLER_ARG: ", "OTEL_TRACES_EXPORTER: ", "ANTWON_TRACE_IDS: ", "ANTWON_ADDR: ",
	} {
		if !strings.Contains(out, wrong) {
			t.Errorf("it does not find fault with %s", wrong)
		}
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 2 || strings.Contains(out, "hush") {
		t.Errorf("%v\n%s", err, out)
	}
}
