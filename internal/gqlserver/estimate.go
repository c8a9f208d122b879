package gqlserver

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"antwon.dj/backend/internal/ratelimit"
)

// The cost of an operation is the number of fields in its answer, plus the weights of the fields that need more than
// memory. A schema bounds both with the directives of the GraphQL Cost Directives specification:
//
//	directive @listSize(assumedSize: Int!, slicingArguments: [String!], sizedFields: [String!]) on FIELD_DEFINITION
//	directive @cost(weight: Int!) on FIELD_DEFINITION
const (
	listSizeDirective = "listSize"
	costDirective     = "cost"

	rootWeight          = 100    // of a field at the root without @cost
	introspectionWeight = 10_000 // of __schema and __type, with all that they select
	defaultListSize     = 10     // of a list of objects without @listSize
	maxPoints           = math.MaxInt32
)

// estimate is the most that an operation, or a part of one, can cost.
type estimate struct {
	fields int // of the answer, if every list is as long as it can be
	weight int // of all fields together

	largest     string // the name of the list that contributes most; "": there is no list
	largestCost int
}

func (e estimate) total() int { return min(e.fields+e.weight, maxPoints) }

func (e estimate) plus(o estimate) estimate {
	if o.largestCost > e.largestCost {
		e.largest, e.largestCost = o.largest, o.largestCost
	}
	e.fields, e.weight = min(e.fields+o.fields, maxPoints), min(e.weight+o.weight, maxPoints)
	return e
}

func (e estimate) times(n int) estimate {
	multiply := func(x int) int { return int(min(int64(x)*int64(n), maxPoints)) }
	e.fields, e.weight, e.largestCost = multiply(e.fields), multiply(e.weight), multiply(e.largestCost)
	return e
}

// estimateExtension is where a prepared operation keeps its estimate.
const estimateExtension = "estimate"

func estimateOf(op *graphql.OperationContext) estimate {
	e, _ := op.Stats.GetExtension(estimateExtension).(estimate)
	return e
}

// keepEstimate stores the estimate of a valid operation in op. It returns an error if it exceeds Limits.OperationCost.
func (e *engine) keepEstimate(ctx context.Context, op *graphql.OperationContext) *gqlerror.Error {
	made, limit := estimator{op.Variables}.selections(op.Operation.SelectionSet, listSize{}), e.cfg.Limits.OperationCost
	op.Stats.SetExtension(estimateExtension, made)
	ratelimit.UsesFrom(ctx).Add(ratelimit.NewUse("largest cost", made.total(), limit))
	if made.total() <= limit {
		return nil
	}
	blame := "Select fewer fields, or use several operations."
	if made.largest != "" {
		blame = fmt.Sprintf("The list %q alone can cost %d: select fewer fields of it, use fewer aliases, or ask for "+
			"shorter pages.", made.largest, made.largestCost)
	}
	return invalid(op.Operation.Position, "This operation can cost %d points, and at most %d are allowed. %s",
		made.total(), limit, blame)
}

// estimator estimates an operation with these variables. Package guard has made sure that its fragments expand to few
// fields.
type estimator struct{ variables map[string]any }

// listSize says how long the lists with these names are.
type listSize struct {
	names []string
	size  int
}

// selections estimates a selection set. Sized has the lists in it whose length the field around it determines.
func (e estimator) selections(set ast.SelectionSet, sized listSize) (sum estimate) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			sum = sum.plus(e.field(s, sized))
		case *ast.InlineFragment:
			sum = sum.plus(e.selections(s.SelectionSet, sized))
		case *ast.FragmentSpread:
			sum = sum.plus(e.selections(s.Definition.SelectionSet, sized))
		}
	}
	return sum
}

func (e estimator) field(f *ast.Field, sized listSize) estimate {
	if f.Name == "__schema" || f.Name == "__type" {
		return estimate{fields: 1, weight: introspectionWeight}
	}
	own := estimate{fields: 1, weight: weightOf(f)}
	size := e.sizeOf(f)
	if f.Definition.Type.Elem == nil || len(f.SelectionSet) == 0 {
		return own.plus(e.selections(f.SelectionSet, size))
	}
	if slices.Contains(sized.names, f.Name) {
		size = sized
	}
	items := e.selections(f.SelectionSet, listSize{}).times(size.size)
	if items.total() > items.largestCost {
		items.largest, items.largestCost = f.Name, items.total()
	}
	return own.plus(items)
}

// sizeOf returns the size that @listSize gives to a field or, if it has sizedFields, to these lists in the field's
// type.
func (e estimator) sizeOf(f *ast.Field) listSize {
	directive := f.Definition.Directives.ForName(listSizeDirective)
	if directive == nil {
		return listSize{size: defaultListSize}
	}
	arguments := directive.ArgumentMap(nil)
	sized := listSize{names: texts(arguments["sizedFields"])}
	given := f.ArgumentMap(e.variables)
	for _, name := range texts(arguments["slicingArguments"]) {
		if n, err := graphql.UnmarshalInt64(given[name]); err == nil && given[name] != nil {
			sized.size = max(sized.size, int(min(max(n, 1), maxPoints)))
		}
	}
	if sized.size == 0 {
		assumed, err := graphql.UnmarshalInt64(arguments["assumedSize"])
		if err != nil {
			panic(err) // the schema is valid
		}
		sized.size = int(assumed)
	}
	return sized
}

func texts(list any) (all []string) {
	values, _ := list.([]any)
	for _, value := range values {
		if text, ok := value.(string); ok {
			all = append(all, text)
		}
	}
	return all
}

func weightOf(f *ast.Field) int {
	if directive := f.Definition.Directives.ForName(costDirective); directive != nil {
		weight, err := graphql.UnmarshalInt64(directive.ArgumentMap(nil)["weight"])
		if err != nil {
			panic(err) // the schema is valid
		}
		return int(weight)
	}
	switch f.ObjectDefinition.Name {
	case "Query", "Mutation", "Subscription":
		if f.Name != "__typename" {
			return rootWeight
		}
	}
	return 0
}

// countFields returns the number of fields in a JSON value.
func countFields(data []byte) (n int) {
	quoted := false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\':
			i++ // occurs within texts only
		case c == ':' && !quoted:
			n++
		}
	}
	return n
}
