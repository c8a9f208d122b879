package guard

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

func TestHarmlessDocumentsPass(t *testing.T) {
	for _, documents := range []map[string]string{harmless, within} {
		for name, text := range documents {
			if err := Check(parse(t, text), Limits{}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestCostlyDocumentsAreRefused(t *testing.T) {
	for name, text := range bombs {
		if err := Check(parse(t, text), Limits{}); err == nil || strings.Contains(err.Message, "itself") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, text := range quadratic {
		if err := Check(parse(t, text), Limits{}); err == nil {
			t.Errorf("%s passed", name)
		}
	}
}

// Each document passes with x in place of X, and is refused with y.
func TestEachLimitIsEnforced(t *testing.T) {
	limits := Limits{RootFields: 3, Depth: 4, Aliases: 2, Directives: 2, Fields: 6, Repeats: 1, Nodes: 20}
	for _, test := range []struct {
		name, text, x, y, want string
	}{
		{
			name: "root fields", text: `{a b X}`,
			x: `c`, y: `c d`,
			want: "1:1 Ask for at most 3 fields at the root of an operation.",
		},
		{
			name: "root fields of fragments", text: `{...F ...{c}X} fragment F on Q{a b}`,
			x: ``, y: `d`,
			want: "1:1 Ask for at most 3 fields at the root of an operation.",
		},
		{
			name: "root fields of the second", text: `query A{a} query B{a b X}`,
			x: `c`, y: `c __typename`,
			want: "1:12 Ask for at most 3 fields at the root of an operation.",
		},
		{
			name: "depth", text: `{a{b{...F}}} fragment F on Q{c{...{X}}}`,
			x: `d`, y: `d{e}`,
			want: "1:1 Nest fields at most 4 deep in an operation.",
		},
		{
			name: "aliases", text: `{a{x:b a:a ...F ...F}} fragment F on Q{X}`,
			x: `c`, y: `y:c`,
			want: "1:1 Use at most 2 aliases in an operation.",
		},
		{
			name: "directives", text: `query @a{...F @bX} fragment F on Q{c}`,
			x: ``, y: ` @c`,
			want: "1:1 Use at most 2 directives in an operation.",
		},
		{
			name: "directives of fragments", text: `{...F ...F} fragment F on Q X{c}`,
			x: `@a`, y: `@a @b`,
			want: "1:1 Use at most 2 directives in an operation.",
		},
		{
			name: "directives of variables", text: `query($a:Int @a $b:Int @bX){c}`,
			x: ``, y: ` @c`,
			want: "1:1 Use at most 2 directives in an operation.",
		},
		{
			name: "fields", text: `{a{b ...F X} c{...F}} fragment F on Q{d}`,
			x: `__typename`, y: `e f`,
			want: "1:1 Ask for at most 6 fields in an operation, including those of its fragments.",
		},
		{
			name: "repeats", text: `{a{b ...{b X}}}`,
			x: `c`, y: `b`,
			want: "1:1 Ask at most 1 times for a field that is already in the same selection.",
		},
		{
			name: "repeats of aliases", text: `{a{b b:c X}}`,
			x: `c`, y: `b:d`,
			want: "1:1 Ask at most 1 times for a field that is already in the same selection.",
		},
		{
			name: "repeats where nothing spreads them", text: `{a} fragment F on Q{b b X}`,
			x: `c`, y: `b`,
			want: "1:5 Ask at most 1 times for a field that is already in the same selection.",
		},
		{
			name: "nodes", text: `{a(b:[1 2 {c:[3 4]}]) b(x:[5 6 7 8 9 X])}`,
			x: `1 2 3 4 5`, y: `1 2 3 4 5 6`,
			want: "1:1 This document has more than 20 nodes when its fragments are expanded. Ask for less, or use several " +
				"documents.",
		},
		{
			name: "nodes of inline fragments", text: `{a{...{...{...{b c d X}}}}}`,
			x: `e`, y: `e ...F`,
			want: "1:1 This document has more than 20 nodes when its fragments are expanded. Ask for less, or use several " +
				"documents.",
		},
		{
			name: "nodes of all operations", text: each(4, func(i int) string { return fmt.Sprintf("query O%d{...F} ", i) }) +
				`fragment F on Q{a{b c X}}`,
			x: ``, y: `d`,
			want: "1:61 This document has more than 20 nodes when its fragments are expanded. Ask for less, or use several " +
				"documents.",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			expect(t, strings.Replace(test.text, "X", test.x, 1), limits, "")
			expect(t, strings.Replace(test.text, "X", test.y, 1), limits, test.want)
		})
	}
}

func TestDeferAndCircularFragmentsAreRefused(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{`{...@defer{a}}`, "1:6 @defer is not supported."},
		{`{a{...F @defer(if: true)}} fragment F on Q{b}`, "1:10 @defer is not supported."},
		{`{a} fragment F on Q{...@defer{b}}`, "1:25 @defer is not supported."},
		{`{...F} fragment F on Q{a ...F}`, `1:29 Cannot spread fragment "F" within itself.`},
		{`{...F} fragment F on Q{...{a{...G}}} fragment G on Q{...F}`, `1:57 Cannot spread fragment "F" within itself.`},
		{`{a} fragment F on Q{...F}`, `1:24 Cannot spread fragment "F" within itself.`},
	} {
		expect(t, test.text, Limits{}, test.want)
	}
}

func TestInvalidDocumentsAreLeftToValidation(t *testing.T) {
	for name, text := range map[string]string{
		"a fragment that is not there":      `{...F a}`,
		"one that nothing spreads":          `{a} fragment F on Q{b}`,
		"two with one name":                 `{...F} fragment F on Q{a} fragment F on Q{...F}`,
		"operations with one name":          `query A{a} query A{b}`,
		"several without a name":            `{a} {b}`,
		"a variable and type that are none": `query($x: Nothing){a(b: $y)}`,
		"no operation":                      `fragment F on Q{a}`,
		"nothing":                           ``,
	} {
		t.Run(name, func(t *testing.T) { expect(t, text, Limits{}, "") })
	}
	if err := Check(&ast.QueryDocument{}, Limits{}); err != nil {
		t.Error(err)
	}
}

func TestCountsStayBelowOverflow(t *testing.T) {
	text := `{...A0} ` +
		each(90, func(i int) string { return fmt.Sprintf("fragment A%d on Q{...{...A%[2]d ...A%[2]d}} ", i, i+1) }) +
		`fragment A90 on Q{a:b @c}`
	doc, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		t.Fatal(err)
	}
	c := newCounter(doc)
	want := cost{
		rootFields: maxCount, depth: 1, aliases: maxCount, directives: maxCount, fields: maxCount, nodes: maxCount,
	}
	if got := c.operation(doc.Operations[0]); got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// expect checks the result of Check. Want is "line:column message", or "" if the document passes.
func expect(t *testing.T, text string, limits Limits, want string) {
	t.Helper()
	got := ""
	if err := Check(parse(t, text), limits); err != nil {
		got = fmt.Sprintf("%d:%d %s", err.Locations[0].Line, err.Locations[0].Column, err.Message)
		if err.Extensions["code"] != "GRAPHQL_VALIDATION_FAILED" {
			t.Errorf("%s: the code is %v", text, err.Extensions["code"])
		}
	}
	if got != want {
		t.Errorf("%s\ngot  %q\nwant %q", text, got, want)
	}
}
