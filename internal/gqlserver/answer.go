package gqlserver

import (
	"encoding/json"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// boundAnswer replaces a response that is larger than a client may get by an error that says what is large in it. The
// estimate has bounded the number of fields, so only long texts make a response that large.
func (e *engine) boundAnswer(op *graphql.OperationContext, response *graphql.Response) {
	limit := e.cfg.Limits.AnswerBytes
	if len(response.Data) <= limit {
		return
	}
	message := fmt.Sprintf("The answer has %d bytes, and at most %d are sent. Most of them are in %q: select fewer "+
		"fields there, or ask for shorter pages.", len(response.Data), limit, largestPart(response.Data))
	if op.Operation.Operation == ast.Mutation {
		message += " The mutation itself was carried out."
	}
	response.Data, response.Errors = json.RawMessage("null"), gqlerror.List{refusal(codeBadInput, message)}
}

// largestPart returns the path, without positions in lists, to the part of an object that has more than half of its
// bytes, as far down as there is one.
func largestPart(object json.RawMessage) (path string) {
	for {
		var fields map[string]json.RawMessage
		if json.Unmarshal(object, &fields) != nil {
			return path
		}
		name, bytes := "", len(object)/2
		for field, value := range fields {
			if len(value) > bytes {
				name, bytes = field, len(value)
			}
		}
		if name == "" {
			return path
		}
		if path != "" {
			path += "."
		}
		path, object = path+name, fields[name]
	}
}
