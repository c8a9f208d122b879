// Package internal holds nothing but tests that guard the shape of the repository: which package may use which, and
// that documents and code agree.
package internal

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "antwon.dj/backend/"

// mayUse says which packages of this module each package may import. Data flows in one direction, and so do these
// arrows. A new package needs a line here. Test files may import anything, because tests drive several parts together.
var mayUse = map[string][]string{
	"cmd/antwon": {
		"graph", "internal/account", "internal/database", "internal/demo", "internal/gqlserver", "internal/jukebox",
		"internal/live", "internal/live/natsbus", "internal/party", "internal/playback", "internal/purge", "internal/push",
		"internal/secrets", "internal/server", "internal/session",
		"internal/session/openid", "internal/spotify", "internal/spotify/sim", "internal/spotify/sim/control",
		"internal/telemetry", "internal/telemetry/emf", "internal/timeline", "web",
	},
	"cmd/antwon-bench": {
		"cmd/antwon-bench/attack", "cmd/antwon-bench/check", "cmd/antwon-bench/fixture", "cmd/antwon-bench/latency",
		"cmd/antwon-bench/likes", "cmd/antwon-bench/reads", "cmd/antwon-bench/realtime", "cmd/antwon-bench/slow",
	},
	"cmd/antwon-bench/attack": {"cmd/antwon-bench/fixture", "cmd/antwon-bench/stats", "internal/party"},
	"cmd/antwon-bench/check":  {"cmd/antwon-bench/fixture", "cmd/antwon-bench/likes", "cmd/antwon-bench/realtime"},
	"cmd/antwon-bench/fixture": {
		"internal/account", "internal/database", "internal/jukebox", "internal/live", "internal/party", "internal/session",
		"internal/testdb/mysqldb",
	},
	"cmd/antwon-bench/latency": {
		"cmd/antwon-bench/fixture", "cmd/antwon-bench/stats", "graph", "internal/gqlserver", "internal/jukebox",
		"internal/party",
	},
	"cmd/antwon-bench/likes": {"cmd/antwon-bench/fixture", "cmd/antwon-bench/stats", "internal/account"},
	"cmd/antwon-bench/reads": {
		"cmd/antwon-bench/fixture", "cmd/antwon-bench/stats", "internal/jukebox", "internal/lists", "internal/party",
	},
	"cmd/antwon-bench/realtime": {
		"cmd/antwon-bench/fixture", "cmd/antwon-bench/realtime/measure", "cmd/antwon-bench/realtime/seed",
		"cmd/antwon-bench/realtime/server", "cmd/antwon-bench/realtime/trial",
	},
	"cmd/antwon-bench/realtime/load": {},
	"cmd/antwon-bench/realtime/measure": {
		"cmd/antwon-bench/fixture", "cmd/antwon-bench/realtime/load", "cmd/antwon-bench/realtime/server",
		"cmd/antwon-bench/realtime/trial", "cmd/antwon-bench/stats",
	},
	"cmd/antwon-bench/realtime/seed": {"cmd/antwon-bench/fixture", "internal/account", "internal/party"},
	"cmd/antwon-bench/realtime/server": {
		"cmd/antwon-bench/fixture", "cmd/antwon-bench/realtime/seed", "graph", "internal/account", "internal/gqlserver",
		"internal/jukebox", "internal/party", "internal/server", "web",
	},
	"cmd/antwon-bench/realtime/trial": {
		"cmd/antwon-bench/realtime/load", "cmd/antwon-bench/realtime/seed", "cmd/antwon-bench/realtime/server",
	},
	"cmd/antwon-bench/slow":  {"cmd/antwon-bench/fixture", "internal/testdb/slowproxy"},
	"cmd/antwon-bench/stats": {},
	"graph": {
		"internal/gqlserver", "internal/gqlserver/incremental", "internal/account", "internal/jukebox", "internal/lists",
		"internal/party", "internal/push", "internal/reactions",
	},
	"internal/server":  {"internal/account", "internal/party", "internal/preview", "internal/ratelimit"},
	"internal/preview": {},
	"internal/gqlserver": {
		"internal/gqlserver/deflate", "internal/gqlserver/guard", "internal/gqlserver/incremental",
		"internal/gqlserver/sockets", "internal/ratelimit",
	},
	"internal/gqlserver/deflate":     {},
	"internal/gqlserver/incremental": {},
	"internal/gqlserver/guard":       {"internal/ratelimit"},
	"internal/gqlserver/sockets":     {},
	"internal/secrets":               {},
	"internal/secrets/fakeaws":       {},
	"internal/session":               {"internal/account", "internal/party"},
	"internal/session/openid":        {"internal/account", "internal/party"},
	"internal/spotify":               {"internal/account", "internal/party", "internal/playback"},
	"internal/spotify/contract":      {},
	"internal/spotify/sim":           {},
	"internal/spotify/sim/control":   {"internal/spotify/sim", "internal/spotify/sim/trouble"},
	"internal/spotify/sim/trouble":   {"internal/spotify/sim"},
	"internal/playback":              {"internal/party", "internal/live"},
	"internal/demo": {
		"internal/account", "internal/database", "internal/jukebox", "internal/party", "internal/spotify",
		"internal/spotify/sim",
		"ent",
	},
	"internal/catalog":   {"internal/database", "internal/party", "internal/roomstate", "ent"},
	"internal/library":   {"internal/account", "internal/party"},
	"internal/lists":     {"internal/database", "internal/party", "internal/roomstate", "ent"},
	"internal/offers":    {"internal/party", "internal/roomstate", "ent"},
	"internal/purge":     {"internal/database", "internal/likes", "internal/party", "ent"},
	"internal/push":      {"internal/account", "internal/database", "internal/party", "ent"},
	"internal/reactions": {"internal/live", "internal/party", "internal/ratelimit"},
	"internal/groups":    {"internal/database", "internal/party"},
	"internal/likes":     {"internal/bulk", "internal/database", "internal/party"},
	"internal/bulk":      {"internal/database", "internal/party", "internal/roomstate", "ent"},
	"internal/jukebox": {
		"internal/account", "internal/bulk", "internal/catalog", "internal/database", "internal/groups", "internal/library",
		"internal/likes", "internal/lists", "internal/live", "internal/offers", "internal/party", "internal/push",
		"internal/ratelimit", "internal/reactions",
		"internal/roomstate", "internal/timeline", "ent",
	},
	"internal/timeline":         {"internal/database", "internal/party", "ent"},
	"internal/roomstate":        {"internal/database", "internal/live", "internal/party", "ent"},
	"internal/account":          {"internal/party", "internal/database", "internal/live", "internal/ratelimit", "ent"},
	"internal/database":         {"ent"},
	"internal/party":            {},
	"internal/ratelimit":        {},
	"internal/live":             {},
	"internal/live/natsbus":     {"internal/live"},
	"internal/telemetry":        {},
	"internal/telemetry/emf":    {},
	"internal/testdb":           {"internal/testdb/mysqldb", "internal/testport", "ent"},
	"internal/testport":         {},
	"internal/testdb/mysqldb":   {},
	"internal/testdb/slowproxy": {},
	"internal/testlog":          {},
	"internal/testpush":         {},
	"web":                       {},
	"ent":                       {"ent"},
}

func TestArrowsPointDown(t *testing.T) {
	for _, pkg := range packages(t) {
		name := strings.TrimPrefix(pkg.ImportPath, module)
		key := name
		if name == "ent" || strings.HasPrefix(name, "ent/") {
			key = "ent"
		}
		allowed, known := mayUse[key]
		if !known {
			if len(pkg.GoFiles) > 0 {
				t.Errorf("%s is missing in mayUse: add a line with the packages that it may import", name)
			}
			continue
		}
		for _, imported := range pkg.Imports {
			if used, ours := strings.CutPrefix(imported, module); ours && !permitted(used, allowed) {
				t.Errorf("%s imports %s, which mayUse does not allow", name, used)
			}
		}
	}
}

func permitted(used string, allowed []string) bool {
	for _, a := range allowed {
		if used == a || a == "ent" && strings.HasPrefix(used, "ent/") {
			return true
		}
	}
	return false
}

type goPackage struct {
	ImportPath string
	GoFiles    []string
	Imports    []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,GoFiles,Imports", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var pkg goPackage
		if err := decoder.Decode(&pkg); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, pkg)
	}
	if len(all) < len(mayUse) {
		t.Fatalf("go list found %d packages, fewer than have a line in mayUse", len(all))
	}
	return all
}

// The domain is pure: internal/party computes, and does nothing else. Its tests need no database either.
func TestDomainIsPure(t *testing.T) {
	files := token.NewFileSet()
	sources, err := filepath.Glob("party/*.go")
	if err != nil || len(sources) < 20 {
		t.Fatalf("found %d sources, error %v", len(sources), err)
	}
	for _, source := range sources {
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(files, source, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, impurity := range impurities(t, file) {
			t.Errorf("%s: %s", files.Position(impurity.at), impurity.what)
		}
	}

	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-test", module+"internal/party").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	if slices.Contains(strings.Fields(string(out)), "database/sql") { // every driver registers itself there
		t.Error("the tests of internal/party link database/sql, and so perhaps a driver")
	}
}

// impurity is something that a pure package must not do, and where it does it.
type impurity struct {
	at   token.Pos
	what string
}

// impurities returns the imports of a file that reach the world outside, and its uses of the clock.
func impurities(t *testing.T, file *ast.File) (found []impurity) {
	t.Helper()
	outside := []string{"context", "database/sql", "entgo.io", "net", "os", "syscall", strings.TrimSuffix(module, "/")}
	clock := []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer"}
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if path == "net/url" { // parses texts, and does not use the network
			continue
		}
		for _, forbidden := range outside {
			if path == forbidden || strings.HasPrefix(path, forbidden+"/") {
				found = append(found, impurity{spec.Pos(), "imports " + path})
			}
		}
		if path == "time" && spec.Name != nil {
			found = append(found, impurity{spec.Pos(), "imports time under another name, so this test cannot find its uses"})
		}
	}
	ast.Inspect(file, func(node ast.Node) bool {
		selector, ok := node.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if pkg, ok := selector.X.(*ast.Ident); ok && pkg.Name == "time" && slices.Contains(clock, selector.Sel.Name) {
			found = append(found, impurity{node.Pos(), "uses time." + selector.Sel.Name})
		}
		return true
	})
	return found
}

func TestImpuritiesAreFound(t *testing.T) {
	source := `package p
		import ("context"; "net/http"; "net/url"; "antwon.dj/backend/ent"; "time")
		var at, d = time.Now(), time.Second
		func f() { _ = time.Since(at) }`
	file, err := parser.ParseFile(token.NewFileSet(), "p.go", source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, impurity := range impurities(t, file) {
		got = append(got, impurity.what)
	}
	want := []string{
		"imports context", "imports net/http", "imports antwon.dj/backend/ent", "uses time.Now", "uses time.Since",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
