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

// described finds operations in the description; nil: there is none, and t was told.
func described(t testing.TB) routers.Router {
	t.Helper()
	router, err := loaded()
	switch {
	case err == nil:
		return router
	case !errors.Is(err, fs.ErrNotExist), os.Getenv("ANTWON_TEST_STRICT") == "1":
		t.Fatalf("OpenAPI contract: %v", err)
	default:
		t.Logf("OpenAPI contract left out: %v", err)
	}
	return nil
}

// loaded reads the description once: it is large.
var loaded = sync.OnceValues(func() (routers.Router, error) {
	path, err := file()
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

// file is the description's path, beside the module's root.
func file() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("this is no module")
		}
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(filepath.Dir(dir), "shared", "spotify-openapi.yml")
	_, err = os.Stat(path)
	return path, err
}
