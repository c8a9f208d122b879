package gqlserver

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// fewRootFields refuses operations that ask for more than limit things at once: each may cost what an operation costs, and
// aliases would let one request ask the same a hundred times.
func fewRootFields(limit int) core.Rule {
	return core.Rule{
		Name: "FewRootFields",
		RuleFunc: func(observers *core.Events, addError core.AddErrFunc) {
			observers.OnOperation(func(_ *core.Walker, operation *ast.OperationDefinition) {
				if rootFields(operation.SelectionSet, limit, map[string]bool{}) > limit {
					addError(core.Message("ask for at most %d fields at the root of an operation", limit), core.At(operation.Position))
				}
			})
		},
	}
}

// rootFields counts fields, through fragments, and stops soon after enough. A fragment that is being counted already is
// within itself; another rule refuses that.
func rootFields(selections ast.SelectionSet, enough int, within map[string]bool) (n int) {
	for _, selection := range selections {
		switch s := selection.(type) {
		case *ast.Field:
			n++
		case *ast.InlineFragment:
			n += rootFields(s.SelectionSet, enough-n, within)
		case *ast.FragmentSpread:
			if s.Definition == nil || within[s.Name] {
				continue
			}
			within[s.Name] = true
			n += max(1, rootFields(s.Definition.SelectionSet, enough-n, within)) // so that empty ones come to an end, too
			delete(within, s.Name)
		}
		if n > enough {
			break
		}
	}
	return n
}
