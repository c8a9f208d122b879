// Package internal holds nothing but the test that guards which package may use which.
package internal

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "antwon.dj/backend/"

// mayUse says which packages of ours each package may import. Data goes one way, and so do these arrows; a new package
// needs a line here. Tests are free: they drive several parts together.
var mayUse = map[string][]string{
	"cmd/antwon": {
		"graph", "internal/account", "internal/database", "internal/demo", "internal/gqlserver", "internal/jukebox", "internal/live",
		"internal/live/natsbus", "internal/party", "internal/playback", "internal/secrets", "internal/server", "internal/session",
		"internal/session/openid", "internal/spotify", "internal/spotify/sim", "internal/telemetry", "web",
	},
	"cmd/antwon-bench": {
		"cmd/antwon-bench/fixture", "cmd/antwon-bench/latency", "cmd/antwon-bench/likes", "cmd/antwon-bench/reads",
		"cmd/antwon-bench/realtime",
	},
	"cmd/antwon-bench/fixture": {
		"internal/account", "internal/database", "internal/jukebox", "internal/live", "internal/party", "internal/session",
		"internal/testdb/mysqldb",
	},
	"cmd/antwon-bench/latency": {
		"cmd/antwon-bench/fixture", "cmd/antwon-bench/stats", "graph", "internal/gqlserver", "internal/jukebox",
		"internal/party",
	},
	"cmd/antwon-bench/likes": {"cmd/antwon-bench/fixture", "cmd/antwon-bench/stats", "internal/account"},
	"cmd/antwon-bench/reads": {"cmd/antwon-bench/fixture", "cmd/antwon-bench/stats", "internal/party"},
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
	"cmd/antwon-bench/stats":    {},
	"graph":                     {"internal/gqlserver", "internal/account", "internal/jukebox", "internal/party"},
	"internal/server":           {"internal/account", "internal/party"},
	"internal/gqlserver":        {"internal/gqlserver/guard"},
	"internal/gqlserver/guard":  {},
	"internal/secrets":          {},
	"internal/secrets/fakeaws":  {},
	"internal/session":          {"internal/account", "internal/party"},
	"internal/session/openid":   {"internal/account", "internal/party"},
	"internal/spotify":          {"internal/account", "internal/party", "internal/playback"},
	"internal/spotify/contract": {},
	"internal/spotify/sim":      {},
	"internal/playback":         {"internal/party", "internal/live"},
	"internal/demo": {
		"internal/account", "internal/database", "internal/jukebox", "internal/party", "internal/spotify", "internal/spotify/sim",
		"ent",
	},
	"internal/jukebox":        {"internal/account", "internal/party", "internal/database", "internal/live", "internal/ratelimit", "ent"},
	"internal/account":        {"internal/party", "internal/database", "internal/ratelimit", "ent"},
	"internal/database":       {"ent"},
	"internal/party":          {},
	"internal/ratelimit":      {},
	"internal/live":           {},
	"internal/live/natsbus":   {"internal/live"},
	"internal/telemetry":      {},
	"internal/testdb":         {"internal/testdb/mysqldb", "ent"},
	"internal/testdb/mysqldb": {},
	"web":                     {},
	"ent":                     {"ent"},
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
				t.Errorf("%s has no place: say in mayUse what it may import", name)
			}
			continue
		}
		for _, imported := range pkg.Imports {
			if used, ours := strings.CutPrefix(imported, module); ours && !permitted(used, allowed) {
				t.Errorf("%s imports %s: that arrow points up", name, used)
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
	out, err := exec.Command("go", "list", "-json=ImportPath,GoFiles,Imports", module+"...").Output()
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
		t.Fatalf("go list knows %d packages, fewer than have a line here", len(all))
	}
	return all
}
