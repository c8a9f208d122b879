package release_test

import (
	"slices"
	"strings"
	"testing"
)

// Each program, and the web pages, have a list of their components, in the format CycloneDX.
func TestComponentsAreListed(t *testing.T) {
	d := openDist(t)
	programs := len(d.all("Binary"))
	lists := d.all("SBOM")
	if len(lists) != programs+1 {
		t.Errorf("there are %d lists for %d programs and their pages", len(lists), programs)
	}
	for _, list := range lists {
		want := []string{"entgo.io/ent", "github.com/99designs/gqlgen", "modernc.org/sqlite", "std"}
		if strings.Contains(list.Name, "pages") {
			want = []string{"vite"}
		}
		names := components(d, list.Path)
		for _, name := range want {
			if !slices.Contains(names, name) {
				t.Errorf("%s lists %d components, and %s is not among them", list.Name, len(names), name)
			}
		}
	}
}

// components returns the names of the components that a list has.
func components(d dist, path string) []string {
	d.t.Helper()
	var list struct {
		BOMFormat  string
		Components []struct{ Name string }
	}
	d.readJSON(strings.TrimPrefix(path, "dist/"), &list)
	if list.BOMFormat != "CycloneDX" {
		d.t.Errorf("%s has the format %q", path, list.BOMFormat)
	}
	var names []string
	for _, component := range list.Components {
		names = append(names, component.Name)
	}
	return names
}
