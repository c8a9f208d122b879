package incremental_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"antwon.dj/backend/internal/gqlserver/incremental"
)

// library is an executable schema, written by hand: a shelf shows books, of which some cannot be read.
var library = gqlparser.MustLoadSchema(&ast.Source{Input: `
	type Query { shelf: Shelf }
	type Subscription { shelf: Shelf }
	type Shelf { books: [Book] }
	type Book { title: String place: Int }
`})

// shelf executes an operation for books, and counts how many books it has executed.
type shelf struct {
	t        *testing.T
	op       *graphql.OperationContext
	cache    incremental.Cache
	executed int
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	document := gqlparser.MustLoadQueryWithRules(library, "subscription { shelf { books { title place } } }", nil)
	op := &graphql.OperationContext{Doc: document, Operation: document.Operations[0]}
	return &shelf{t: t, op: op}
}

// show returns the response that shows these books, each after its place. "" is null, and "!" has an error.
func (s *shelf) show(books ...string) string {
	s.t.Helper()
	list := &incremental.List{Type: "Shelf", Field: "books", Place: "place"}
	for _, title := range books {
		list.Elements = append(list.Elements, title)
	}
	list.Of = func(indexes []int) any {
		placed := map[int]string{}
		for _, i := range indexes {
			placed[i] = books[i]
		}
		return placed
	}
	response := s.cache.Execute(s.op, library, list, func(event any) *graphql.Response {
		return s.execute(event.(map[int]string), len(books))
	})
	return fmt.Sprint(string(response.Data), len(response.Errors))
}

func (s *shelf) execute(placed map[int]string, places int) *graphql.Response {
	var elements []string
	var errs gqlerror.List
	for i := range places {
		title, shown := placed[i]
		if !shown {
			continue
		}
		s.executed++
		text, _ := json.Marshal(title)
		switch title {
		case "":
			elements = append(elements, "null")
			continue
		case "!":
			text = []byte("null")
			errs = append(errs, gqlerror.Errorf("unreadable"))
		}
		elements = append(elements, fmt.Sprintf(`{"title":%s,"place":%d}`, text, i+1))
	}
	return &graphql.Response{
		Data: json.RawMessage(`{"shelf":{"books":[` + strings.Join(elements, ",") + `]}}`), Errors: errs,
	}
}

// Whatever was shown before, a response equals that of a whole execution. Only new elements are executed, unless there
// are errors or elements that are not objects.
func TestOnlyNewElementsAreExecuted(t *testing.T) {
	s := newShelf(t)
	for _, step := range []struct {
		books    string
		executed int
	}{
		{"a,b,c", 3},
		{"a,b,c", 0},
		{"c,b,a", 0},
		{"c,d,a", 1},
		{`x"]},y\,{`, 3},
		{`x"]},y\,{,z`, 1},
		{"z", 0},
		{"z,!", 3}, // one with the error, and then both
		{"z,!", 2},
		{"z", 1},
		{"", 1}, // null
		{"z", 1},
		{"z,a,b,c,d,e,f,g,h,i", 9},
		{"i,h,g,f,e,d,c,b,a,z", 0},
	} {
		books := strings.Split(step.books, ",")
		s.executed = 0
		got, executed := s.show(books...), s.executed
		if want := newShelf(t).show(books...); got != want {
			t.Errorf("%q: got %s, want %s", step.books, got, want)
		}
		if executed != step.executed {
			t.Errorf("%q: %d books were executed, want %d", step.books, executed, step.executed)
		}
	}
}

// FuzzTitles shows books with any titles, then others and the same, and compares with a whole execution.
func FuzzTitles(f *testing.F) {
	f.Add("a", "b", "c")
	f.Add(`"`, `\`, "]}")
	f.Add("\x00", "!", "")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		s := newShelf(t)
		for _, books := range [][]string{{a, b}, {b, c, a}, {c}, {a, b, c}} {
			if got, want := s.show(books...), newShelf(t).show(books...); got != want {
				t.Errorf("%q: got %s, want %s", books, got, want)
			}
		}
	})
}
