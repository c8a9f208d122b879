package graph

import (
	"maps"
	"strings"

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

// SDL returns the text of the schema, with its descriptions, as schema.graphqls has it.
func SDL() string {
	var text strings.Builder
	for _, source := range sources {
		if !source.BuiltIn {
			text.WriteString(source.Input)
		}
	}
	return text.String()
}
