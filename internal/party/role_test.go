package party_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"antwon.dj/backend/internal/party"
)

// docs/security.md has the same table of permissions as the code.
func TestPermissionsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "| action |")
	table, _, _ = strings.Cut(table, "\n\n")
	written := map[party.Action][]party.Role{}
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 7 || strings.Contains(line, "---") || strings.Contains(line, "co-host | guest") {
			continue
		}
		var roles []party.Role
		for i, role := range []party.Role{
			party.RoleHost, party.RoleCohost, party.RoleGuest, party.RoleTablet, party.RoleScreen,
		} {
			if strings.TrimSpace(cells[i+2]) == "yes" {
				roles = append(roles, role)
			}
		}
		written[party.Action(strings.TrimSpace(cells[0]))] = roles
	}
	for _, action := range party.Actions() {
		if roles := action.Roles(); !slices.Equal(written[action], roles) {
			t.Errorf("%s: docs/security.md has %v, the code has %v", action, written[action], roles)
		}
	}
	if len(written) != len(party.Actions()) {
		t.Errorf("docs/security.md has %d actions, the code has %d", len(written), len(party.Actions()))
	}
}
