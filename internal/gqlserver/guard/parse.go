package guard

import (
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
)

// maxBytes bounds the size of a document, because each validation error may repeat a name from it.
const maxBytes = 16 << 10

// Parse parses a document of at most so many tokens and checks it against the limits. It returns the document, which is
// not validated, or the error to send.
func Parse(text string, tokens int, limits Limits) (*ast.QueryDocument, *gqlerror.Error) {
	doc, refusal := read(text, tokens)
	if refusal != nil {
		return nil, refusal
	}
	return doc, Check(doc, limits)
}

// read parses a document, or returns the error to send.
func read(text string, tokens int) (*ast.QueryDocument, *gqlerror.Error) {
	if len(text) > maxBytes {
		return nil, newRefusal(nil, "Send a document of at most %d bytes, and values as variables.", maxBytes)
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, tokens)
	if err != nil {
		refusal := gqlerror.WrapIfUnwrapped(err)
		errcode.Set(refusal, errcode.ParseFailed)
		return nil, refusal
	}
	return doc, nil
}
