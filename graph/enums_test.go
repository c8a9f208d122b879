package graph_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	gqlast "github.com/vektah/gqlparser/v2/ast"

	"antwon.dj/backend/graph"
	"antwon.dj/backend/internal/party"
)

// Every enum of the schema has exactly the values of the constants of the Go type to which gqlgen binds it.
func TestEnumsHaveTheValuesOfTheirGoConstants(t *testing.T) {
	generated := read(t, "generated.go")
	enums := 0
	for name, definition := range graph.NewExecutableSchema(graph.Config{}).Schema().Types {
		if definition.Kind != gqlast.Enum || strings.HasPrefix(name, "__") {
			continue
		}
		enums++
		pkg, goType, err := boundType(generated, name)
		if err != nil {
			t.Error(err)
			continue
		}
		var values []string
		for _, value := range definition.EnumValues {
			values = append(values, value.Name)
		}
		slices.Sort(values)
		if constants := constantsOf(t, pkg, goType); !slices.Equal(values, constants) {
			t.Errorf("enum %s has %v, and the constants of %s.%s are %v", name, values, pkg, goType, constants)
		}
	}
	if enums < 10 {
		t.Errorf("only %d enums were found", enums)
	}
}

// A client shows the message of an event whose kind it does not know, so every kind has one.
func TestEveryKindOfEventHasAMessage(t *testing.T) {
	kinds := graph.NewExecutableSchema(graph.Config{}).Schema().Types["RoomEventKind"].EnumValues
	if len(kinds) < 20 {
		t.Errorf("only %d kinds were found", len(kinds))
	}
	for _, kind := range kinds {
		event := party.RoomEvent{Kind: party.EventKind(kind.Name)}
		if message := event.Message(); len(message) < 10 || !strings.HasPrefix(message, "The ") ||
			!strings.HasSuffix(message, ".") || strings.Contains(message, "{") {
			t.Errorf("the message of %s is %q, want a sentence", kind.Name, message)
		}
	}
	detail := "VOTE"
	voted := party.RoomEvent{
		Kind: party.EventSkipped, Detail: &detail, Actor: &party.Participant{DisplayName: "Gina"},
		Item: &party.QueueItem{Song: party.Song{Name: "Song 1"}},
	}
	if got, want := voted.Message(), "The guests voted “Song 1” out, and Gina cast the last vote."; got != want {
		t.Errorf("the message is %q, want %q", got, want)
	}
}

// An action without a line in the table of permissions would be forbidden to all, and missing in every test about
// actions.
func TestEveryActionIsInTheTableOfPermissions(t *testing.T) {
	var listed []string
	for _, action := range party.Actions() {
		listed = append(listed, string(action))
	}
	if constants := constantsOf(t, "party", "Action"); !slices.Equal(constants, listed) {
		t.Errorf("the constants are %v, and the table has %v", constants, listed)
	}
}

// Every kind of event has a sentence in the console's log. The pages' own tests compare the languages.
func TestEveryKindOfEventHasASentenceInTheConsole(t *testing.T) {
	sentences := read(t, "../web/src/host/recap/en.ts")
	kinds := constantsOf(t, "party", "EventKind")
	if len(kinds) < 20 {
		t.Errorf("only %d kinds were found", len(kinds))
	}
	for _, kind := range kinds {
		if !regexp.MustCompile(`(?m)^    ` + kind + `(_[A-Z]+)?: `).MatchString(sentences) {
			t.Errorf("web/src/host/recap/en.ts has no sentence for %s", kind)
		}
	}
}

// Every mutation of something in a room is among the use cases that internal/jukebox tries in every role. The test
// finds these mutations in the schema: they take the id of a room or of a queue item.
func TestEveryMutationInARoomIsTriedInEveryRole(t *testing.T) {
	resolvers, tried := readAll(t, "*.go"), read(t, "../internal/jukebox/access_test.go")
	mutations := 0
	for _, field := range graph.NewExecutableSchema(graph.Config{}).Schema().Mutation.Fields {
		if field.Arguments.ForName("roomId") == nil && field.Arguments.ForName("itemId") == nil {
			continue
		}
		mutations++
		resolver := strings.ToUpper(field.Name[:1]) + field.Name[1:]
		calls := regexp.MustCompile(`(?s)\(r mutationResolver\) ` + resolver + `\(.*?\br\.jukebox\.(\w+)\(`)
		call := calls.FindStringSubmatch(resolvers)
		switch {
		case call == nil:
			t.Errorf("%s: no use case of its resolver was found", field.Name)
		case !strings.Contains(tried, "p."+call[1]+"("):
			t.Errorf("%s: internal/jukebox/access_test.go does not try %s in every role", field.Name, call[1])
		}
	}
	if mutations < 15 {
		t.Errorf("only %d mutations were found", mutations)
	}
}

// boundType finds in the generated code which Go type of which internal package an enum is bound to: gqlgen writes it
// into the names of the functions that convert the enum.
func boundType(generated, enum string) (pkg, goType string, err error) {
	converts := regexp.MustCompile(`marshal[NO]` + enum + `2ᚖ?antwonᚗdjᚋbackendᚋinternalᚋ(\w+)ᚐ(\w+)\(`)
	found := map[[2]string]bool{}
	for _, match := range converts.FindAllStringSubmatch(generated, -1) {
		found[[2]string{match[1], match[2]}] = true
	}
	if len(found) != 1 {
		return "", "", fmt.Errorf("enum %s is bound to %d types of internal packages, want one: %v", enum, len(found), found)
	}
	for bound := range found {
		pkg, goType = bound[0], bound[1]
	}
	return pkg, goType, nil
}

// noImports makes every import fail: constants do not need any.
type noImports struct{}

func (noImports) Import(path string) (*types.Package, error) {
	return nil, errors.New(path + " is not needed")
}

// constantsOf returns the values of all constants of a string type of an internal package, sorted.
func constantsOf(t *testing.T, pkg, goType string) []string {
	t.Helper()
	paths, err := filepath.Glob("../internal/" + pkg + "/*.go")
	if err != nil || len(paths) == 0 {
		t.Fatalf("the sources of %s: found %d, error %v", pkg, len(paths), err)
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	config := types.Config{Importer: noImports{}, Error: func(error) {}} // for example about the missing imports
	checked, _ := config.Check(pkg, set, files, nil)
	values := map[string]bool{}
	for _, name := range checked.Scope().Names() {
		c, isConstant := checked.Scope().Lookup(name).(*types.Const)
		if !isConstant {
			continue
		}
		named, isNamed := c.Type().(*types.Named)
		if isNamed && named.Obj().Pkg() == checked && named.Obj().Name() == goType {
			values[constant.StringVal(c.Val())] = true
		}
	}
	return slices.Sorted(maps.Keys(values))
}

// Every custom scalar of the schema has a check: without one, gqlserver passes any value to the resolvers.
func TestEveryScalarOfTheSchemaHasACheck(t *testing.T) {
	for name, definition := range graph.NewExecutableSchema(graph.Config{}).Schema().Types {
		if _, checked := graph.Scalars[name]; definition.Kind == gqlast.Scalar && !definition.BuiltIn && !checked {
			t.Errorf("graph.Scalars lacks %s", name)
		}
	}
}
