package gqlserver_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"antwon.dj/backend/graph"
	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/gqlserver/guard"
)

// bomb returns a short document that expands to 2^24 fields. Each of its fragments consists of a level, in which %[2]d
// is the number of the next fragment.
func bomb(level string) string {
	text := `{...A0} `
	for i := range 24 {
		text += fmt.Sprintf("fragment A%d on Query{"+level+"} ", i, i+1)
	}
	return text + `fragment A24 on Query{hello}`
}

// inlined selects one field many times within nested inline fragments. Validating it would take three seconds.
var inlined = `{hello{` + strings.Repeat("...{", 160) + strings.Repeat("hello ", 480) + strings.Repeat("}", 160) + `}}`

// The messages are those of the guard. Validation would report other errors, such as fields that are not defined.
func TestCostlyDocumentsAreRefusedByTheGuard(t *testing.T) {
	s := start(t, nil)
	for query, message := range map[string]string{
		bomb(`...A%[2]d ...A%[2]d`):                   "Ask for at most 20 fields at the root of an operation.",
		bomb(`...{...A%[2]d} ...{...A%[2]d}`):         "Ask for at most 20 fields at the root of an operation.",
		bomb(`a:hello{...A%[2]d} b:hello{...A%[2]d}`): "Nest fields at most 20 deep in an operation.",
		inlined: "Ask at most 20 times for a field that is already in the same selection.",
	} {
		got := s.post(query, map[string]string{"Accept": graphqlResponse})
		if got.status != 400 || !strings.HasPrefix(got.body, `{"errors":[{"message":"`+message+`"`) ||
			strings.Count(got.body, `"message"`) != 1 {
			t.Errorf("%.60s: got %d %s, want %q alone", query, got.status, got.body, message)
		}
	}
}

func TestEachLimitSaysWhatItIs(t *testing.T) {
	s := start(t, func(cfg *gqlserver.Config) {
		cfg.Limits.Document = guard.Limits{
			RootFields: 2, Depth: 2, Aliases: 1, Directives: 1, Fields: 3, Repeats: 1, Nodes: 9,
		}
	})
	for query, message := range map[string]string{
		`{hello}`:                         "",
		`{hello viewer transport}`:        "Ask for at most 2 fields at the root of an operation.",
		`{hello{hello{hello}}}`:           "Nest fields at most 2 deep in an operation.",
		`{a:hello b:hello}`:               "Use at most 1 aliases in an operation.",
		`{hello @x(y:1) @z}`:              "Use at most 1 directives in an operation.",
		`{hello{hello viewer transport}}`: "Ask for at most 3 fields in an operation, including those of its fragments.",
		`{hello{fail}} query b{hello{fail fail}} query c{hello{fail fail}}`: "Ask at most 1 times for a field that is " +
			"already in the same selection.",
		`{...{...{...{...{hello viewer}}}}}`: "This document has more than 9 nodes when " +
			"its fragments are expanded. Ask for less, or use several documents.",
		`{...@defer{hello}}`:                     "@defer is not supported.",
		`{...F} fragment F on Query{hello ...F}`: `Cannot spread fragment \"F\" within itself.`,
		`#` + strings.Repeat(" ", 16<<10) +
			`{hello}`: "Send a document of at most 16384 bytes, and values as variables.",
	} {
		want := `{"errors":[{"message":"` + message + `"`
		if message == "" {
			want = `{"data":`
		}
		if got := s.post(query, nil).body; !strings.HasPrefix(got, want) {
			t.Errorf("%s: got %s", query, got)
		}
	}
}

func TestCostlyDocumentOverWebSocketIsRefused(t *testing.T) {
	s := start(t, nil)
	c := s.open(`{}`)
	query, err := json.Marshal(bomb(`...A%[2]d ...A%[2]d`))
	if err != nil {
		t.Fatal(err)
	}
	c.say(`{"id":"1","type":"subscribe","payload":{"query":` + string(query) + `}}`)
	c.expect(`{"id":"1","type":"error","payload":[{"message":"Ask for at most 20 fields at the root of an operation.",` +
		`"locations":[{"line":1,"column":1}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`)
}

// The playground reads the schema with this query.
func TestIntrospectionOfTheRealSchemaPasses(t *testing.T) {
	query, err := os.ReadFile("guard/testdata/introspection.graphql")
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, func(cfg *gqlserver.Config) {
		cfg.Schema, cfg.Sources = graph.NewExecutableSchema(graph.Config{}), graph.New(nil, nil, nil).Sources()
		cfg.Introspection = true
	})
	for range 2 { // the second time it is in the cache
		if got := s.post(string(query), nil); !strings.HasPrefix(got.body, `{"data":{"__schema":{`) {
			t.Errorf("got %.300s", got.body)
		}
	}
}

// BenchmarkRefusal measures the refusal of a document from the request's headers to the end of the response, without a
// socket.
func BenchmarkRefusal(b *testing.B) {
	handler := gqlserver.New(gqlserver.Config{Schema: newSchema(), Sources: newSchema().sources()})
	for name, query := range map[string]string{
		"a field that is not there": `{nothing}`,
		"bomb":                      bomb(`...A%[2]d ...A%[2]d`),
		"the same field, inline":    inlined,
	} {
		body, err := json.Marshal(map[string]string{"query": query})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				r := httptest.NewRequestWithContext(b.Context(), "POST", "/", bytes.NewReader(body))
				r.Header.Set("Content-Type", "application/json")
				handler.ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
}
