package gqlserver_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/gqlserver"
)

// event is a Server-Sent Event. A comment has no name.
type event struct{ name, id, data string }

// eventStream is the client's side of a response that consists of events.
type eventStream struct {
	*http.Response
	t     *testing.T
	lines *bufio.Reader
	leave context.CancelFunc
}

// events requests events, by POST or GET.
func (s *service) events(client *http.Client, method, query string, header map[string]string) *eventStream {
	s.t.Helper()
	return s.eventsFor(patience, client, method, query, header)
}

// eventsFor is events with another limit for the whole request.
func (s *service) eventsFor(
	limit time.Duration, client *http.Client, method, query string, header map[string]string,
) *eventStream {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), limit)
	s.t.Cleanup(cancel)
	address, body := s.URL, []byte(nil)
	if method == http.MethodGet {
		address += "/?query=" + url.QueryEscape(query)
	} else {
		body, _ = json.Marshal(map[string]string{"query": query})
	}
	r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "text/event-stream")
	for name, value := range header {
		r.Header.Set(name, value)
	}
	response, err := client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	return &eventStream{response, s.t, bufio.NewReader(response.Body), cancel}
}

func (e *eventStream) next() (got event, err error) {
	for {
		line, err := e.lines.ReadString('\n')
		if err != nil || line == "\n" {
			return got, err
		}
		switch name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":"); name {
		case "event":
			got.name = strings.TrimPrefix(value, " ")
		case "id":
			got.id = strings.TrimPrefix(value, " ")
		case "data":
			got.data = strings.TrimPrefix(value, " ") + "\n"
		}
	}
}

func (e *eventStream) expect(want event) {
	e.t.Helper()
	got, err := e.next()
	if got.data = strings.TrimSuffix(got.data, "\n"); err != nil || got != want {
		e.t.Fatalf("got %+v (%v), want %+v", got, err, want)
	}
}

func (e *eventStream) expectEnd() {
	e.t.Helper()
	for {
		if got, err := e.next(); err != nil {
			return
		} else if got.name == "complete" {
			e.t.Fatal("the stream ended with a complete event")
		}
	}
}

var comment = event{}

func diaryEvent(version int) event {
	return event{"next", fmt.Sprint(version), fmt.Sprintf(`{"data":{"diary":{"version":%d}}}`, version)}
}

func TestEventsWorkOverPostAndGet(t *testing.T) {
	s := start(t, nil)
	for _, method := range []string{http.MethodPost, http.MethodGet} {
		e := s.events(s.Client(), method, `subscription{diary{version}}`, nil)
		if e.StatusCode != 200 || e.Header.Get("Content-Type") != "text/event-stream; charset=utf-8" ||
			e.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("got %d %v", e.StatusCode, e.Header)
		}
		e.expect(comment)
		e.expect(diaryEvent(int(s.schema.diary.version())))
		e.expect(diaryEvent(int(s.schema.diary.write("a"))))
		e.leave()
		s.waitUntil("the stream has ended", func() bool {
			return s.gauge("graphql_connections")+s.gauge("graphql_subscriptions_active") == 0
		})
	}
}

func TestEventsOfQueriesAndMutations(t *testing.T) {
	s := start(t, nil)
	for query, data := range map[string]string{
		`{hello}`: `{"data":{"hello":"hello world"}}`, `mutation{set(value:7)}`: `{"data":{"set":7}}`,
	} {
		e := s.events(s.Client(), http.MethodPost, query, nil)
		e.expect(comment)
		e.expect(event{"next", "", data})
		if last, err := e.next(); err != nil || last != (event{"complete", "", "\n"}) { // browsers ignore it without data
			t.Errorf("got %+v, %v", last, err)
		}
		e.expectEnd()
	}
	if e := s.events(
		s.Client(), http.MethodGet, `mutation{set(value:7)}`, nil,
	); e.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("a mutation over GET got %d", e.StatusCode)
	}
}

func TestEventsEndWithTheLastState(t *testing.T) {
	s := start(t, nil)
	e := s.events(s.Client(), http.MethodPost, `subscription{diary{version}}`, nil)
	e.expect(comment)
	e.expect(diaryEvent(0))
	s.schema.diary.change(func() { s.schema.diary.last = true })
	e.expect(event{"complete", "", ""})
	e.expectEnd()
}

func TestEventsResumeFromTheLastEventID(t *testing.T) {
	s := start(t, nil)
	for i := range 5 {
		s.schema.diary.write(entry(i))
	}
	for seen, want := range map[string]string{
		"":    `{"data":{"changes":{"reset":false,"since":1,"version":5}}}`,
		"3":   `{"data":{"changes":{"reset":false,"since":3,"version":5}}}`,
		"99":  `{"data":{"changes":{"reset":true,"since":null,"version":5}}}`,
		"-1":  `{"data":{"changes":{"reset":true,"since":null,"version":5}}}`,
		"cat": `{"data":{"changes":{"reset":false,"since":1,"version":5}}}`,
	} {
		e := s.events(
			s.Client(), http.MethodGet, `subscription{changes(since:1){version since reset}}`,
			map[string]string{"Last-Event-ID": seen},
		)
		e.expect(comment)
		e.expect(event{"next", "5", want})
		e.leave()
	}
}

// graphql-sse's clients read the errors of a stream only, and of another response nothing but the status.
func TestEventsThatAreRefusedGetAStreamWithTheErrors(t *testing.T) {
	s := start(t, func(cfg *gqlserver.Config) { cfg.Limits.ConnectionsPerAddress = 1 })
	for _, test := range []struct {
		query, authorization, want string
		status                     int
	}{
		{``, "", "The query is missing.", 200},
		{`{`, "", "GRAPHQL_PARSE_FAILED", 200},
		{`subscription{nothing}`, "", "GRAPHQL_VALIDATION_FAILED", 200},
		{`subscription($s: Int!){changes(since: $s){version}}`, "", `Variable \"$s\" of required type`, 200},
		{`subscription{diary{version}}`, "Bearer bad", "UNAUTHENTICATED", 401},
		{`subscription{diary{version}}`, "Bearer stranger", errStranger.Error(), 200},
	} {
		e := s.events(s.Client(), http.MethodPost, test.query, map[string]string{"Authorization": test.authorization})
		body, _ := io.ReadAll(e.Body)
		isStream := strings.HasPrefix(string(body), "event: next\ndata: {\"errors\":[") &&
			strings.HasSuffix(string(body), "}\n\nevent: complete\ndata:\n\n")
		if e.StatusCode != test.status || isStream != (test.status == 200) || !strings.Contains(string(body), test.want) {
			t.Errorf("%s of %s: got %d %s", test.query, test.authorization, e.StatusCode, body)
		}
	}
	e := s.events(s.Client(), http.MethodPost, `subscription{diary{version}}`, nil)
	e.expect(comment)
	if e := s.events(s.Client(), http.MethodPost, `{hello}`, nil); e.StatusCode != http.StatusTooManyRequests {
		t.Errorf("a second stream got %d", e.StatusCode)
	}
	e.leave()
	s.waitUntil("the stream has ended", func() bool { return s.gauge("graphql_connections") == 0 })
}

func TestFailingEventsEndWithErrorsAndComplete(t *testing.T) {
	s := start(t, nil)
	e := s.events(s.Client(), http.MethodPost, `subscription{peek{version}}`, nil)
	e.expect(comment)
	e.expect(event{"next", "", `{"errors":[{"message":"masked","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}`})
	e.expect(event{"complete", "", ""})
}

func TestDrainEndsEventsWithoutComplete(t *testing.T) {
	s := start(t, nil)
	shared := s.events(s.Client(), http.MethodPost, `subscription{diary{version}}`, nil)
	private := s.events(s.Client(), http.MethodPost, `subscription{own{version}}`, nil)
	shared.expect(comment)
	private.expect(comment)
	if err := s.handler.Drain(t.Context()); err != nil {
		t.Error(err)
	}
	shared.expectEnd()
	private.expectEnd()
	if e := s.events(
		s.Client(), http.MethodPost, `subscription{diary{version}}`, nil,
	); e.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a new stream got %d", e.StatusCode)
	}
}

// When the credentials expire, a private stream fails because its context has ended. That error is not sent.
func TestExpiredEventsEndWithoutComplete(t *testing.T) {
	expiring := func(cfg *gqlserver.Config) {
		cfg.Identify = func(context.Context) gqlserver.Client {
			return gqlserver.Client{ExpiresAt: time.Now().Add(time.Second)}
		}
	}
	inFakeTime(t, expiring, func(t *testing.T, s *service) {
		for range 10 {
			for _, query := range []string{`subscription{diary{version}}`, `subscription{own{version}}`} {
				begin := time.Now()
				s.events(s.Client(), http.MethodPost, query, nil).expectEnd()
				if took := time.Since(begin); took != time.Second {
					t.Errorf("%s ended after %v, want 1 s", query, took)
				}
			}
		}
		if n := s.gauge("graphql_errors_total"); n != 0 {
			t.Errorf("%v errors were counted", n)
		}
	})
}

func TestEventsEndIfTheClientReadsNothing(t *testing.T) {
	limited := func(cfg *gqlserver.Config) { cfg.Limits.WriteTimeout = 10 * time.Second }
	inFakeTime(t, limited, func(t *testing.T, s *service) {
		s.schema.diary.write(strings.Repeat("x", 1<<20))
		s.events(s.Client(), http.MethodPost, `subscription{diary{entries}}`, nil)
		time.Sleep(10*time.Second - time.Nanosecond)
		synctest.Wait()
		if n := s.gauge("graphql_connections"); n != 1 {
			t.Errorf("before the timeout there are %v connections, want 1", n)
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if n := s.gauge("graphql_connections"); n != 0 {
			t.Errorf("after the timeout there are %v connections, want none", n)
		}
	})
}

func TestEventsGoOnIfTheClientReadsSlowly(t *testing.T) {
	const size = 1 << 20
	limited := func(cfg *gqlserver.Config) { cfg.Limits.WriteTimeout = 10 * time.Second }
	inFakeTime(t, limited, func(t *testing.T, s *service) {
		s.schema.diary.write(strings.Repeat("x", size))
		e := s.eventsFor(time.Hour, s.Client(), http.MethodPost, `subscription{diary{entries}}`, nil)
		for read := int64(0); read < size; time.Sleep(9 * time.Second) {
			n, err := io.CopyN(io.Discard, e.Body, 32<<10)
			if read += n; err != nil {
				t.Fatalf("the stream ended after %d bytes: %v", read, err)
			}
		}
		e.leave()
	})
}

// With HTTP/2, a write deadline ends a stream even if nothing is being written.
func TestEventsLastLongerThanTheWriteTimeout(t *testing.T) {
	s := start(t, func(cfg *gqlserver.Config) {
		cfg.Limits.WriteTimeout, cfg.Limits.PingInterval = 100*time.Millisecond, 150*time.Millisecond
	})
	for _, http2 := range []bool{false, true} {
		server := httptest.NewUnstartedServer(s.handler)
		server.EnableHTTP2 = http2
		server.StartTLS()
		s.URL = server.URL
		e := s.events(server.Client(), http.MethodPost, `subscription{diary{version}}`, nil)
		e.expect(comment)
		e.expect(diaryEvent(int(s.schema.diary.version())))
		e.expect(comment)
		e.expect(comment) // to keep it alive
		e.expect(diaryEvent(int(s.schema.diary.write("a"))))
		e.leave()
		server.Close()
	}
}

func TestAcceptHeaderChoosesTheMediaType(t *testing.T) {
	s := start(t, nil)
	for accept, want := range map[string]string{
		"":                                    "application/json",
		"*/*":                                 "application/json",
		"text/event-stream":                   "text/event-stream",
		"text/event-stream, */*":              "text/event-stream",
		"text/event-stream;q=0.9, */*;q=0.8":  "text/event-stream",
		"text/*":                              "application/json",
		"text/event-stream, application/json": "application/json",
		"text/event-stream;q=0.9, application/json":                                    "application/json",
		"text/event-stream, application/json;q=0.9":                                    "text/event-stream",
		"text/event-stream;q=0":                                                        "application/json",
		"application/graphql-response+json, application/json, text/event-stream":       "application/graphql-response+json",
		"application/graphql-response+json;q=0.1, text/event-stream":                   "text/event-stream",
		"application/graphql-response+json, application/json;q=0.9, text/event-stream": "application/graphql-response+json",
	} {
		got := s.post(`{hello}`, map[string]string{"Accept": accept})
		if refused := accept == "text/*" ||
			strings.HasSuffix(accept, "q=0"); refused != (got.status == http.StatusNotAcceptable) {
			t.Errorf("%s: got %d", accept, got.status)
		}
		if mediaType, _, _ := strings.Cut(got.header.Get("Content-Type"), ";"); mediaType != want {
			t.Errorf("%s: got %s, want %s", accept, mediaType, want)
		}
	}
}
