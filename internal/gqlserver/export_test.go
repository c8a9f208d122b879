package gqlserver

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

// AroundFields wraps the resolvers of a handler that serves nothing yet.
func (h *Handler) AroundFields(f graphql.FieldMiddleware) {
	h.engine.Executor.AroundFields(f)
	h.engine.middleware = newMiddleware(h.engine.Executor)
}

// HandleCost runs the code that handles the cost of an operation with these extensions.
func HandleCost(ctx context.Context, extensions map[string]any) {
	ctx = withCost(ctx, &graphql.RawParams{Extensions: extensions})
	(&engine{}).addDocumentCost(ctx, "{__typename}")
	addCost(ctx, &graphql.Response{})
	errorsWithCost(nil, nil)
}
