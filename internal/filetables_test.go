package internal

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// If a package's doc comment has a table of its files, the table has all of them, and no others. A file stands there by
// its name, by a pattern such as config*.go, or by the beginning of its name, such as queue_.
func TestTablesOfFilesAreComplete(t *testing.T) {
	row := regexp.MustCompile(`(?m)^\t?\s*(\w+\*?\.go|[a-z]+_)[, ].*$`)
	name := regexp.MustCompile(`[\w*]+\.go\b|\b[a-z]+_\s`)
	tables := 0
	for _, pkg := range packages(t) {
		directory := filepath.Join(root, strings.TrimPrefix(pkg.ImportPath, module))
		doc, files := readPackage(t, directory)
		rows := row.FindAllString(doc, -1)
		if len(rows) < 3 {
			continue // only a sentence names a file
		}
		tables++
		listed := map[string]bool{}
		for _, pattern := range name.FindAllString(strings.Join(rows, "\n"), -1) {
			if concern, isPrefix := strings.CutSuffix(strings.TrimSpace(pattern), "_"); isPrefix {
				pattern = concern + "*.go"
			}
			found, err := filepath.Glob(filepath.Join(directory, pattern))
			if err != nil {
				t.Fatal(err)
			}
			if len(found) == 0 {
				t.Errorf("%s: the table of files has %s, which does not exist", directory, pattern)
			}
			for _, file := range found {
				listed[file] = true
			}
		}
		for _, file := range files {
			if !listed[file] && filepath.Base(file) != "doc.go" {
				t.Errorf("%s: the table of files does not have %s", directory, filepath.Base(file))
			}
		}
	}
	if tables < 15 {
		t.Errorf("only %d tables were found", tables)
	}
}

// readPackage returns a package's doc comment, from whichever file has one, and its hand-written files without tests.
func readPackage(t *testing.T, directory string) (doc string, files []string) {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(directory, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range all {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") || ast.IsGenerated(parsed) {
			continue
		}
		doc += parsed.Doc.Text()
		files = append(files, file)
	}
	return doc, files
}
