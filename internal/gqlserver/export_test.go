package gqlserver

import "github.com/99designs/gqlgen/graphql"

// AroundFields wraps the resolvers of a handler that serves nothing yet.
func (h *Handler) AroundFields(f graphql.FieldMiddleware) {
	h.engine.Executor.AroundFields(f)
	h.engine.middleware = newMiddleware(h.engine.Executor)
}
