package gqlserver

import (
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"antwon.dj/backend/internal/gqlserver/guard"
)

// useCheck looks for uses of variables that only their values make invalid: null where the type does not allow it,
// which validation lets pass if the variable or the position has a default, and @defer that a variable switches on.
type useCheck struct {
	op      *graphql.OperationContext
	visited map[string]bool // names of fragments
	refusal *gqlerror.Error
}

// checkUses returns an error if the operation cannot be executed with the values of its variables.
func checkUses(op *graphql.OperationContext) *gqlerror.Error {
	if !hasNull(op.Variables) && !strings.Contains(op.RawQuery, "defer") {
		return nil
	}
	c := &useCheck{op: op, visited: map[string]bool{}}
	c.directives(op.Operation.Directives)
	c.selections(op.Operation.SelectionSet)
	return c.refusal
}

func (c *useCheck) selections(set ast.SelectionSet) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			c.directives(s.Directives)
			c.arguments(s.Arguments)
			c.selections(s.SelectionSet)
		case *ast.InlineFragment:
			c.directives(s.Directives)
			c.selections(s.SelectionSet)
		case *ast.FragmentSpread:
			c.directives(s.Directives)
			if !c.visited[s.Name] {
				c.visited[s.Name] = true
				c.selections(s.Definition.SelectionSet)
			}
		}
	}
}

func (c *useCheck) directives(list ast.DirectiveList) {
	for _, directive := range list {
		c.arguments(directive.Arguments)
		if directive.Name != "defer" {
			continue
		}
		on, err := directive.Arguments.ForName("if").Value.Value(c.op.Variables)
		if on != false || err != nil {
			c.refuse(guard.RefuseDefer(directive))
		}
	}
}

func (c *useCheck) arguments(list ast.ArgumentList) {
	for _, argument := range list {
		c.value(argument.Value)
	}
}

func (c *useCheck) value(v *ast.Value) {
	if v.Kind == ast.Variable && v.ExpectedType != nil && v.ExpectedType.NonNull {
		if value, ok := c.op.Variables[v.Raw]; ok && value == nil {
			c.refuse(invalid(v.Position, `Variable "$%s" must not be null where a value of type "%s" is expected.`,
				v.Raw, v.ExpectedType))
		}
	}
	for _, child := range v.Children {
		c.value(child.Value)
	}
}

func (c *useCheck) refuse(err *gqlerror.Error) {
	if c.refusal == nil {
		c.refusal = err
	}
}
