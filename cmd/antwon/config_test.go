package main

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// repository is the path of the repository from this package.
const repository = "../.."

// variables returns the names of the variables that the parser reads, and of those that antwon config prints: those
// with ANTWON_, and OpenTelemetry's.
func variables(t *testing.T) (read, printed []string) {
	t.Helper()
	cfg, err := parseConfig("config", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name := range cfg.given { // whatever the parser asks for is noted there
		read = append(read, shownName(name))
	}
	var out bytes.Buffer
	if err := printConfig(t.Context(), cfg, &out, nil); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		name, _, _ := strings.Cut(line, "=")
		printed = append(printed, name)
	}
	if len(read) < 40 {
		t.Errorf("only %d variables are read", len(read))
	}
	return read, printed
}

func TestEveryVariableIsPrinted(t *testing.T) {
	read, printed := variables(t)
	for _, name := range read {
		value := strings.TrimSuffix(name, "_FILE") // a file is shown beside its value
		if !slices.Contains(printed, value) && !slices.Contains(printed, name) {
			t.Errorf("the program reads %s, and antwon config does not print it", name)
		}
	}
	for _, name := range printed {
		if strings.HasPrefix(name, prefix) && !slices.Contains(read, name) {
			t.Errorf("antwon config prints %s, which the program does not read", name)
		}
	}
}

func TestEveryVariableIsDocumented(t *testing.T) {
	read, printed := variables(t)
	texts := documents(t)
	for _, name := range append(read, printed...) {
		document := "docs/configuration.md"
		if strings.HasPrefix(name, otelPrefix) {
			document = "docs/operations.md"
		}
		if !strings.Contains(texts[document], "`"+name+"`") {
			t.Errorf("%s does not have %s", document, name)
		}
	}
}

// Documents and the files that start the program name no variable that it would refuse.
func TestEveryDocumentedVariableIsRead(t *testing.T) {
	read, _ := variables(t)
	others := []string{"ANTWON_COMMAND", "ANTWON_RUN"} // of compose.yaml, and of the pages' tests
	named := regexp.MustCompile(`\bANTWON_[A-Z_]*[A-Z]\b`)
	texts := documents(t)
	maps.Copy(texts, readFiles(t, "compose.yaml", "Dockerfile", "dev.sh", "Makefile"))
	for path, text := range texts {
		for _, name := range named.FindAllString(text, -1) {
			if !slices.Contains(read, name) && !slices.Contains(others, name) && !strings.HasPrefix(name, prefix+"TEST_") {
				t.Errorf("%s has %s, which the program does not read", path, name)
			}
		}
	}
}

// Only the parser reads the environment, so every variable is printed and checked.
func TestOnlyTheParserReadsTheEnvironment(t *testing.T) {
	lookup := regexp.MustCompile(`\bos\.(Getenv|LookupEnv|ExpandEnv|Environ)\(`)
	for path, text := range programSources(t) {
		if found := lookup.FindString(text); found != "" && filepath.Base(path) != "main.go" {
			t.Errorf("%s calls %s", path, found)
		}
	}
}

// documents returns the texts of the documents, by path.
func documents(t *testing.T) map[string]string {
	t.Helper()
	paths := []string{"README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"}
	err := fs.WalkDir(os.DirFS(repository), "docs", func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".md") {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return readFiles(t, paths...)
}

// programSources returns the texts of our Go files from which the program is built, by path.
func programSources(t *testing.T) map[string]string {
	t.Helper()
	const files = `{{if not .Standard}}{{if .Module.Main}}{{range .GoFiles}}{{$.Dir}}/{{.}}{{"\n"}}{{end}}{{end}}{{end}}`
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", files, ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	sources := map[string]string{}
	for _, path := range strings.Fields(string(out)) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		sources[path] = string(text)
	}
	if len(sources) < 200 {
		t.Errorf("the program is built from only %d files", len(sources))
	}
	return sources
}

func readFiles(t *testing.T, paths ...string) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, path := range paths {
		text, err := os.ReadFile(filepath.Join(repository, path))
		if err != nil {
			t.Fatal(err)
		}
		texts[path] = string(text)
	}
	return texts
}

// At a server that is open to the network without TLS, hosts connect Spotify on the server's own machine, because
// Spotify accepts no other redirect URI there.
func TestHostsConnectWhereSpotifySendsThemBack(t *testing.T) {
	for _, test := range []struct{ addr, public, want string }{
		{"127.0.0.1:8080", "", "http://127.0.0.1:8080"},
		{"0.0.0.0:8080", "http://192.168.1.20:8080", "http://127.0.0.1:8080"},
		{":9000", "http://192.168.1.20:9000", "http://127.0.0.1:9000"},
		{"0.0.0.0:8080", "https://party.example.org", "https://party.example.org"},
	} {
		variables := []string{"ANTWON_ADDR=" + test.addr}
		if test.public != "" {
			variables = append(variables, "ANTWON_PUBLIC_URL="+test.public)
		}
		cfg, err := parseConfig("demo", variables, nil)
		if err != nil {
			t.Fatal(err)
		}
		text, elsewhere := welcomeHosts(cfg), test.public != "" && test.public != test.want
		if !strings.Contains(text, "redirect URI: "+test.want+"/spotify/callback\n") ||
			!strings.Contains(text, "open "+test.want+"/host\n") ||
			strings.Contains(text, "Guests join at "+test.public+",") != elsewhere {
			t.Errorf("%+v: the terminal says %s", test, text)
		}
	}
}

func TestProxyHeaderNeedsTrustedProxies(t *testing.T) {
	for _, header := range []string{"forwarded", "proxy-protocol"} {
		_, stderr, code := start(t, []string{"ANTWON_PROXY_HEADER=" + header}, "config")
		if code != 2 || !strings.Contains(stderr, "set ANTWON_TRUSTED_PROXIES, too") {
			t.Errorf("%s without trusted proxies: code %d, %s", header, code, stderr)
		}
		stdout, stderr, code := start(t,
			[]string{"ANTWON_PROXY_HEADER=" + header, "ANTWON_TRUSTED_PROXIES=10.0.0.0/8"}, "config")
		if code != 0 || !strings.Contains(stdout, "ANTWON_PROXY_HEADER="+header) {
			t.Errorf("%s with trusted proxies: code %d, %s", header, code, stderr)
		}
	}
}
