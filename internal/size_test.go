package internal

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	maxPackageLines    = 6_000 // without tests and generated code
	maxExportedMethods = 60    // of one type
	maxFunctionLines   = 40    // in the core
)

// core are the packages that implement parties: their rules, their state and their use cases.
var core = []string{"internal/account", "internal/database", "internal/jukebox", "internal/party", "internal/roomstate"}

// packageSize is how large a package is, without tests and generated code.
type packageSize struct {
	files, lines int
	methods      map[string]int // exported ones, by type
	longest      int            // lines of the longest function
	longestName  string
}

// Packages stay small enough to be read. The log shows the numbers: go test ./internal -run TestPackagesStaySmall -v
func TestPackagesStaySmall(t *testing.T) {
	sizes := packageSizes(t)
	t.Logf("%-40s %6s %6s %8s %8s", "package", "files", "lines", "methods", "longest")
	for _, path := range sortedKeys(sizes) {
		size := sizes[path]
		most, methods := mostMethods(size.methods)
		t.Logf("%-40s %6d %6d %8d %8d", path, size.files, size.lines, methods, size.longest)
		if size.lines > maxPackageLines {
			t.Errorf("%s has %d lines, more than %d", path, size.lines, maxPackageLines)
		}
		if methods > maxExportedMethods {
			t.Errorf("%s.%s has %d exported methods, more than %d", path, most, methods, maxExportedMethods)
		}
		if slices.Contains(core, path) && size.longest > maxFunctionLines {
			t.Errorf("%s.%s has %d lines, more than %d", path, size.longestName, size.longest, maxFunctionLines)
		}
	}
}

func packageSizes(t *testing.T) map[string]*packageSize {
	t.Helper()
	sizes := map[string]*packageSize{}
	for _, root := range []string{"cmd", "graph", "internal", "web"} {
		err := filepath.WalkDir(filepath.Join("..", root), func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && d.Name() == "node_modules":
				return filepath.SkipDir
			case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			return measure(sizes, path)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return sizes
}

// measure adds a file to the size of its package, unless the file is generated.
func measure(sizes map[string]*packageSize, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	if ast.IsGenerated(file) {
		return nil
	}
	name := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "../")
	size := sizes[name]
	if size == nil {
		size = &packageSize{methods: map[string]int{}}
		sizes[name] = size
	}
	size.files++
	size.lines += bytes.Count(text, []byte("\n"))
	for _, decl := range file.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok {
			size.add(fn, set.Position(fn.End()).Line-set.Position(fn.Pos()).Line+1)
		}
	}
	return nil
}

func (s *packageSize) add(fn *ast.FuncDecl, lines int) {
	if lines > s.longest {
		s.longest, s.longestName = lines, fn.Name.Name
	}
	if fn.Recv == nil || !fn.Name.IsExported() {
		return
	}
	receiver := fn.Recv.List[0].Type
	if pointer, ok := receiver.(*ast.StarExpr); ok {
		receiver = pointer.X
	}
	if name, ok := receiver.(*ast.Ident); ok {
		s.methods[name.Name]++
	}
}

func mostMethods(methods map[string]int) (name string, n int) {
	for _, candidate := range sortedKeys(methods) {
		if methods[candidate] > n {
			name, n = candidate, methods[candidate]
		}
	}
	return name, n
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
