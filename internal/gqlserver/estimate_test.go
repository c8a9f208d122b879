package gqlserver

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

var shop = gqlparser.MustLoadSchema(&ast.Source{Input: `
	directive @listSize(assumedSize: Int!, slicingArguments: [String!], sizedFields: [String!]) on FIELD_DEFINITION
	directive @cost(weight: Int!) on FIELD_DEFINITION
	type Query {
		shelf: Shelf
		cheap: Int @cost(weight: 1)
		pages(first: Int = 7, last: Int): Pages
			@listSize(assumedSize: 20, slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"])
	}
	type Shelf {
		books: [Book!]! @listSize(assumedSize: 500)
		others: [Book!]!
		codes: [String!]! @listSize(assumedSize: 500)
		owner: String @cost(weight: 30)
	}
	type Pages { nodes: [Book!]! edges: [Edge!]! total: Int! }
	type Edge { node: Book! }
	type Book { id: ID title: String chapters: [Book!] @listSize(assumedSize: 3) shop: Int @cost(weight: 2) }
`})

func estimated(t *testing.T, query string, variables map[string]any) estimate {
	t.Helper()
	document, errs := gqlparser.LoadQueryWithRules(shop, query, nil)
	if errs != nil {
		t.Fatalf("%s: %v", query, errs)
	}
	return estimator{variables}.selections(document.Operations[0].SelectionSet, listSize{})
}

func TestEstimateCountsListsAtTheirLargest(t *testing.T) {
	for query, want := range map[string]int{
		`{__typename}`:                      1,
		`{cheap}`:                           2,
		`{shelf{owner}}`:                    132,
		`{shelf{codes}}`:                    102,
		`{shelf{books{id}}}`:                602,
		`{shelf{others{id}}}`:               112,
		`{shelf{books{id title}}}`:          1102,
		`{shelf{books{a:id b:id c:id}}}`:    1602,
		`{shelf{books{chapters{id}}}}`:      101 + 1 + 500*(1+3),
		`{shelf{books{shop}}}`:              101 + 1 + 500*3,
		`{a:shelf{books{id}} shelf{owner}}`: 734,
		`{shelf{...{books{...B}}}} fragment B on Book{id ...C} fragment C on Book{title}`: 1102,
		`{pages{nodes{id}}}`:                                     101 + 1 + 7,
		`{pages(first:50){nodes{id}}}`:                           101 + 1 + 50,
		`{pages(first:null){nodes{id} total}}`:                   101 + 1 + 20 + 1,
		`{pages(first:3 last:9){edges{node{id}}}}`:               101 + 1 + 9*2,
		`{pages(first:-3){nodes{id}}}`:                           101 + 1 + 1,
		`{pages(first:$n){...P}} fragment P on Pages{nodes{id}}`: 101 + 1 + 40,
		`{pages(first:9){nodes{chapters{id}}}}`:                  101 + 1 + 9*(1+3),
		`{__schema{types{name}}}`:                                10_001,
		`{pages(first:2147483647){nodes{id title shop}}}`:        maxPoints,
	} {
		if strings.Contains(query, "$n") {
			query = "query($n: Int)" + query
		}
		if got := estimated(t, query, map[string]any{"n": json.Number("40")}).total(); got != want {
			t.Errorf("%s is estimated at %d, want %d", query, got, want)
		}
	}
}

func TestRefusalNamesTheLargestList(t *testing.T) {
	h := New(Config{Schema: numberSchema{shop}, Limits: Limits{OperationCost: 2000}})
	t.Cleanup(h.streams.close)
	for query, want := range map[string]string{
		`{pages(first:100){nodes{id title}} shelf{books{a:id b:id c:id}}}`: "",
		`{pages(first:200){nodes{id title}} shelf{books{a:id b:id c:id}}}`: `input:1:1: This operation can cost 2104 ` +
			`points, and at most 2000 are allowed. The list "books" alone can cost 1500: select fewer fields of it, use ` +
			`fewer aliases, or ask for shorter pages.`,
		`{...A} fragment A on Query{` + each(20, `a%d:shelf{owner}`) + `}`: `input:1:1: This operation can cost 2640 ` +
			`points, and at most 2000 are allowed. Select fewer fields, or use several operations.`,
	} {
		ctx, got := graphql.StartOperationTrace(t.Context()), ""
		if _, errs := h.engine.CreateOperationContext(ctx, &graphql.RawParams{Query: query}); errs != nil {
			got = strings.TrimSpace(errs.Error())
		}
		if got != want {
			t.Errorf("%s: got  %q\nwant %q", query, got, want)
		}
	}
}

func each(n int, format string) string {
	var all strings.Builder
	for i := range n {
		fmt.Fprintf(&all, format+" ", i)
	}
	return all.String()
}

// The fields of an answer are counted in its text, in which strings may look like fields.
func TestFieldsOfAnAnswerAreCounted(t *testing.T) {
	for seed := range uint64(500) {
		value, fields := randomValue(rand.New(rand.NewPCG(seed, 1)), 4)
		data, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		if got := countFields(data); got != fields {
			t.Fatalf("%s has %d fields, want %d", data, got, fields)
		}
	}
}

// randomValue returns a value of JSON, and how many fields are in it.
func randomValue(r *rand.Rand, deep int) (value any, fields int) {
	switch kind := r.IntN(6); {
	case kind < 2 && deep > 0:
		object := map[string]any{}
		for i := range r.IntN(4) {
			child, more := randomValue(r, deep-1)
			object[fmt.Sprintf(`k\:"%d`, i)] = child
			fields += 1 + more
		}
		return object, fields
	case kind < 4 && deep > 0:
		list := []any{}
		for range r.IntN(4) {
			child, more := randomValue(r, deep-1)
			list, fields = append(list, child), fields+more
		}
		return list, fields
	case kind == 4:
		return r.IntN(100), 0
	default:
		return []string{`a:b`, `"x":1`, `\`, `\":`, ``, `{"a":"b\\"}`}[r.IntN(6)], 0
	}
}

func TestLargestPartOfAnAnswerIsNamed(t *testing.T) {
	long := strings.Repeat("x", 1000)
	for object, want := range map[string]string{
		`{"room":{"queue":{"items":["` + long + `"],"version":1}}}`: "room.queue.items",
		`{"a":{"b":"` + long + `","c":"` + long + `"}}`:             "a",
		`{"a":"` + long + `","b":"` + long + `"}`:                   "",
		`null`: "",
	} {
		if got := largestPart(json.RawMessage(object)); got != want {
			t.Errorf("the largest part of %.40s… is %q, want %q", object, got, want)
		}
	}
}
