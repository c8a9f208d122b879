package main_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The Go client that genqlient generates, in a module of its own, passes the same story as npm's clients.
func TestGenqlientTellsTheWholeStory(t *testing.T) {
	t.Parallel()
	binary(t)
	program := buildGenqlient(t)
	tellStory(t, func(s *server) *script {
		return startProgram(t, nil, exec.CommandContext(context.WithoutCancel(t.Context()), program, s.url))
	})
}

// buildGenqlient builds the program of test/genqlient. It skips the test where the module's requirements are missing
// and cannot be downloaded.
func buildGenqlient(t *testing.T) (path string) {
	t.Helper()
	const folder = "../../test/genqlient"
	download := exec.CommandContext(t.Context(), "go", "mod", "download", "github.com/Khan/genqlient")
	download.Dir = folder
	if out, err := download.CombinedOutput(); err != nil {
		if os.Getenv("ANTWON_TEST_STRICT") == "1" {
			t.Fatalf("genqlient is required here: %v\n%s", err, out)
		}
		t.Skipf("genqlient left out: %v\n%s", err, out)
	}
	path = filepath.Join(t.TempDir(), "genqlient")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", path, ".")
	build.Dir = folder
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}
