package guard

import (
	"cmp"
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
)

// Extension checks documents in gqlgen's executor before it parses and validates them. It must be used after whatever puts
// a document into a request, and before everything else.
//
// It parses by itself, because gqlgen has no place for it between parsing and validating; a rule of validation hears of a
// document while all others have begun with it. That costs what parsing costs, once per document: what is in Cache has
// passed, and is not checked again.
type Extension struct {
	Limits Limits
	Bytes  int                               // of a document: 16 KiB, because what is wrong with it may be said of each of its names, in full
	Tokens int                               // the executor's limit for parsing
	Cache  graphql.Cache[*ast.QueryDocument] // the executor's documents
}

var _ graphql.OperationParameterMutator = Extension{}

// ExtensionName implements graphql.HandlerExtension.
func (Extension) ExtensionName() string { return "Guard" }

// Validate implements graphql.HandlerExtension.
func (e Extension) Validate(graphql.ExecutableSchema) error {
	if e.Cache == nil || e.Tokens <= 0 {
		return errors.New("guard: the executor's cache and its limit for tokens are needed")
	}
	return nil
}

// MutateOperationParameters changes nothing; it refuses what Check refuses. Text that does not parse is the executor's to
// refuse, in its own words.
func (e Extension) MutateOperationParameters(ctx context.Context, request *graphql.RawParams) *gqlerror.Error {
	if _, passed := e.Cache.Get(ctx, request.Query); passed {
		return nil
	}
	if limit := cmp.Or(e.Bytes, 16<<10); len(request.Query) > limit {
		return newRefusal(nil, "send at most %d bytes as the document, and values as variables", limit)
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: request.Query}, e.Tokens)
	if err != nil {
		return nil
	}
	return Check(doc, e.Limits)
}
