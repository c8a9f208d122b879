package guard

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

// expansion computes the cost of one definition naively: it walks a fragment again wherever it is spread.
type expansion struct {
	doc    *ast.QueryDocument
	cost   cost
	path   []*ast.FragmentDefinition // the fragments around the present node
	never  bool                      // it found something that is never allowed
	budget int                       // how many more nodes may be visited
}

// place is the position of a selection.
type place struct {
	depth, inlines int // number of fields around it, and of inline fragments within the innermost of these
	names          map[string]bool
}

func (e *expansion) selection(set ast.SelectionSet, at place) {
	for _, selected := range set {
		if e.budget--; e.budget < 0 {
			return
		}
		e.cost.nodes++
		switch s := selected.(type) {
		case *ast.Field:
			e.field(s, at)
		case *ast.InlineFragment:
			e.directives(s.Directives)
			e.selection(s.SelectionSet, place{at.depth, at.inlines + 1, at.names})
		case *ast.FragmentSpread:
			e.directives(s.Directives)
			e.spread(s, at)
		}
	}
}

func (e *expansion) field(f *ast.Field, at place) {
	e.cost.fields++
	e.cost.nodes += at.inlines
	e.cost.depth = max(e.cost.depth, at.depth+1)
	if at.depth == 0 {
		e.cost.rootFields++
	}
	if f.Alias != f.Name {
		e.cost.aliases++
	}
	if at.names[f.Alias] {
		e.cost.repeats++
	}
	at.names[f.Alias] = true
	e.directives(f.Directives)
	e.arguments(f.Arguments)
	e.selection(f.SelectionSet, place{at.depth + 1, 0, map[string]bool{}})
}

func (e *expansion) spread(s *ast.FragmentSpread, at place) {
	fragment := e.doc.Fragments.ForName(s.Name)
	switch {
	case fragment == nil:
	case slices.Contains(e.path, fragment):
		e.never = true
	default:
		e.fragment(fragment, at)
	}
}

func (e *expansion) fragment(f *ast.FragmentDefinition, at place) {
	e.path = append(e.path, f)
	e.directives(f.Directives)
	at.names = map[string]bool{}
	e.selection(f.SelectionSet, at)
	e.path = e.path[:len(e.path)-1]
}

func (e *expansion) directives(list ast.DirectiveList) {
	for _, d := range list {
		e.never = e.never || d.Name == "defer" && !mayBeOff(d)
		e.cost.directives++
		e.cost.nodes++
		e.arguments(d.Arguments)
	}
}

func (e *expansion) arguments(list ast.ArgumentList) {
	for _, a := range list {
		n := valueNodes(a.Value)
		e.cost.nodes += n
		e.budget -= n
	}
}

func valueNodes(v *ast.Value) int {
	n := 1
	for _, child := range v.Children {
		n += valueNodes(child.Value)
	}
	return n
}

// checkAgreement compares the costs with those of the naive computation, and returns whether that could be completed.
func checkAgreement(t *testing.T, doc *ast.QueryDocument) (whole bool) {
	t.Helper()
	c, whole, never := newCounter(doc), true, false
	compare := func(got cost, walk func(*expansion)) {
		e := &expansion{doc: doc, budget: 20_000}
		walk(e)
		never = never || e.never
		whole = whole && e.budget >= 0
		if e.budget >= 0 && c.refusal == nil && got != e.cost {
			t.Errorf("got  %+v\nwant %+v", got, e.cost)
		}
	}
	for _, o := range doc.Operations {
		compare(c.operation(o), func(e *expansion) {
			e.directives(o.Directives)
			for _, v := range o.VariableDefinitions {
				e.directives(v.Directives)
			}
			e.selection(o.SelectionSet, place{names: map[string]bool{}})
		})
	}
	for _, f := range doc.Fragments {
		compare(c.fragment(f), func(e *expansion) { e.fragment(f, place{}) })
	}
	if whole && never != (c.refusal != nil) {
		t.Errorf("refused with %v, but that it is never allowed is %v", c.refusal, never)
	}
	if c.visitedNodes != textNodes(doc) {
		t.Errorf("%d nodes were visited; the text of the document has %d", c.visitedNodes, textNodes(doc))
	}
	return whole
}

// countAll computes the costs of all definitions of doc.
func countAll(doc *ast.QueryDocument) *counter {
	c := newCounter(doc)
	for _, o := range doc.Operations {
		c.operation(o)
	}
	for _, f := range doc.Fragments {
		c.fragment(f)
	}
	return c
}

// textNodes returns the number of nodes in the text of doc.
func textNodes(doc *ast.QueryDocument) (n int) {
	unspread := &expansion{doc: &ast.QueryDocument{}, budget: 1 << 30}
	for _, o := range doc.Operations {
		unspread.directives(o.Directives)
		for _, v := range o.VariableDefinitions {
			unspread.directives(v.Directives)
		}
		n -= extraNodes(o.SelectionSet, 0)
		unspread.selection(o.SelectionSet, place{names: map[string]bool{}})
	}
	for _, f := range doc.Fragments {
		n -= extraNodes(f.SelectionSet, 0)
		unspread.fragment(f, place{})
	}
	return n + unspread.cost.nodes
}

// extraNodes returns the number of nodes that are counted for fields in inline fragments in addition to the text's.
func extraNodes(set ast.SelectionSet, inlines int) (n int) {
	for _, selected := range set {
		switch s := selected.(type) {
		case *ast.Field:
			n += inlines + extraNodes(s.SelectionSet, 0)
		case *ast.InlineFragment:
			n += extraNodes(s.SelectionSet, inlines+1)
		}
	}
	return n
}

func TestCostsAgreeWithTheNaiveComputation(t *testing.T) {
	const documents = 5000
	whole := 0
	for seed := range uint64(documents) {
		text := randomDocument(rand.New(rand.NewPCG(seed, 1)))
		if checkAgreement(t, parse(t, text)) {
			whole++
		}
		if t.Failed() {
			t.Fatalf("seed %d: %s", seed, text)
		}
	}
	if whole < documents*9/10 {
		t.Errorf("the naive computation completed only %d of %d documents", whole, documents)
	}
}

// randomDocument returns a small document, sometimes with fragments that are circular, undefined, unused or duplicated.
func randomDocument(r *rand.Rand) string {
	fragments := r.IntN(6)
	var text strings.Builder
	for i := range 1 + r.IntN(3) {
		fmt.Fprintf(
			&text, "query O%d($v: Int%s)%s{%s} ", i, randomDirective(r), randomDirective(r), randomSelection(r, 3, 0, fragments),
		)
	}
	for i := range fragments {
		from := i + 1
		if r.IntN(40) == 0 {
			from = 0 // may be circular
		}
		fmt.Fprintf(&text, "fragment F%d on Q%s{%s} ", i, randomDirective(r), randomSelection(r, 2, from, fragments))
	}
	if r.IntN(20) == 0 {
		fmt.Fprintf(&text, "fragment F%d on Q{%s} ", r.IntN(6), randomSelection(r, 2, 0, fragments))
	}
	return text.String()
}

// randomSelection returns a selection set that spreads fragments with the numbers from..to, of which to is undefined.
func randomSelection(r *rand.Rand, deep, from, to int) string {
	return each(1+r.IntN(4), func(int) string {
		switch n := r.IntN(10); {
		case n < 3:
			return fmt.Sprintf("...F%d%s ", from+r.IntN(max(1, to+1-from)), randomDirective(r))
		case n < 5 && deep > 0:
			return fmt.Sprintf("...%s{%s} ", randomDirective(r), randomSelection(r, deep-1, from, to))
		case n < 8 && deep > 0:
			return fmt.Sprintf("%s%s{%s} ", randomField(r), randomDirective(r), randomSelection(r, deep-1, from, to))
		default:
			return randomField(r) + randomDirective(r) + " "
		}
	})
}

func randomField(r *rand.Rand) string {
	return []string{"a", "b", "c", "a:a", "a:b", "x:c", "a(v:[1 2 {y:3}])", "b(v:$v)"}[r.IntN(8)]
}

func randomDirective(r *rand.Rand) string {
	switch r.IntN(200) {
	case 0:
		return " @defer"
	case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10:
		return " @skip(if:true) @x"
	default:
		return ""
	}
}
