package gqlserver

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"antwon.dj/backend/internal/gqlserver/guard"
	"antwon.dj/backend/internal/ratelimit"
)

// A client that wants to know what an operation uses of its limits says so in the extensions of the request, or over
// HTTP also in a header. The response then has a list of ratelimit.Use as an extension of the same name.
const (
	costExtension = "cost"
	costHeader    = "Graphql-Cost" // in the form of the keys of http.Header
)

// withCost returns a context that collects what an operation uses of its limits, if its client asks for that.
func withCost(ctx context.Context, params *graphql.RawParams) context.Context {
	if params.Extensions[costExtension] == true || slices.Equal(params.Headers[costHeader], []string{"1"}) {
		return ratelimit.WithUses(ctx)
	}
	return ctx
}

// addDocumentCost adds what a document uses of the limits on documents.
func (e *engine) addDocumentCost(ctx context.Context, text string) {
	if uses := ratelimit.UsesFrom(ctx); uses != nil {
		uses.Add(guard.Uses(text, e.cfg.Limits.Tokens, e.cfg.Limits.Document)...)
	}
}

// addCost adds to a response what its operation has used, if the client has asked for that.
func addCost(ctx context.Context, response *graphql.Response) {
	uses := ratelimit.UsesFrom(ctx)
	if uses == nil || response == nil {
		return
	}
	extensions := maps.Clone(response.Extensions)
	if extensions == nil {
		extensions = map[string]any{}
	}
	extensions[costExtension] = uses.List()
	response.Extensions = extensions
}

// errorsWithCost returns errs, the first with what the operation has used if the client has asked for that: over
// WebSocket, a refused operation has no response that could say it.
func errorsWithCost(uses *ratelimit.Uses, errs gqlerror.List) gqlerror.List {
	if uses == nil || len(errs) == 0 {
		return errs
	}
	first := *errs[0] // may be shared
	first.Extensions = maps.Clone(first.Extensions)
	if first.Extensions == nil {
		first.Extensions = map[string]any{}
	}
	first.Extensions[costExtension] = uses.List()
	return append(gqlerror.List{&first}, errs[1:]...)
}

// withCost returns the same response for one subscriber only, with what the subscription has used until now.
func (r *streamResponse) withCost(uses *ratelimit.Uses) *streamResponse {
	list, err := json.Marshal(uses.List())
	if err != nil {
		panic(err) // cannot happen with strings, numbers and times
	}
	own := slices.Concat([]byte(`{"extensions":{"`+costExtension+`":`), list, []byte("},"), r.plain[1:])
	return &streamResponse{version: r.version, tail: tail{plain: own}}
}
