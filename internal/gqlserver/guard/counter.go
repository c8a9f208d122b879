package guard

import (
	"cmp"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// counter computes the cost of the definitions of one document. It visits each fragment once.
type counter struct {
	fragments    map[string]*ast.FragmentDefinition // the first of several with one name, as in validation
	counted      map[*ast.FragmentDefinition]cost
	inProgress   map[*ast.FragmentDefinition]bool // the fragments whose cost is being computed
	refusal      *gqlerror.Error                  // the first construct that is never allowed; costs are invalid after it
	visitedNodes int                              // number of nodes that were visited
}

func newCounter(doc *ast.QueryDocument) *counter {
	c := &counter{
		fragments:  make(map[string]*ast.FragmentDefinition, len(doc.Fragments)),
		counted:    make(map[*ast.FragmentDefinition]cost, len(doc.Fragments)),
		inProgress: map[*ast.FragmentDefinition]bool{},
	}
	for _, fragment := range doc.Fragments {
		if c.fragments[fragment.Name] == nil {
			c.fragments[fragment.Name] = fragment
		}
	}
	return c
}

func (c *counter) operation(o *ast.OperationDefinition) cost {
	asked := c.directives(o.Directives).plus(c.selection(o.SelectionSet))
	for _, variable := range o.VariableDefinitions {
		asked = asked.plus(c.directives(variable.Directives))
	}
	return asked
}

func (c *counter) fragment(f *ast.FragmentDefinition) cost {
	if known, ok := c.counted[f]; ok {
		return known
	}
	c.inProgress[f] = true
	asked := c.directives(f.Directives).plus(c.selection(f.SelectionSet))
	delete(c.inProgress, f)
	c.counted[f] = asked
	return asked
}

// selection returns the cost of the selection set of an operation, a fragment or a field.
func (c *counter) selection(set ast.SelectionSet) cost {
	if len(set) == 0 {
		return cost{}
	}
	return c.selections(set, map[string]bool{})
}

// selections returns the cost of a selection set, or of an inline fragment in it, which belongs to the same set. Names
// are the response names that the set has so far.
func (c *counter) selections(set ast.SelectionSet, names map[string]bool) (asked cost) {
	for _, selected := range set {
		c.visitedNodes++
		switch s := selected.(type) {
		case *ast.Field:
			asked = asked.plus(c.field(s, names))
		case *ast.InlineFragment:
			asked = asked.plus(c.inline(s, names))
		case *ast.FragmentSpread:
			asked = asked.plus(c.spread(s))
		}
	}
	return asked
}

func (c *counter) field(f *ast.Field, names map[string]bool) cost {
	asked := cost{rootFields: 1, depth: 1, fields: 1, nodes: 1}
	name := cmp.Or(f.Alias, f.Name)
	if name != f.Name {
		asked.aliases = 1
	}
	if names[name] {
		asked.repeats = 1
	}
	names[name] = true
	return asked.plus(c.directives(f.Directives)).plus(c.arguments(f.Arguments)).plus(c.selection(f.SelectionSet).below())
}

// inline counts the fields at the fragment's root twice, because validation compares them again for every inline
// fragment around them.
func (c *counter) inline(f *ast.InlineFragment, names map[string]bool) cost {
	asked := c.selections(f.SelectionSet, names)
	again := cost{nodes: sum(1, asked.rootFields)}
	return asked.plus(again).plus(c.directives(f.Directives))
}

// spread counts an undefined fragment as one node. A fragment that contains itself would expand without end and is
// refused.
func (c *counter) spread(s *ast.FragmentSpread) cost {
	asked := cost{nodes: 1}.plus(c.directives(s.Directives))
	fragment := c.fragments[s.Name]
	switch {
	case fragment == nil:
		return asked
	case c.inProgress[fragment]:
		c.refuse(s.Position, "Cannot spread fragment %q within itself.", s.Name)
		return asked
	default:
		return asked.plus(c.fragment(fragment))
	}
}

// directives refuses @defer, which gqlgen supports even if the schema does not define it: when a client disconnects,
// the goroutine of a deferred part never ends, and over POST the deferred part is never sent.
func (c *counter) directives(list ast.DirectiveList) (asked cost) {
	for _, directive := range list {
		c.visitedNodes++
		if directive.Name == "defer" && !mayBeOff(directive) {
			c.refusal = cmp.Or(c.refusal, RefuseDefer(directive))
		}
		asked = asked.plus(cost{directives: 1, nodes: 1}).plus(c.arguments(directive.Arguments))
	}
	return asked
}

// mayBeOff reports whether a @defer is switched off, or a variable decides about it.
func mayBeOff(directive *ast.Directive) bool {
	condition := directive.Arguments.ForName("if")
	return condition != nil && (condition.Value.Kind == ast.Variable ||
		condition.Value.Kind == ast.BooleanValue && condition.Value.Raw == "false")
}

// RefuseDefer returns the error for a @defer that is not switched off.
func RefuseDefer(directive *ast.Directive) *gqlerror.Error {
	return newRefusal(directive.Position, "@defer is not supported.")
}

func (c *counter) arguments(list ast.ArgumentList) (asked cost) {
	for _, argument := range list {
		asked = asked.plus(c.value(argument.Value))
	}
	return asked
}

// value counts a value and the values within it.
func (c *counter) value(v *ast.Value) cost {
	c.visitedNodes++
	asked := cost{nodes: 1}
	for _, child := range v.Children {
		asked = asked.plus(c.value(child.Value))
	}
	return asked
}

func (c *counter) refuse(at *ast.Position, message string, args ...any) {
	if c.refusal == nil {
		c.refusal = newRefusal(at, message, args...)
	}
}
