// Package guard refuses GraphQL documents that would cost too much, before they are validated or executed.
//
// It promises:
//
//   - Each definition of a document is visited once, however often fragments spread it. So the cost of the guard itself
//     is proportional to the length of the document, even if nested fragments expand to millions of fields.
//   - A document that passes is validated in milliseconds. Validation walks every operation and every fragment with all
//     its spreads, and compares fields with the same name with each other, so each of the two has its own limit.
//   - A document that passes and is valid selects no more than Limits allows, with all its fragments expanded.
//
// The guard does not know the schema. It leaves invalid documents to validation, with one exception: it refuses
// fragments that contain themselves, because their size is not finite.
package guard

import (
	"cmp"

	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Limits bound what a document may select. A fragment counts wherever it is spread, with everything in it. A field that
// is zero has the default that its comment names.
//
// The first five apply to each operation, because a request executes only one. Repeats and Nodes apply to the sum of
// all operations and all fragments, each expanded, because that is what validation walks.
type Limits struct {
	// RootFields bounds the fields at the root, each of which may cost as much as an operation: 20, which is enough for a
	// page and all its actions in one request.
	RootFields int
	// Depth bounds the nesting of fields: 20. Our schema is 8 deep, the introspection query of graphql-js 15.
	Depth int
	// Aliases bounds the fields with an alias: 30, which is one for each root field and some more.
	Aliases int
	// Directives bounds the directives: 50, for clients that include or skip parts.
	Directives int
	// Fields bounds the fields: 1,000. Our schema has at most 235 in one place, the introspection query of graphql-js 230.
	Fields int

	// Repeats bounds the fields whose response name is in the same selection already: 20. Generated documents have none.
	Repeats int
	// Nodes bounds the fields (counted again for every inline fragment around them), fragments, directives and values:
	// 4,000. Introspection has 498.
	Nodes int
}

func (l Limits) withDefaults() Limits {
	return Limits{
		RootFields: cmp.Or(l.RootFields, 20),
		Depth:      cmp.Or(l.Depth, 20),
		Aliases:    cmp.Or(l.Aliases, 30),
		Directives: cmp.Or(l.Directives, 50),
		Fields:     cmp.Or(l.Fields, 1000),
		Repeats:    cmp.Or(l.Repeats, 20),
		Nodes:      cmp.Or(l.Nodes, 4000),
	}
}

// Check returns an error if the document exceeds the limits, and nil otherwise. It checks all operations, not only the
// one that will be executed, because all of them are validated. The error has the code of failed validation.
func Check(doc *ast.QueryDocument, limits Limits) *gqlerror.Error {
	limits = limits.withDefaults()
	c := newCounter(doc)
	var all cost
	for _, operation := range doc.Operations {
		asked := c.operation(operation)
		all = all.plus(asked)
		at := operation.Position
		if err := cmp.Or(c.refusal, limits.ofOperation(asked, at), limits.ofDocument(all, at)); err != nil {
			return err
		}
	}
	for _, fragment := range doc.Fragments {
		all = all.plus(c.fragment(fragment))
		if err := cmp.Or(c.refusal, limits.ofDocument(all, fragment.Position)); err != nil {
			return err
		}
	}
	return nil
}

// ofOperation returns an error if one operation exceeds a limit.
func (l Limits) ofOperation(asked cost, at *ast.Position) *gqlerror.Error {
	switch {
	case asked.rootFields > l.RootFields:
		return newRefusal(at, "Ask for at most %d fields at the root of an operation.", l.RootFields)
	case asked.depth > l.Depth:
		return newRefusal(at, "Nest fields at most %d deep in an operation.", l.Depth)
	case asked.aliases > l.Aliases:
		return newRefusal(at, "Use at most %d aliases in an operation.", l.Aliases)
	case asked.directives > l.Directives:
		return newRefusal(at, "Use at most %d directives in an operation.", l.Directives)
	case asked.fields > l.Fields:
		return newRefusal(at, "Ask for at most %d fields in an operation, including those of its fragments.", l.Fields)
	default:
		return nil
	}
}

// ofDocument returns an error if the definitions checked so far exceed a limit for the whole document.
func (l Limits) ofDocument(all cost, at *ast.Position) *gqlerror.Error {
	switch {
	case all.repeats > l.Repeats:
		return newRefusal(at, "Ask at most %d times for a field that is already in the same selection.", l.Repeats)
	case all.nodes > l.Nodes:
		return newRefusal(at, "This document has more than %d nodes when its fragments are expanded. "+
			"Ask for less, or use several documents.", l.Nodes)
	default:
		return nil
	}
}

// newRefusal returns an error like those of validation. At is nil if the document was not parsed from text.
func newRefusal(at *ast.Position, message string, args ...any) *gqlerror.Error {
	err := gqlerror.Errorf(message, args...)
	if at != nil {
		err.Locations = []gqlerror.Location{{Line: at.Line, Column: at.Column}}
	}
	errcode.Set(err, errcode.ValidationFailed)
	return err
}
