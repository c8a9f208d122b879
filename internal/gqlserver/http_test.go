package gqlserver_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"antwon.dj/backend/internal/gqlserver"
)

const graphqlResponse = "application/graphql-response+json"

func TestHTTPResponses(t *testing.T) {
	s := start(t, nil)
	newer := map[string]string{"Accept": graphqlResponse}
	for _, test := range []struct {
		name   string
		query  string
		header map[string]string
		status int
		body   string
	}{
		{
			name: "query", query: `{hello}`,
			status: 200, body: `{"data":{"hello":"hello world"}}`,
		},
		{
			name: "mutation", query: `mutation{set(value: 7)}`,
			status: 200, body: `{"data":{"set":7}}`,
		},
		{
			name: "transport", query: `{transport}`,
			status: 200, body: `{"data":{"transport":"http"}}`,
		},
		{
			name: "no credentials", query: `{viewer}`,
			status: 200, body: `{"data":{"viewer":"anonymous"}}`,
		},
		{
			name: "credentials", query: `{viewer}`, header: map[string]string{"Authorization": "Bearer eve"},
			status: 200, body: `{"data":{"viewer":"eve"}}`,
		},
		{
			name: "wrong credentials", query: `{viewer}`, header: map[string]string{"Authorization": "Bearer bad"},
			status: 200, body: `{"errors":[{"message":"this token is not valid","extensions":{"code":"UNAUTHENTICATED"}}]}`,
		},
		{
			name: "wrong credentials, newer type", query: `{viewer}`, header: map[string]string{
				"Authorization": "Bearer bad", "Accept": graphqlResponse,
			},
			status: 401, body: `{"errors":[{"message":"this token is not valid","extensions":{"code":"UNAUTHENTICATED"}}]}`,
		},
		{
			name: "error", query: `{fail}`,
			status: 200, body: `{"errors":[{"message":"masked","extensions":{"code":"INTERNAL_SERVER_ERROR"}}],"data":null}`,
		},
		{
			name: "panic", query: `{panic}`,
			status: 200, body: `{"errors":[{"message":"masked","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}`,
		},
		{
			name: "invalid", query: `{nothing}`,
			status: 200, body: `{"errors":[{"message":"Cannot query field \"nothing\" on type \"Query\".",` +
				`"locations":[{"line":1,"column":2}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`,
		},
		{
			name: "invalid, newer type", query: `{nothing}`, header: newer,
			status: 400, body: `{"errors":[{"message":"Cannot query field \"nothing\" on type \"Query\".",` +
				`"locations":[{"line":1,"column":2}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`,
		},
		{
			name: "subscription", query: `subscription{diary{version}}`,
			status: 200, body: `{"errors":[{"message":"Subscriptions are served over WebSocket with the subprotocol ` +
				`graphql-transport-ws, and as events to requests with the header Accept: text/event-stream.",` +
				`"extensions":{"code":"BAD_USER_INPUT"}}]}`,
		},
		{
			name: "deferred", query: `{...@defer{hello}}`, header: newer,
			status: 400, body: `{"errors":[{"message":"@defer is not supported.","locations":[{"line":1,"column":6}],` +
				`"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`,
		},
		{
			name: "too many fields", query: `{` + strings.Repeat("hello ", 21) + `}`, header: newer,
			status: 400, body: `{"errors":[{"message":"Ask for at most 20 fields at the root of an operation.",` +
				`"locations":[{"line":1,"column":1}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`,
		},
		{
			name: "too many fields by fragments", query: `{...a} fragment a on Query {...b ...b ...b} fragment b on Query ` +
				`{...c ...c ...c} fragment c on Query {a:hello b:hello c:hello}`, header: newer,
			status: 400, body: `{"errors":[{"message":"Ask for at most 20 fields at the root of an operation.",` +
				`"locations":[{"line":1,"column":1}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`,
		},
		{
			name: "too many tokens", query: `{` + strings.Repeat("hello ", 1000) + `}`, header: newer,
			status: 400, body: `{"errors":[{"message":"exceeded token limit of 1000",` +
				`"extensions":{"code":"GRAPHQL_PARSE_FAILED"}}]}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := s.post(test.query, test.header)
			if got.status != test.status || got.body != test.body {
				t.Errorf("got  %d %s\nwant %d %s", got.status, got.body, test.status, test.body)
			}
		})
	}
	if n := s.schema.diary.opened.Load(); n != 0 {
		t.Errorf("%d sources were opened, want none", n)
	}
}

func TestHTTPMethods(t *testing.T) {
	s := start(t, nil)
	for _, test := range []struct {
		name, method, query, contentType string
		status                           int
	}{
		{name: "query by GET", method: "GET", query: `{hello}`, status: 200},
		{name: "mutation by GET", method: "GET", query: `mutation{set(value: 7)}`, status: 405},
		{name: "query by HEAD", method: "HEAD", query: `{hello}`, status: 405},
		{name: "query by PUT", method: "PUT", query: `{hello}`, contentType: "application/json", status: 405},
		{name: "form", method: "POST", query: `{hello}`, contentType: "application/x-www-form-urlencoded", status: 415},
		{name: "nothing asked", method: "GET", query: ``, status: 400},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := s.do(
				test.method, "/?query="+url.QueryEscape(test.query), "", map[string]string{"Content-Type": test.contentType},
			)
			if got.status != test.status {
				t.Errorf("got %d %s, want %d", got.status, got.body, test.status)
			}
			if allow := got.header.Get("Allow"); test.status == 405 && allow != "GET, POST" {
				t.Errorf("Allow is %q", allow)
			}
		})
	}
}

func TestHTTPBodies(t *testing.T) {
	s := start(t, func(cfg *gqlserver.Config) { cfg.Limits.BodyBytes = 1000 })
	for name, test := range map[string]struct {
		body   string
		status int
	}{
		"variables": {`{"query":"query($n:String!){hello(name:$n)}","variables":{"n":"you"}}`, 200},
		"nulls":     {`{"query":"{hello}","operationName":null,"variables":null,"extensions":null}`, 200},
		"too large": {`{"query":"{hello}","extensions":{"x":"` + strings.Repeat("x", 1000) + `"}}`, 413},
		"no JSON":   {`query`, 400},
		"a batch":   {`[{"query":"{hello}"}]`, 400},
		"two":       {`{"query":"{hello}"}{"query":"{hello}"}`, 400},
		"bad types": {`{"query":"{hello}","variables":[1]}`, 400},
		"empty":     {``, 400},
		"cases":     {`{"Query":"{hello}"}`, 400},
		"no UTF-8":  {"{\"query\":\"{hello #\xff\n}\"}", 400},
		"surrogate": {`{"query":"query($n:String!){hello(name:$n)}","variables":{"n":"\udc00"}}`, 400},
	} {
		t.Run(name, func(t *testing.T) {
			got := s.do(http.MethodPost, "/", test.body, nil)
			if got.status != test.status {
				t.Errorf("got %d %s, want %d", got.status, got.body, test.status)
			}
			if test.status != 200 && !strings.Contains(got.body, `"code":"BAD_USER_INPUT"`) {
				t.Errorf("got %s", got.body)
			}
		})
	}
}

func TestCompressedBodiesAreRefused(t *testing.T) {
	s := start(t, nil)
	got := s.do(http.MethodPost, "/", "\x1f\x8b", map[string]string{"Content-Encoding": "gzip"})
	if got.status != http.StatusUnsupportedMediaType || got.header.Get("Accept-Encoding") != "identity" {
		t.Errorf("got %d %s, Accept-Encoding %q", got.status, got.body, got.header.Get("Accept-Encoding"))
	}
	got = s.do(http.MethodPost, "/", `{"query":"{hello}"}`, map[string]string{"Content-Encoding": "identity"})
	if got.status != 200 {
		t.Errorf("not compressed: got %d %s", got.status, got.body)
	}
}

func TestErrorsRepeatLittleOfARequest(t *testing.T) {
	s := start(t, nil)
	long := strings.Repeat("x", 100<<10)
	for _, body := range []string{
		`{"query":"{hello}","operationName":"` + long + `"}`,
		`{"query":"query($n:Int!){hello}","variables":{"n":"` + long + `"}}`,
		`{"query":"{` + long[:16000] + `}"}`,
	} {
		if got := s.do(http.MethodPost, "/", body, nil); len(got.body) > 1000 || !strings.Contains(got.body, "errors") {
			t.Errorf("got %d bytes: %.200s", len(got.body), got.body)
		}
	}
}

func TestHTTPNegotiatesTheMediaType(t *testing.T) {
	s := start(t, nil)
	for accept, want := range map[string]string{
		"":                                     "application/json",
		"*/*":                                  "application/json",
		"application/*":                        "application/json",
		"application/json":                     "application/json",
		graphqlResponse:                        graphqlResponse,
		graphqlResponse + ", application/json": graphqlResponse,
		"application/json, " + graphqlResponse + ";q=0.5":          "application/json",
		"text/html, application/xhtml+xml, */*;q=0.8":              "application/json",
		graphqlResponse + "; charset=utf-8, application/json;q=.9": graphqlResponse,
		"text/html": "",
	} {
		got := s.post(`{hello}`, map[string]string{"Accept": accept})
		if want == "" {
			if got.status != http.StatusNotAcceptable {
				t.Errorf("Accept %q: got %d", accept, got.status)
			}
			continue
		}
		if contentType := got.header.Get("Content-Type"); contentType != want+"; charset=utf-8" {
			t.Errorf("Accept %q: got %q, want %q", accept, contentType, want)
		}
	}
}

func TestIntrospectionAndSuggestionsCanBeSwitchedOff(t *testing.T) {
	for _, allowed := range []bool{false, true} {
		s := start(t, func(cfg *gqlserver.Config) { cfg.Introspection, cfg.Suggestions = allowed, allowed })
		for _, query := range []string{`{__schema{types{name}}}`, `{... {t: __type(name: "Query"){name}}}`} {
			if got := s.post(query, nil).body; strings.Contains(got, "GRAPHQL_VALIDATION_FAILED") == allowed {
				t.Errorf("introspection allowed: %v, %s answers %s", allowed, query, got)
			}
		}
		for _, query := range []string{`{helo}`, `{hello(nam: "x")}`, `{paint(colour: GREN)}`} {
			if got := s.post(query, nil).body; strings.Contains(got, "Did you mean") != allowed {
				t.Errorf("suggestions allowed: %v, %s answers %s", allowed, query, got)
			}
		}
	}
}

func TestMetricsCountOperations(t *testing.T) {
	s := start(t, nil)
	s.post(`{hello}`, nil)
	s.post(`{fail}`, nil)
	s.post(`mutation{set(value: 1)}`, nil)
	s.post(`{nothing}`, nil)
	s.post(`{hello}`, map[string]string{"Authorization": "Bearer bad"})
	for _, test := range []struct {
		name   string
		labels map[string]string
		want   float64
	}{
		{"graphql_operations_total", map[string]string{"kind": "query", "outcome": "ok"}, 1},
		{"graphql_operations_total", map[string]string{"kind": "query", "outcome": "error"}, 1},
		{"graphql_operations_total", map[string]string{"kind": "mutation", "outcome": "ok"}, 1},
		{"graphql_operations_total", map[string]string{"kind": "unknown", "outcome": "rejected"}, 1},
		{"graphql_operation_duration_seconds", map[string]string{"kind": "query"}, 2},
		{"graphql_errors_total", map[string]string{"code": "INTERNAL_SERVER_ERROR"}, 1},
		{"graphql_errors_total", map[string]string{"code": "GRAPHQL_VALIDATION_FAILED"}, 1},
		{"graphql_errors_total", map[string]string{"code": "UNAUTHENTICATED"}, 1},
	} {
		if got := s.sum(test.name, test.labels); got != test.want {
			t.Errorf("%s%v is %v, want %v", test.name, test.labels, got, test.want)
		}
	}
}
