// Package guard refuses GraphQL documents that would cost too much, before anything is spent on them: before they are
// validated, and long before they run.
//
// It promises:
//
//   - Every definition of a document is looked at once, whatever spreads it and however often. So the guard itself costs
//     as much as the document is long, also where fragments within fragments stand for millions of fields.
//   - What passes is validated in milliseconds. Validation walks every operation and every fragment with all that it
//     spreads, and compares fields of one name with each other, so both have a limit of their own.
//   - What passes and is valid asks for no more than Limits says, as many fields as its fragments stand for.
//
// It knows no schema. What is merely wrong it leaves to validation, except for fragments within themselves, whose size
// has no number.
package guard

import (
	"cmp"

	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Limits bound what a document may ask for. Fragments count wherever they are spread, with all they hold. A field that is
// zero has the default named beside it.
//
// The first five are for every single operation, since one runs at a time. The last two are for all operations and all
// fragments together, each with what it spreads, since that is what validation walks.
type Limits struct {
	RootFields int // at the root, where each may cost what an operation costs: 20, which is a page and all its actions at once
	Depth      int // of fields within fields: 20; our schema is 8 deep, introspection by graphql-js 15
	Aliases    int // names that are not the field's own: 30, one for each field at the root and some below
	Directives int // 50, for clients that include or skip whole parts
	Fields     int // 1,000; the most that our schema has in one place is 235, introspection by graphql-js 230

	Repeats int // fields under a name that stands in the same selection already: 20; clients that are programs send none
	Nodes   int // fields (again for every inline fragment around them), fragments, directives and values: 4,000; introspection has 498
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

// Check returns why the document is refused, or nil. It looks at all operations, not only the one to run, because all of
// them are validated. The error has the code of failed validation.
func Check(doc *ast.QueryDocument, limits Limits) *gqlerror.Error {
	limits = limits.withDefaults()
	c := newCounter(doc)
	var all cost
	for _, operation := range doc.Operations {
		asked := c.operation(operation)
		all = all.plus(asked)
		if err := cmp.Or(c.refusal, limits.ofOperation(asked, operation.Position), limits.ofDocument(all, operation.Position)); err != nil {
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

func (l Limits) ofOperation(asked cost, at *ast.Position) *gqlerror.Error {
	switch {
	case asked.rootFields > l.RootFields:
		return newRefusal(at, "ask for at most %d fields at the root of an operation", l.RootFields)
	case asked.depth > l.Depth:
		return newRefusal(at, "nest fields at most %d deep in an operation", l.Depth)
	case asked.aliases > l.Aliases:
		return newRefusal(at, "use at most %d aliases in an operation", l.Aliases)
	case asked.directives > l.Directives:
		return newRefusal(at, "use at most %d directives in an operation", l.Directives)
	case asked.fields > l.Fields:
		return newRefusal(at, "ask for at most %d fields in an operation, those of its fragments included", l.Fields)
	default:
		return nil
	}
}

func (l Limits) ofDocument(all cost, at *ast.Position) *gqlerror.Error {
	switch {
	case all.repeats > l.Repeats:
		return newRefusal(at, "repeat at most %d fields that are asked for in the same place already", l.Repeats)
	case all.nodes > l.Nodes:
		return newRefusal(at, "this document has more than %d nodes with its fragments spread: ask for less, or in several documents", l.Nodes)
	default:
		return nil
	}
}

// refuse returns an error like those of validation. A document that was not parsed from text has no positions.
func newRefusal(at *ast.Position, message string, args ...any) *gqlerror.Error {
	err := gqlerror.Errorf(message, args...)
	if at != nil {
		err.Locations = []gqlerror.Location{{Line: at.Line, Column: at.Column}}
	}
	errcode.Set(err, errcode.ValidationFailed)
	return err
}
