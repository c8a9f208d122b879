// Package incremental executes only the new elements of a list that is shown again and again, and reuses the bytes of
// the others. Of a queue of fifty songs a like changes one, and executing all fifty takes most of the time until
// subscribers see it.
package incremental

import (
	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// List is an event of which one field is a list.
type List struct {
	Type  string // the event's type
	Field string // its field that is the list; its elements are objects, and no other field depends on them
	Place string // the field of an element that is its place in the list, from 1
	// Elements has a comparable key for each element. Two keys are equal only if all fields of their elements are, except
	// for Place. So these fields depend on nothing else: neither on the time nor, without @viewer, on the viewer.
	Elements []any
	// Of returns the event with only these elements of the list, in this order.
	Of func(indexes []int) any
}

// Whole returns the event with all elements.
func (l *List) Whole() any {
	all := make([]int, len(l.Elements))
	for i := range all {
		all[i] = i
	}
	return l.Of(all)
}

// Cache keeps the bytes of the elements that one operation showed last. The operation has the same variables each time,
// and selects nothing that depends on the viewer. The zero Cache is empty. Only one goroutine may use it.
type Cache struct {
	selected *selection
	elements map[any]element
}

// Execute returns the response to an operation whose event is a list, byte for byte as if execute had been called with
// the whole event. A response with errors is always that to the whole event, so that the errors' paths are right.
func (c *Cache) Execute(
	op *graphql.OperationContext, schema *ast.Schema, list *List, execute func(event any) *graphql.Response,
) *graphql.Response {
	if c.selected == nil {
		c.selected = selectionOf(op, schema, list)
	}
	if c.selected.list == "" {
		return execute(list.Whole())
	}
	fresh := c.unknown(list.Elements)
	response := execute(list.Of(fresh))
	if c.complete(list, response) {
		return response
	}
	c.elements = nil
	if len(fresh) == len(list.Elements) {
		return response
	}
	return execute(list.Whole())
}

// unknown returns the indexes of the elements that the cache does not have.
func (c *Cache) unknown(elements []any) (indexes []int) {
	for i, key := range elements {
		if c.elements[key] == nil {
			indexes = append(indexes, i)
		}
	}
	return indexes
}

// complete inserts the cached elements into a response that has the others, and stores all of them. If that is not
// possible, it returns false and leaves the response unchanged.
func (c *Cache) complete(list *List, response *graphql.Response) bool {
	if response == nil || len(response.Errors) > 0 {
		return false
	}
	begin, end, ok := c.selected.find(response.Data)
	if !ok {
		return false
	}
	executed, ok := c.selected.elements(response.Data, begin)
	if !ok {
		return false
	}
	all := make([]element, len(list.Elements))
	bytes := len(response.Data)
	for i, key := range list.Elements {
		if all[i] = c.elements[key]; all[i] == nil {
			if len(executed) == 0 {
				return false
			}
			all[i], executed = executed[0], executed[1:]
		}
		bytes += all[i].size()
	}
	data := append(make([]byte, 0, bytes), response.Data[:begin]...)
	data = appendList(data, all)
	response.Data = append(data, response.Data[end:]...)
	c.store(list, all)
	return true
}

// store keeps these elements, and no others.
func (c *Cache) store(list *List, all []element) {
	c.elements = make(map[any]element, len(all))
	for i, key := range list.Elements {
		c.elements[key] = all[i]
	}
}
