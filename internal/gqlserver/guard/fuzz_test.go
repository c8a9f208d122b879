package guard

import (
	"math"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// FuzzCheck checks for every text that can be parsed: nothing panics, each node is visited once, the costs are those of
// the naive computation, and a document passes if no limit applies.
func FuzzCheck(f *testing.F) {
	for _, documents := range []map[string]string{harmless, bombs, quadratic} {
		for _, text := range documents {
			f.Add(text)
		}
	}
	f.Add(`{...F} fragment F on Q{...{a ...F}} fragment F on Q{b} query X($a: [Int!] = [1] @d){...@defer{c(d: {e: $a})}}`)
	const none = math.MaxInt
	unlimited := Limits{
		RootFields: none, Depth: none, Aliases: none, Directives: none, Fields: none, Repeats: none, Nodes: none,
	}
	f.Fuzz(func(t *testing.T, text string) {
		doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, tokens)
		if err != nil {
			return
		}
		checkAgreement(t, doc)
		Check(doc, Limits{})
		if err := Check(doc, unlimited); (err != nil) != (countAll(doc).refusal != nil) {
			t.Errorf("without limits it is refused with %v", err)
		}
	})
}
