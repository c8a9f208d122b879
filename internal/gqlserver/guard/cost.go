package guard

import "math"

// cost is what a part of a document selects, with all its fragments expanded. See Limits for the meaning of the
// numbers.
type cost struct {
	rootFields, depth, aliases, directives, fields, repeats, nodes int
}

// plus returns the cost of two parts of one selection.
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

// below returns what the selection of a field, whose own cost is c, adds to the cost of the field.
func (c cost) below() cost {
	c.rootFields = 0
	c.depth++
	return c
}

// maxCount is larger than any limit. Counts do not exceed it, because a few fragments can expand to more fields than an
// int can count.
const maxCount = math.MaxInt32 / 2

func sum(a, b int) int { return min(a+b, maxCount) }
