package gqlserver_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/graph"
	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/gqlserver/guard"
)

// bomb is short, and stands for 2^24 fields. Each of its fragments is a level, with the number of the next in place of
// %[2]d.
func bomb(level string) string {
	text := `{...A0} `
	for i := range 24 {
		text += fmt.Sprintf("fragment A%d on Query{"+level+"} ", i, i+1)
	}
	return text + `fragment A24 on Query{hello}`
}

// inlined asks for one field many times, within inline fragments within each other.
var inlined = `{hello{` + strings.Repeat("...{", 160) + strings.Repeat("hello ", 480) + strings.Repeat("}", 160) + `}}`

// Validation would take three seconds for the last of these, so a test that is slow by chance still tells the
// difference.
func TestCostlyDocumentsAreRefusedAtOnce(t *testing.T) {
	s := start(t, nil)
	for name, query := range map[string]string{
		"bomb":                   bomb(`...A%[2]d ...A%[2]d`),
		"bomb of inline parts":   bomb(`...{...A%[2]d} ...{...A%[2]d}`),
		"bomb of aliases":        bomb(`a:hello{...A%[2]d} b:hello{...A%[2]d}`),
		"the same field, inline": inlined,
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			got := s.post(query, map[string]string{"Accept": graphqlResponse})
			if took := time.Since(began); took > time.Second {
				t.Errorf("it took %v", took)
			}
			if got.status != 400 || !strings.Contains(got.body, `"code":"GRAPHQL_VALIDATION_FAILED"`) {
				t.Errorf("got %d %s", got.status, got.body)
			}
		})
	}
}

func TestEachLimitSaysWhatItIs(t *testing.T) {
	s := start(t, func(cfg *gqlserver.Config) {
		cfg.Limits.Document = guard.Limits{RootFields: 2, Depth: 2, Aliases: 1, Directives: 1, Fields: 3, Repeats: 1, Nodes: 9}
	})
	for query, message := range map[string]string{
		`{hello}`:                         "",
		`{hello viewer transport}`:        "Ask for at most 2 fields at the root of an operation.",
		`{hello{hello{hello}}}`:           "Nest fields at most 2 deep in an operation.",
		`{a:hello b:hello}`:               "Use at most 1 aliases in an operation.",
		`{hello @x(y:1) @z}`:              "Use at most 1 directives in an operation.",
		`{hello{hello viewer transport}}`: "Ask for at most 3 fields in an operation, including those of its fragments.",
		`{hello{fail}} query b{hello{fail fail}} query c{hello{fail fail}}`: "Ask at most 1 times for a field that is already in the same selection.",
		`{...{...{...{...{hello viewer}}}}}`:                                "This document has more than 9 nodes when its fragments are expanded. Ask for less, or use several documents.",
		`{...@defer{hello}}`:                                                "@defer is not supported.",
		`{...F} fragment F on Query{hello ...F}`:                            `Cannot spread fragment \"F\" within itself.`,
		`#` + strings.Repeat(" ", 16<<10) + `{hello}`:                       "Send a document of at most 16384 bytes, and values as variables.",
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

func TestBombOverWebSocket(t *testing.T) {
	s := start(t, nil)
	c := s.open(`{}`)
	query, err := json.Marshal(bomb(`...A%[2]d ...A%[2]d`))
	if err != nil {
		t.Fatal(err)
	}
	c.say(`{"id":"1","type":"subscribe","payload":{"query":` + string(query) + `}}`)
	c.expect(`{"id":"1","type":"error","payload":[{"message":"Ask for at most 20 fields at the root of an operation.","locations":[{"line":1,"column":1}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`)
}

// The playground reads the schema with this.
func TestIntrospectionOfTheRealSchemaPasses(t *testing.T) {
	query, err := os.ReadFile("guard/testdata/introspection.graphql")
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, func(cfg *gqlserver.Config) {
		cfg.Schema, cfg.Sources = graph.NewExecutableSchema(graph.Config{}), graph.New(nil, nil).Sources()
		cfg.Introspection = true
	})
	for range 2 { // the second time it is known
		if got := s.post(string(query), nil); !strings.HasPrefix(got.body, `{"data":{"__schema":{`) {
			t.Errorf("got %.300s", got.body)
		}
	}
}

// What a refusal costs from the request's headers to the last byte of its answer, without the socket.
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
				r := httptest.NewRequest("POST", "/", bytes.NewReader(body))
				r.Header.Set("Content-Type", "application/json")
				handler.ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
}
