package gqlserver_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"antwon.dj/backend/internal/gqlserver"
)

const graphqlResponse = "application/graphql-response+json"

func TestHTTPAnswers(t *testing.T) {
	s := start(t, nil)
	newer := map[string]string{"Accept": graphqlResponse}
	for _, test := range []struct {
		name   string
		query  string
		header map[string]string
		status int
		body   string
	}{
		{"query", `{hello}`, nil, 200, `{"data":{"hello":"hello world"}}`},
		{"mutation", `mutation{set(value: 7)}`, nil, 200, `{"data":{"set":7}}`},
		{"transport", `{transport}`, nil, 200, `{"data":{"transport":"http"}}`},
		{"no credentials", `{viewer}`, nil, 200, `{"data":{"viewer":"anonymous"}}`},
		{"credentials", `{viewer}`, map[string]string{"Authorization": "Bearer eve"}, 200, `{"data":{"viewer":"eve"}}`},
		{"wrong credentials", `{viewer}`, map[string]string{"Authorization": "Bearer bad"}, 200,
			`{"errors":[{"message":"this token is not valid","extensions":{"code":"UNAUTHENTICATED"}}]}`},
		{"wrong credentials, newer type", `{viewer}`, map[string]string{"Authorization": "Bearer bad", "Accept": graphqlResponse}, 401,
			`{"errors":[{"message":"this token is not valid","extensions":{"code":"UNAUTHENTICATED"}}]}`},
		{"error", `{fail}`, nil, 200, `{"errors":[{"message":"masked","extensions":{"code":"INTERNAL_SERVER_ERROR"}}],"data":null}`},
		{"panic", `{panic}`, nil, 200, `{"errors":[{"message":"masked","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}`},
		{"invalid", `{nothing}`, nil, 200,
			`{"errors":[{"message":"Cannot query field \"nothing\" on type \"Query\".","locations":[{"line":1,"column":2}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`},
		{"invalid, newer type", `{nothing}`, newer, 400,
			`{"errors":[{"message":"Cannot query field \"nothing\" on type \"Query\".","locations":[{"line":1,"column":2}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`},
		{"subscription", `subscription{diary{version}}`, nil, 200,
			`{"errors":[{"message":"subscriptions are answered over WebSocket, with the subprotocol graphql-transport-ws, and as events, to requests with the header Accept: text/event-stream","extensions":{"code":"BAD_USER_INPUT"}}]}`},
		{"deferred", `{...@defer{hello}}`, newer, 400,
			`{"errors":[{"message":"@defer is not supported","locations":[{"line":1,"column":6}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`},
		{"too many fields", `{` + strings.Repeat("hello ", 21) + `}`, newer, 400,
			`{"errors":[{"message":"ask for at most 20 fields at the root of an operation","locations":[{"line":1,"column":1}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`},
		{"too many fields by fragments", `{...a} fragment a on Query {...b ...b ...b} fragment b on Query {...c ...c ...c} fragment c on Query {a:hello b:hello c:hello}`, newer, 400,
			`{"errors":[{"message":"ask for at most 20 fields at the root of an operation","locations":[{"line":1,"column":1}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`},
		{"too many tokens", `{` + strings.Repeat("hello ", 1000) + `}`, newer, 400,
			`{"errors":[{"message":"exceeded token limit of 1000","extensions":{"code":"GRAPHQL_PARSE_FAILED"}}]}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := s.post(test.query, test.header)
			if got.status != test.status || got.body != test.body {
				t.Errorf("got  %d %s\nwant %d %s", got.status, got.body, test.status, test.body)
			}
		})
	}
	if n := s.schema.diary.opened.Load(); n != 0 {
		t.Errorf("%d subscriptions were started", n)
	}
}

func TestHTTPMethods(t *testing.T) {
	s := start(t, nil)
	for _, test := range []struct {
		name, method, query, contentType string
		status                           int
	}{
		{"query by GET", "GET", `{hello}`, "", 200},
		{"mutation by GET", "GET", `mutation{set(value: 7)}`, "", 405},
		{"query by HEAD", "HEAD", `{hello}`, "", 405},
		{"query by PUT", "PUT", `{hello}`, "application/json", 405},
		{"form", "POST", `{hello}`, "application/x-www-form-urlencoded", 415},
		{"nothing asked", "GET", ``, "", 400},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := s.do(test.method, "/?query="+url.QueryEscape(test.query), "", map[string]string{"Content-Type": test.contentType})
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

func TestHTTPNegotiates(t *testing.T) {
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

func TestIntrospectionAndSuggestions(t *testing.T) {
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
