package gqlserver

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"antwon.dj/backend/internal/ratelimit"
)

// essentialRate is how often a user, or all unknown clients of an address together, may execute the mutations in
// Config.Essential while their budget is spent.
var essentialRate = ratelimit.Rate{Name: "essential mutations", Burst: 20, PerSecond: 1, Shared: true}

// maxEssential is the size in bytes of the largest document that is parsed here: no budget pays for the parsing.
const maxEssential = 500

// admitsInDebt reports whether an operation that take has refused is executed all the same, and counts it if so.
func (h *Handler) admitsInDebt(ctx context.Context, params *graphql.RawParams, p *payer) bool {
	if p.essential.Wait() > 0 || h.engine.persisted.insertDocument(ctx, params) != nil {
		return false
	}
	return isOneOf(h.cfg.Essential, params.Query) && p.essential.Allow(ctx) == 0
}

// isOneOf reports whether a document is one mutation with one of these fields, and nothing else.
func isOneOf(mutations []string, query string) bool {
	if len(query) > maxEssential {
		return false
	}
	document, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil || len(document.Operations) != 1 || len(document.Fragments) > 0 {
		return false
	}
	operation := document.Operations[0]
	if operation.Operation != ast.Mutation || len(operation.SelectionSet) != 1 {
		return false
	}
	field, ok := operation.SelectionSet[0].(*ast.Field)
	return ok && slices.Contains(mutations, field.Name)
}
