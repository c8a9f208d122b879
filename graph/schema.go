package graph

import (
	"maps"

	"github.com/99designs/gqlgen/graphql"
)

// NewSchema returns the executable schema with these resolvers. It does not offer @defer, which gqlgen adds to every
// schema and gqlserver refuses.
func NewSchema(resolver *Resolver) graphql.ExecutableSchema {
	offered := *parsedSchema
	offered.Directives = maps.Clone(parsedSchema.Directives)
	delete(offered.Directives, "defer")
	return NewExecutableSchema(Config{Schema: &offered, Resolvers: resolver})
}
