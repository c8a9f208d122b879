package internal

import (
	"strings"
	"testing"

	"antwon.dj/backend/ent/migrate"
)

// docs/security.md says for each table of the database what bounds it, and which test shows that. It lists no other
// tables.
func TestEveryTableHasADocumentedBound(t *testing.T) {
	_, section, _ := strings.Cut(documents(t)["docs/security.md"], "\n## What bounds each table\n")
	section, _, _ = strings.Cut(section, "\n## ")
	bounded := map[string]bool{}
	for _, row := range rowsShownByTests(section) {
		cells := strings.Split(strings.Trim(row, "| "), "|")
		if len(cells) != 4 || len(strings.TrimSpace(cells[2])) < 10 {
			t.Errorf("it is not said what bounds %s", row)
		}
		for _, name := range code.FindAllString(cells[0], -1) {
			bounded[strings.Trim(name, "`")] = true
		}
	}
	for _, table := range migrate.Tables {
		if !bounded[table.Name] {
			t.Errorf("docs/security.md does not say what bounds the table %s", table.Name)
		}
		delete(bounded, table.Name)
	}
	for name := range bounded {
		t.Errorf("docs/security.md bounds %s, which is no table", name)
	}
}
