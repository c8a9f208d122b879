package graph_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"

	"antwon.dj/backend/graph"
	"antwon.dj/backend/internal/testdb"
)

// Every list of objects, or the field around it, says how long the list can be. Otherwise an operation's cost cannot be
// estimated.
func TestEveryListOfObjectsHasASize(t *testing.T) {
	schema := graph.NewSchema(nil).Schema()
	sized := map[string]bool{} // "Type.field" of lists whose size a field around them says
	for _, definition := range schema.Types {
		for _, field := range definition.Fields {
			for _, child := range sizedFields(t, field) {
				sized[field.Type.Name()+"."+child] = true
			}
		}
	}
	lists := 0
	for _, definition := range schema.Types {
		for _, field := range definition.Fields {
			if field.Type.Elem == nil || strings.HasPrefix(definition.Name, "__") ||
				!schema.Types[field.Type.Name()].IsCompositeType() {
				continue
			}
			lists++
			if field.Directives.ForName("listSize") == nil && !sized[definition.Name+"."+field.Name] {
				t.Errorf("%s.%s has no @listSize", definition.Name, field.Name)
			}
		}
	}
	if lists < 15 {
		t.Errorf("only %d lists were found", lists)
	}
}

// sizedFields returns the lists in a field's type whose sizes its directive says. It checks the names in the directive.
func sizedFields(t *testing.T, field *ast.FieldDefinition) (names []string) {
	t.Helper()
	directive := field.Directives.ForName("listSize")
	if directive == nil {
		return nil
	}
	if slicing := directive.Arguments.ForName("slicingArguments"); slicing != nil {
		for _, child := range slicing.Value.Children {
			if field.Arguments.ForName(child.Value.Raw) == nil {
				t.Errorf("%s has no argument %s, which its @listSize names", field.Name, child.Value.Raw)
			}
		}
	}
	if sized := directive.Arguments.ForName("sizedFields"); sized != nil {
		for _, child := range sized.Value.Children {
			names = append(names, child.Value.Raw)
		}
	}
	return names
}

// No operation of the web pages, the playground, the client, the documentation and the tests' clients is refused
// because of what it can cost.
func TestOperationsOfOurClientsCostNotTooMuch(t *testing.T) {
	p := newParty(t, testdb.SQLite(t))
	operations := operationsOfClients(t)
	if len(operations) < 80 {
		t.Errorf("only %d operations were found", len(operations))
	}
	dearest := 0
	for _, operation := range operations {
		cost := p.first.largestCost(operation)
		if cost > dearest {
			dearest = cost
		}
	}
	t.Logf("of %d operations the dearest can cost %d points", len(operations), dearest)
}

// largestCost prepares an operation. It is not executed unless it is a query: others are not accepted by GET.
func (s *server) largestCost(operation *ast.QueryDocument) int {
	s.Helper()
	var text strings.Builder
	formatter.NewFormatter(&text).FormatQueryDocument(operation)
	variables := map[string]any{}
	for _, v := range operation.Operations[0].VariableDefinitions {
		if v.Type.NonNull && v.DefaultValue == nil {
			variables[v.Variable] = someValue(v)
		}
	}
	values, err := json.Marshal(variables)
	s.must(err)
	address := s.URL + "/?" + url.Values{
		"query": {text.String()}, "variables": {string(values)}, "extensions": {`{"cost":true}`},
	}.Encode()
	request, err := http.NewRequestWithContext(s.Context(), http.MethodGet, address, nil)
	s.must(err)
	response, err := s.Client().Do(request)
	s.must(err)
	defer response.Body.Close()
	var got struct {
		costly
		Errors []failure
	}
	s.must(json.NewDecoder(response.Body).Decode(&got))
	for _, e := range got.Errors {
		if code := e.Extensions.Code; code == "GRAPHQL_VALIDATION_FAILED" || code == "RATE_LIMITED" {
			s.Errorf("%s\n%+v", text.String(), e)
		}
	}
	return got.of("largest cost").Requested
}

// someValue returns a value of a variable's type.
func someValue(v *ast.VariableDefinition) any {
	switch v.Definition.Kind {
	case ast.Enum:
		return v.Definition.EnumValues[0].Name
	case ast.InputObject:
		return map[string]any{}
	}
	switch v.Type.Name() {
	case "Int":
		return 50
	case "Boolean":
		return true
	default:
		return "x"
	}
}

var operationStart = regexp.MustCompile(`(?:\b(?:query|mutation|subscription)\b[^{}"'` + "`" + `]*|")\{`)

// operationsOfClients returns all operations in the sources of clients, each with the fragments that it needs.
func operationsOfClients(t *testing.T) (operations []*ast.QueryDocument) {
	t.Helper()
	schema := graph.NewSchema(nil).Schema()
	for _, pattern := range []string{
		"web/src/graphql/*.graphql", "test/node/story/*.graphql", "test/genqlient/*.graphql", "web/src/playground/*.ts",
		"packages/client/src/*.ts", "packages/client/README.md", "docs/*.md", "docs/clients/*.mjs", "test/node/*.mjs",
		"test/node/story/*.mjs", "test/node/story/relay/*.js", "web/test/*.ts",
	} {
		paths, err := filepath.Glob("../" + pattern)
		if err != nil || len(paths) == 0 {
			t.Errorf("%s: %d files, %v", pattern, len(paths), err)
		}
		var graphqls strings.Builder // fragments may be in another file
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if filepath.Ext(path) == ".graphql" {
				graphqls.Write(text)
				continue
			}
			for _, at := range operationStart.FindAllIndex(text, -1) {
				source := strings.ReplaceAll(balanced(strings.TrimLeft(string(text[at[0]:]), `"`)), `\"`, `"`)
				if document, errs := gqlparser.LoadQueryWithRules(schema, source, nil); errs == nil {
					operations = append(operations, document)
				}
			}
		}
		operations = append(operations, split(t, schema, graphqls.String())...)
	}
	return operations
}

// balanced returns the part of a text that ends where its first brace is closed.
func balanced(text string) string {
	depth := 0
	for i, c := range text {
		switch c {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return text[:i+1]
			}
		}
	}
	return ""
}

// split returns a document for each operation in a text, with the fragments that it needs.
func split(t *testing.T, schema *ast.Schema, text string) (operations []*ast.QueryDocument) {
	t.Helper()
	all, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		t.Fatal(err)
	}
	for _, operation := range all.Operations {
		document := &ast.QueryDocument{Operations: ast.OperationList{operation}}
		addFragments(document, operation.SelectionSet, all.Fragments)
		var source strings.Builder
		formatter.NewFormatter(&source).FormatQueryDocument(document)
		loaded, errs := gqlparser.LoadQueryWithRules(schema, source.String(), nil)
		if errs != nil {
			t.Errorf("%s: %v", source.String(), errs)
			continue
		}
		operations = append(operations, loaded)
	}
	return operations
}

func addFragments(document *ast.QueryDocument, set ast.SelectionSet, all ast.FragmentDefinitionList) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			addFragments(document, s.SelectionSet, all)
		case *ast.InlineFragment:
			addFragments(document, s.SelectionSet, all)
		case *ast.FragmentSpread:
			if fragment := all.ForName(s.Name); fragment != nil && document.Fragments.ForName(s.Name) == nil {
				document.Fragments = append(document.Fragments, fragment)
				addFragments(document, fragment.SelectionSet, all)
			}
		}
	}
}

// 890 bytes once brought an answer of 6.5 MB.
func TestManyAliasesOfAFullQueueAreRefused(t *testing.T) {
	p := newParty(t, testdb.SQLite(t))
	var songs strings.Builder
	for i := range 28 {
		fmt.Fprintf(&songs, " s%d:song{uri name artists albumName imageUrl durationMs}", i)
	}
	refused := p.first.failure(p.host, `{room(id:"`+p.roomID+`"){queue{items{`+songs.String()+`}}}}`)
	if refused.Extensions.Code != "GRAPHQL_VALIDATION_FAILED" ||
		!strings.Contains(refused.Message, `The list "items" alone can cost 98000`) {
		t.Errorf("got %+v", refused)
	}
	var got struct {
		Room struct{ Queue struct{ Items []any } }
	}
	p.first.ask(p.host, `{room(id:"`+p.roomID+`"){queue{items{id likeCount song{uri name artists albumName}}}}}`, &got)
}

// spent runs an operation as a stream of events, and returns what it cost its user until its first event.
func (s *server) spent(who *person, operation *ast.QueryDocument) int {
	s.Helper()
	var text strings.Builder
	formatter.NewFormatter(&text).FormatQueryDocument(operation)
	variables := map[string]any{"roomId": s.roomID, "code": "NOBODY"}
	body, err := json.Marshal(map[string]any{"query": text.String(), "variables": variables})
	s.must(err)
	ctx, cancel := context.WithTimeout(s.Context(), soon)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, bytes.NewReader(body))
	s.must(err)
	for name, value := range map[string]string{
		"Content-Type": "application/json", "Accept": "text/event-stream", "GraphQL-Cost": "1",
		"Authorization": "Bearer " + who.token,
	} {
		request.Header.Set(name, value)
	}
	response, err := s.Client().Do(request)
	s.must(err)
	defer response.Body.Close()
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			var got costly
			s.must(json.Unmarshal([]byte(data), &got))
			if len(got.Errors) > 0 {
				s.Errorf("%s: %s", text.String(), data)
			}
			return got.of("cost").Requested
		}
	}
	s.Fatalf("%s was not answered", text.String())
	return 0
}

// After a restart of the server the phones of three hundred guests, at one address, load the page and subscribe again,
// all at once. That must cost the address a fraction of what it may spend at once.
func TestThreeHundredPhonesComeBackAtOnce(t *testing.T) {
	p := newParty(t, testdb.SQLite(t))
	for n := range 100 {
		p.must(p.addSong(p.host, n+1))
	}
	gina := p.join("Gina")
	ofPhone := []string{
		"RoomByCode", "RoomById", "RoomChanges", "QueueChanges", "PlaybackChanges", "ScheduleChanges", "ViewerChanges",
		"Played", "Recap",
	}
	const phones, screens = 300, 10
	spent, operations := 0, 0
	for _, operation := range operationsOfClients(t) {
		if slices.Contains(ofPhone, operation.Operations[0].Name) {
			operations++
			spent += p.first.spent(gina, operation)
		}
	}
	if operations != len(ofPhone) {
		t.Errorf("%d operations of a phone were found", operations)
	}
	const available = 40 * 50_000 // what an address may spend at once by default, see gqlserver.Limits
	t.Logf("a phone spends %d points, all spend %d of %d", spent, (phones+screens)*spent, available)
	if spent < 500 || (phones+screens)*spent > available/2 {
		t.Errorf("%d phones and %d screens spend %d points each, of %d", phones, screens, spent, available)
	}
}
