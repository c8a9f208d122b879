package guard

import "antwon.dj/backend/internal/ratelimit"

// Uses returns what a document uses of each limit. For a limit on operations, the operation that uses most of it
// counts. Uses returns nil for a document that has no finite cost, or is refused before it has been read.
func Uses(text string, tokens int, limits Limits) []ratelimit.Use {
	doc, refusal := read(text, tokens)
	if refusal != nil {
		return nil
	}
	c := newCounter(doc)
	var most, all cost
	for _, operation := range doc.Operations {
		asked := c.operation(operation)
		most, all = most.most(asked), all.plus(asked)
	}
	for _, fragment := range doc.Fragments {
		all = all.plus(c.fragment(fragment))
	}
	if c.refusal != nil {
		return nil
	}
	limits = limits.withDefaults()
	return []ratelimit.Use{
		ratelimit.NewUse("root fields", most.rootFields, limits.RootFields),
		ratelimit.NewUse("depth", most.depth, limits.Depth),
		ratelimit.NewUse("aliases", most.aliases, limits.Aliases),
		ratelimit.NewUse("directives", most.directives, limits.Directives),
		ratelimit.NewUse("fields", most.fields, limits.Fields),
		ratelimit.NewUse("repeats", all.repeats, limits.Repeats),
		ratelimit.NewUse("nodes", all.nodes, limits.Nodes),
	}
}

// most returns the larger of two costs for each limit on operations.
func (c cost) most(d cost) cost {
	return cost{
		rootFields: max(c.rootFields, d.rootFields),
		depth:      max(c.depth, d.depth),
		aliases:    max(c.aliases, d.aliases),
		directives: max(c.directives, d.directives),
		fields:     max(c.fields, d.fields),
	}
}
