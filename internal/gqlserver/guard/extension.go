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

// Extension checks documents in gqlgen's executor before they are parsed and validated there. It has to be added to the
// executor after the extensions that put a document into a request, and before all others.
//
// It parses documents by itself, because gqlgen has no hook between parsing and validating: a validation rule is called
// for a document when all other rules have already begun with it. The additional parsing happens once per document:
// what is in Cache has passed and is not checked again.
type Extension struct {
	Limits Limits
	// Bytes bounds the size of a document: 16 KiB, because each validation error may repeat a name from it in full.
	Bytes  int
	Tokens int                               // the executor's token limit, required
	Cache  graphql.Cache[*ast.QueryDocument] // the executor's document cache, required
}

var _ graphql.OperationParameterMutator = Extension{}

// ExtensionName implements graphql.HandlerExtension.
func (Extension) ExtensionName() string { return "Guard" }

// Validate implements graphql.HandlerExtension.
func (e Extension) Validate(graphql.ExecutableSchema) error {
	if e.Cache == nil || e.Tokens <= 0 {
		return errors.New("guard: Cache and Tokens are required")
	}
	return nil
}

// MutateOperationParameters returns the error of Check; it does not change the request. It leaves text that cannot be
// parsed to the executor.
func (e Extension) MutateOperationParameters(ctx context.Context, request *graphql.RawParams) *gqlerror.Error {
	if _, passed := e.Cache.Get(ctx, request.Query); passed {
		return nil
	}
	if limit := cmp.Or(e.Bytes, 16<<10); len(request.Query) > limit {
		return newRefusal(nil, "Send a document of at most %d bytes, and values as variables.", limit)
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: request.Query}, e.Tokens)
	if err != nil {
		return nil
	}
	return Check(doc, e.Limits)
}
