package contract

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

// loadRouter returns a router that finds operations in the description. Without a description it returns nil and says
// so in the test's log, or fails the test in strict mode.
func loadRouter(t testing.TB) routers.Router {
	t.Helper()
	router, err := description()
	switch {
	case err == nil:
		return router
	case !errors.Is(err, fs.ErrNotExist), os.Getenv("ANTWON_TEST_STRICT") == "1":
		t.Fatalf("OpenAPI contract: %v", err)
	default:
		t.Logf("OpenAPI contract left out: %v", err) // make test looks for "left out"
	}
	return nil
}

// description parses the description once per process, because the file is large.
var description = sync.OnceValues(func() (routers.Router, error) {
	path, err := descriptionPath()
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the description: %w", err)
	}
	doc.Servers = nil
	if err := widen(doc); err != nil {
		return nil, err
	}
	return legacy.NewRouter(doc, openapi3.DisableExamplesValidation(), openapi3.DisableSchemaPatternValidation())
})

// descriptionPath returns the path of the description, in a directory beside that of the module.
func descriptionPath() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no go.mod in any parent directory")
		}
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(filepath.Dir(dir), "shared", "spotify-openapi.yml")
	_, err = os.Stat(path)
	return path, err
}
