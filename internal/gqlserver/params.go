package gqlserver

import (
	"bytes"
	"encoding/json"
	"io"

	"antwon.dj/backend/internal/gqlserver/guard"

	"github.com/99designs/gqlgen/graphql"
)

// decodeParams decodes the parameters of an operation from a JSON object. HasQuery reports whether a query is among
// them. The names of the parameters are case-sensitive, unlike those of a struct's fields.
func decodeParams(data []byte) (params *graphql.RawParams, hasQuery bool, err error) {
	var fields map[string]json.RawMessage
	if err := decodeJSON(data, &fields); err != nil {
		return nil, false, err
	}
	var query *string
	params = &graphql.RawParams{}
	for name, target := range map[string]any{
		"query": &query, "operationName": &params.OperationName, "variables": &params.Variables,
		"extensions": &params.Extensions,
	} {
		if err := decodeField(fields, name, target); err != nil {
			return nil, false, err
		}
	}
	if query != nil {
		params.Query = *query
	}
	return params, query != nil, nil
}

// decodeField decodes a field of an object, if it has one of that name.
func decodeField(fields map[string]json.RawMessage, name string, target any) error {
	if data, ok := fields[name]; ok {
		return decodeJSON(data, target)
	}
	return nil
}

// decodeJSON decodes one JSON value, and keeps numbers as they were written.
func decodeJSON(data []byte, target any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(target); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errMessage // something follows
	}
	return nil
}

// refusalOf returns why an operation with these parameters, which were decoded from data, cannot be executed, or "".
func refusalOf(params *graphql.RawParams, data []byte) string {
	switch {
	case guard.HasLoneSurrogate(string(data)):
		return "A string contains a lone surrogate, which is no Unicode character."
	case params.Query == "" && params.Extensions[persistedQuery] == nil:
		return "The query is missing."
	default:
		return ""
	}
}
