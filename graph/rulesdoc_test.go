package graph_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"antwon.dj/backend/internal/testdb"
)

// docs/rules.md has a row for each setting of the schema, with the default of a new room, and names every refusal.
func TestEveryRuleIsDocumented(t *testing.T) {
	document := read(t, "../docs/rules.md")
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphqls", Input: read(t, "../schema.graphqls")})
	if err != nil {
		t.Fatal(err)
	}
	written := defaultsIn(document)
	inForce := settingsOfANewRoom(t, schema)
	for _, field := range schema.Types["RoomSettingsInput"].Fields {
		if have, row := written[field.Name]; !row || have != inForce[field.Name] {
			t.Errorf("%s: docs/rules.md has the default %q, a new room has %q", field.Name, have, inForce[field.Name])
		}
		delete(written, field.Name)
	}
	if len(written) > 0 {
		t.Errorf("docs/rules.md has settings that do not exist: %v", written)
	}
	for _, reason := range schema.Types["RefusalReason"].EnumValues {
		if !strings.Contains(document, "| "+reason.Name+" |") {
			t.Errorf("docs/rules.md has no row with the refusal %s", reason.Name)
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// defaultsIn returns the defaults in the table of settings, by name.
func defaultsIn(document string) map[string]string {
	defaults := map[string]string{}
	row := regexp.MustCompile("(?m)^\\| `(\\w+)` \\| [^|]+ \\| `([^`]+)` " +
		`\|[^|]*\| host, co-hosts \| [^|]+ \| [^|]+ \|$`)
	for _, cells := range row.FindAllStringSubmatch(document, -1) {
		defaults[cells[1]] = cells[2]
	}
	return defaults
}

func settingsOfANewRoom(t *testing.T, schema *ast.Schema) map[string]string {
	t.Helper()
	p := newParty(t, testdb.SQLite(t))
	var names []string
	for _, field := range schema.Types["RoomSettingsInput"].Fields {
		names = append(names, field.Name)
	}
	var answer struct {
		Room struct{ Settings map[string]any }
	}
	query := fmt.Sprintf("query($r: ID!) { room(id: $r) { settings { %s } } }", strings.Join(names, " "))
	p.first.ask(p.host, query, &answer)
	settings := map[string]string{}
	for name, value := range answer.Room.Settings {
		text, err := json.Marshal(value)
		p.must(err)
		settings[name] = strings.Trim(string(text), `"`)
	}
	return settings
}
