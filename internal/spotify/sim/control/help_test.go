package control

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"antwon.dj/backend/internal/spotify/sim"
)

// TestEverySwitchIsDocumented looks for everything that tests can switch in the package's documentation and in the help
// of the control endpoint.
func TestEverySwitchIsDocumented(t *testing.T) {
	source, err := os.ReadFile("../doc.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Concat(
		fieldNames(sim.Switches{}), fieldNames(sim.AppSwitches{}), fieldNames(sim.Fault{}), fieldNames(sim.Look{}),
		sim.LookKinds(), sim.BrokenKinds(),
	) {
		whole := regexp.MustCompile(`(^|[^\w-])` + regexp.QuoteMeta(name) + `($|[^\w-])`)
		for where, text := range map[string]string{"doc.go": string(source), "GET /control/": help} {
			if !whole.MatchString(text) {
				t.Errorf("%s does not mention %q", where, name)
			}
		}
	}
	for _, name := range fieldNames(sim.Device{}) {
		if !strings.Contains(string(source), name) {
			t.Errorf("doc.go does not mention the device's %q", name)
		}
	}
}

// fieldNames returns the names of a struct's fields as the control endpoint has them.
func fieldNames(of any) (names []string) {
	for i := range reflect.TypeOf(of).NumField() {
		name, _, _ := strings.Cut(reflect.TypeOf(of).Field(i).Tag.Get("json"), ",")
		names = append(names, strings.TrimSuffix(name, "_ns"))
	}
	return names
}
