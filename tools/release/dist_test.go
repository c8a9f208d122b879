// Package release tests a release: it unpacks and starts the files that make release-snapshot, or a real release, has
// left in dist. It does not build anything itself.
package release_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// repository is where goreleaser runs: paths in its lists begin there.
const repository = "../.."

// dist is what goreleaser has built.
type dist struct {
	t         *testing.T
	version   string
	commit    string
	artifacts []artifact
}

// artifact is a file that a release consists of.
type artifact struct {
	Name, Path, Type, Goos, Goarch string
}

// openDist returns the release in dist. It fails the test if there is none.
func openDist(t *testing.T) dist {
	t.Helper()
	d := dist{t: t}
	var metadata struct{ Version, Commit string }
	d.readJSON("metadata.json", &metadata)
	d.readJSON("artifacts.json", &d.artifacts)
	d.version, d.commit = metadata.Version, metadata.Commit
	if len(d.commit) != 40 {
		t.Fatalf("the release is of the commit %q", d.commit)
	}
	return d
}

func (d dist) readJSON(name string, into any) {
	d.t.Helper()
	if err := json.Unmarshal([]byte(d.read("dist/"+name)), into); err != nil {
		d.t.Fatalf("%s: %v", name, err)
	}
}

// read returns a file of the repository.
func (d dist) read(path string) string {
	d.t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, path))
	if err != nil {
		d.t.Fatalf("%v (make release-snapshot builds a release)", err)
	}
	return string(text)
}

// all returns the artifacts of a type. There is one at least.
func (d dist) all(kind string) []artifact {
	d.t.Helper()
	var found []artifact
	for _, a := range d.artifacts {
		if a.Type == kind {
			found = append(found, a)
		}
	}
	if len(found) == 0 {
		d.t.Fatalf("the release has no %s", kind)
	}
	return found
}

// file returns the path of the one artifact of a type, for an architecture of Linux, that ends like this.
func (d dist) file(kind, arch, suffix string) string {
	d.t.Helper()
	for _, a := range d.all(kind) {
		if a.Goos == "linux" && a.Goarch == arch && strings.HasSuffix(a.Name, suffix) {
			path, err := filepath.Abs(filepath.Join(repository, a.Path))
			if err != nil {
				d.t.Fatal(err)
			}
			return path
		}
	}
	d.t.Fatalf("the release has no %s for %s", kind, arch)
	return ""
}

// tool returns the path of a command that the test needs. Without it the test is left out, or fails if no test may be
// left out.
func tool(t *testing.T, what, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		leaveOut(t, what, "there is no "+name)
	}
	return path
}

func leaveOut(t *testing.T, what, why string) {
	t.Helper()
	if os.Getenv("ANTWON_TEST_STRICT") == "1" {
		t.Fatalf("%s must not be left out here: %s", what, why)
	}
	t.Skipf("%s left out: %s", what, why)
}

// output runs a command and returns what it prints.
func output(t *testing.T, command string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), command, args...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", command, strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}
