package guard

import "math"

// cost is what a part of a document asks for, its fragments spread. Limits says what the numbers mean.
type cost struct {
	rootFields, depth, aliases, directives, fields, repeats, nodes int
}

// plus returns the cost of two parts side by side.
func (c cost) plus(d cost) cost {
	return cost{
		rootFields: sum(c.rootFields, d.rootFields),
		depth:      max(c.depth, d.depth),
		aliases:    sum(c.aliases, d.aliases),
		directives: sum(c.directives, d.directives),
		fields:     sum(c.fields, d.fields),
		repeats:    sum(c.repeats, d.repeats),
		nodes:      sum(c.nodes, d.nodes),
	}
}

// below returns the cost of the same part as the selection of a field.
func (c cost) below() cost {
	c.rootFields = 0
	c.depth++
	return c
}

// enough is more than any limit; counts stay there, because a few fragments stand for more than an int holds.
const maxCount = math.MaxInt32 / 2

func sum(a, b int) int { return min(a+b, maxCount) }
