package guard

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// shop is a schema that is never executed.
type shop struct {
	graphql.ExecutableSchema
	schema *ast.Schema
}

func (s shop) Schema() *ast.Schema { return s.schema }

// newExecutor returns an executor with a guard, and its documents.
func newExecutor() (*executor.Executor, graphql.MapCache[*ast.QueryDocument]) {
	documents := graphql.MapCache[*ast.QueryDocument]{}
	e := executor.New(shop{schema: gqlparser.MustLoadSchema(&ast.Source{Input: `type Query { q: Query s: String l(v: [Int!]): Int }`})})
	e.SetQueryCache(documents)
	e.SetParserTokenLimit(tokens)
	e.Use(Extension{Tokens: tokens, Cache: documents})
	return e, documents
}

func ask(e *executor.Executor, query string) gqlerror.List {
	_, errs := e.CreateOperationContext(graphql.StartOperationTrace(context.Background()), &graphql.RawParams{Query: query})
	return errs
}

func TestExtensionRefusesBeforeValidation(t *testing.T) {
	e, _ := newExecutor()
	for name, text := range quadratic {
		start := time.Now()
		errs := ask(e, text)
		if took := time.Since(start); took > 500*time.Millisecond {
			t.Errorf("%s took %v", name, took)
		}
		if len(errs) != 1 || errs[0].Rule != "" || errs[0].Extensions["code"] != "GRAPHQL_VALIDATION_FAILED" {
			t.Errorf("%s: %v", name, errs)
		}
	}
}

func TestExtensionChecksADocumentOnce(t *testing.T) {
	e, documents := newExecutor()
	costly := `{q{` + strings.Repeat("s ", 22) + `}}`
	if errs := ask(e, costly); len(errs) != 1 || len(documents) != 0 {
		t.Errorf("got %v; %d documents are kept", errs, len(documents))
	}
	documents[costly] = parse(t, costly) // as if it had passed
	if errs := ask(e, costly); len(errs) != 0 {
		t.Errorf("a document that had passed is checked again: %v", errs)
	}
	if errs := ask(e, `{q{s s}}`); len(errs) != 0 || len(documents) != 2 {
		t.Errorf("got %v; %d documents are kept", errs, len(documents))
	}
}

func TestExtensionLeavesTheRestToTheExecutor(t *testing.T) {
	e, _ := newExecutor()
	for text, want := range map[string]string{
		`{`:                            "input:1:2: Expected Name, found <EOF>",
		``:                             "input: no operation provided",
		`{` + numbered(1000) + `}`:     "input: exceeded token limit of 1000",
		`fragment F on Query{s}`:       "input: no operation provided",
		`#` + strings.Repeat("x", 9e4): "input: Send a document of at most 16384 bytes, and values as variables.",
	} {
		if errs := ask(e, text); len(errs) != 1 || strings.TrimSpace(errs[0].Error()) != want {
			t.Errorf("got  %v\nwant %s", errs, want)
		}
	}
}

func TestExtensionNeedsWhatTheExecutorHas(t *testing.T) {
	documents := graphql.MapCache[*ast.QueryDocument]{}
	for _, e := range []Extension{{}, {Tokens: tokens}, {Cache: documents}} {
		if err := e.Validate(nil); err == nil {
			t.Errorf("%+v is accepted", e)
		}
	}
}
