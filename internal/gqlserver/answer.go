package gqlserver

import (
	"encoding/json"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// boundAnswer replaces a response of more than Limits.AnswerBytes by an error that names its largest part. The estimate
// has bounded the number of fields, so only long texts make a response that large.
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

// largestPart returns the path to the innermost field that has more than half of the bytes of the object around it, or
// "". It does not look into lists.
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
