package guard

import (
	"context"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// fakeSchema is a schema that is never executed.
type fakeSchema struct {
	graphql.ExecutableSchema
	schema *ast.Schema
}

func (s fakeSchema) Schema() *ast.Schema { return s.schema }

// newExecutor returns an executor with a guard, and its document cache.
func newExecutor() (*executor.Executor, graphql.MapCache[*ast.QueryDocument]) {
	documents := graphql.MapCache[*ast.QueryDocument]{}
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: `type Query { q: Query s: String l(v: [Int!]): Int }`})
	e := executor.New(fakeSchema{schema: schema})
	e.SetQueryCache(documents)
	e.SetParserTokenLimit(tokens)
	e.Use(Extension{Tokens: tokens, Cache: documents})
	return e, documents
}

func validate(e *executor.Executor, query string) gqlerror.List {
	_, errs := e.CreateOperationContext(
		graphql.StartOperationTrace(context.Background()), &graphql.RawParams{Query: query},
	)
	return errs
}

func TestExtensionRefusesBeforeValidation(t *testing.T) {
	e, _ := newExecutor()
	validated := 0
	e.SetDefaultRulesFn(func() *rules.Rules { // is called when validation begins
		validated++
		return rules.NewDefaultRules()
	})
	if errs := validate(e, `{s}`); len(errs) != 0 || validated != 1 {
		t.Fatalf("a harmless document: %v, validated %d times", errs, validated)
	}
	for name, text := range quadratic {
		errs := validate(e, text)
		if len(errs) != 1 || errs[0].Rule != "" || errs[0].Extensions["code"] != "GRAPHQL_VALIDATION_FAILED" {
			t.Errorf("%s: %v", name, errs)
		}
	}
	if validated != 1 {
		t.Errorf("%d documents that are refused were validated", validated-1)
	}
}

func TestExtensionChecksADocumentOnce(t *testing.T) {
	e, documents := newExecutor()
	costly := `{q{` + strings.Repeat("s ", 22) + `}}`
	if errs := validate(e, costly); len(errs) != 1 || len(documents) != 0 {
		t.Errorf("got %v; %d documents are kept", errs, len(documents))
	}
	documents[costly] = parse(t, costly) // as if it had passed
	if errs := validate(e, costly); len(errs) != 0 {
		t.Errorf("a document that had passed is checked again: %v", errs)
	}
	if errs := validate(e, `{q{s s}}`); len(errs) != 0 || len(documents) != 2 {
		t.Errorf("got %v; %d documents are kept", errs, len(documents))
	}
}

func TestExtensionLeavesInvalidTextToTheExecutor(t *testing.T) {
	e, _ := newExecutor()
	for text, want := range map[string]string{
		`{`:                            "input:1:2: Expected Name, found <EOF>",
		``:                             "input: no operation provided",
		`{` + numbered(1000) + `}`:     "input: exceeded token limit of 1000",
		`fragment F on Query{s}`:       "input: no operation provided",
		`#` + strings.Repeat("x", 9e4): "input: Send a document of at most 16384 bytes, and values as variables.",
	} {
		if errs := validate(e, text); len(errs) != 1 || strings.TrimSpace(errs[0].Error()) != want {
			t.Errorf("got  %v\nwant %s", errs, want)
		}
	}
}

func TestExtensionRequiresCacheAndTokens(t *testing.T) {
	documents := graphql.MapCache[*ast.QueryDocument]{}
	for _, e := range []Extension{{}, {Tokens: tokens}, {Cache: documents}} {
		if err := e.Validate(nil); err == nil {
			t.Errorf("%+v is accepted", e)
		}
	}
}
