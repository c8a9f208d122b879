package incremental

import (
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// selection has the names that an operation gives to the root field, the list, and the places of its elements.
type selection struct {
	root, list string
	places     []string
}

// selectionOf returns the selection of an operation. Its name of the list is empty unless the operation selects the
// list exactly once.
func selectionOf(op *graphql.OperationContext, schema *ast.Schema, list *List) *selection {
	root := graphql.CollectFields(op, op.Operation.SelectionSet, nil)[0]
	selected := &selection{root: root.Alias}
	lists := fieldsNamed(list.Field, op, schema, list.Type, root)
	if len(lists) != 1 {
		return selected
	}
	selected.list = lists[0].Alias
	for _, place := range fieldsNamed(list.Place, op, schema, lists[0].Definition.Type.Name(), lists[0]) {
		selected.places = append(selected.places, place.Alias)
	}
	return selected
}

// fieldsNamed returns the fields with this name that a field selects of an object of this type.
func fieldsNamed(
	name string, op *graphql.OperationContext, schema *ast.Schema, object string, within graphql.CollectedField,
) []graphql.CollectedField {
	types := []string{object}
	for _, abstract := range schema.Implements[object] {
		types = append(types, abstract.Name)
	}
	fields := slices.Clone(graphql.CollectFields(op, within.Selections, types))
	return slices.DeleteFunc(fields, func(f graphql.CollectedField) bool { return f.Name != name })
}

// find returns the range of the list in the data of a response. ok is false if the list is missing or null.
func (s *selection) find(data []byte) (begin, end int, ok bool) {
	if len(data) == 0 || data[0] != '{' {
		return 0, 0, false
	}
	eachValue(data, 0, func(name []byte, from, _ int) {
		if string(name) != s.root || data[from] != '{' {
			return
		}
		eachValue(data, from, func(name []byte, from, to int) {
			if string(name) == s.list && data[from] == '[' {
				begin, end, ok = from, to, true
			}
		})
	})
	return begin, end, ok
}

// elements returns the elements of the list at data[begin:]. ok is false if one is not an object.
func (s *selection) elements(data []byte, begin int) (all []element, ok bool) {
	ok = true
	eachValue(data, begin, func(_ []byte, from, to int) {
		ok = ok && data[from] == '{'
		if ok {
			all = append(all, s.cut(slices.Clone(data[from:to])))
		}
	})
	return all, ok
}

// cut returns an element without its places.
func (s *selection) cut(object []byte) (parts element) {
	begin := 0
	eachValue(object, 0, func(name []byte, from, to int) {
		if slices.ContainsFunc(s.places, func(place string) bool { return place == string(name) }) {
			parts, begin = append(parts, object[begin:from]), to
		}
	})
	return append(parts, object[begin:])
}
