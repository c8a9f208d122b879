package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

// start runs a command that ends by itself in this process, and returns its output and its exit code.
func start(t *testing.T, environ []string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errors bytes.Buffer
	err := run(t.Context(), args, environ, &out, &errors)
	if err != nil {
		errors.WriteString("antwon: " + err.Error() + "\n") // as main does
	}
	return out.String(), errors.String(), exitCode(err)
}

func TestHelpListsTheCommands(t *testing.T) {
	for _, args := range []string{"help", "--help", "-h", "-help", "help help", "version --help", "help version"} {
		stdout, stderr, code := start(t, nil, strings.Fields(args)...)
		if code != 0 || stderr != "" || !strings.HasPrefix(stdout, "usage: antwon <command>") {
			t.Errorf("antwon %s ended with %d\n%s%s", args, code, stdout, stderr)
		}
		for _, c := range commands() {
			if !strings.Contains(stdout, "\n  "+c.name+" ") {
				t.Errorf("antwon %s does not list %s", args, c.name)
			}
		}
	}
}

func TestHelpOfACommandExplainsIt(t *testing.T) {
	for _, c := range commands() {
		for _, args := range [][]string{{"help", c.name}, {c.name, "--help"}, {c.name, "-h"}, {c.name, "help"}} {
			stdout, stderr, code := start(t, []string{"ANTWON_LOG_LEVEL=wrong"}, args...)
			explained := strings.HasPrefix(stdout, "usage: antwon "+c.name+"\n") && strings.Contains(stdout, c.details)
			if code != 0 || stderr != "" || !explained {
				t.Errorf("antwon %q ended with %d\n%s%s", args, code, stdout, stderr)
			}
		}
	}
}

func TestVersionIsPrinted(t *testing.T) {
	for _, args := range []string{"version", "--version", "-v"} {
		stdout, stderr, code := start(t, nil, args)
		if code != 0 || stderr != "" || stdout != buildOf().String()+"\n" || !strings.Contains(stdout, "go1.") {
			t.Errorf("antwon %s ended with %d\n%s%s", args, code, stdout, stderr)
		}
	}
}

func TestUnusableCommandLinesAreExplained(t *testing.T) {
	for args, want := range map[string]string{
		"":            "antwon: which command?\n\nusage: antwon <command>",
		"sreve":       "antwon: there is no command \"sreve\"\n\nusage: antwon <command>",
		"help sreve":  "antwon: there is no command \"sreve\"\n\nusage: antwon <command>",
		"sreve -h":    "antwon: there is no command \"sreve\"\n\nusage: antwon <command>",
		"serve quiet": `antwon: serve takes no arguments, and was given ["quiet"]; antwon help explains the commands`,
	} {
		stdout, stderr, code := start(t, nil, strings.Fields(args)...)
		if code != 2 || stdout != "" || !strings.HasPrefix(stderr, want) {
			t.Errorf("antwon %s ended with %d\n%s%s", args, code, stdout, stderr)
		}
	}
}

func TestBuildIsWhatWasSetOrWhatGoRecorded(t *testing.T) {
	recorded := &debug.BuildInfo{Settings: []debug.BuildSetting{
		{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "true"},
	}}
	recorded.Main.Version = "v1.2.3+dirty"
	nothing := &debug.BuildInfo{}
	nothing.Main.Version = "(devel)"
	for _, c := range []struct {
		set      build
		recorded *debug.BuildInfo
		want     build
	}{
		{build{}, recorded, build{Version: "v1.2.3+dirty", Commit: "abc-dirty"}},
		{build{Version: "v9", Commit: "def"}, recorded, build{Version: "v9", Commit: "def"}},
		{build{Version: "v9"}, nothing, build{Version: "v9"}},
		{build{}, nothing, build{}},
	} {
		got := c.set
		if got.fillIn(c.recorded); got != c.want {
			t.Errorf("got %+v, want %+v", got, c.want)
		}
	}
	if b := buildOf(); b.Version == "" || b.Commit == "" || b.GoVersion == "" {
		t.Errorf("this build is %+v", b)
	}
}

// A server says which build it is in the first line of its log, at /healthz and as a metric.
func TestServerSaysWhichBuildItIs(t *testing.T) {
	version, commit = "v1.2.3", "abc"
	t.Cleanup(func() { version, commit = "", "" })
	s := startDemo(t)
	text, metrics := s.get(t, "/healthz"), s.get(t, "/metrics")
	first, _, _ := strings.Cut(s.stop(), "\n")

	var health struct {
		Status, Version, Commit string
		GoVersion               string `json:"go_version"`
	}
	if err := json.Unmarshal([]byte(text), &health); err != nil || health.Status != "alive" ||
		(build{health.Version, health.Commit, health.GoVersion}) != buildOf() {
		t.Errorf("/healthz says %s: %v", text, err)
	}
	var line struct {
		Msg, Command, Version, Commit string
		GoVersion                     string `json:"go_version"`
	}
	if err := json.Unmarshal([]byte(first), &line); err != nil || line.Msg != "antwon starts" || line.Command != "demo" ||
		(build{line.Version, line.Commit, line.GoVersion}) != buildOf() {
		t.Errorf("the log begins with %s: %v", first, err)
	}
	want := `antwon_build_info{commit="abc",go_version="` + buildOf().GoVersion + `",version="v1.2.3"} 1`
	if !strings.Contains(metrics, want) {
		t.Errorf("there is no metric %s", want)
	}
}

// inProcess is a demo that runs in the test's own process.
type inProcess struct {
	url   string
	stop  func() (log string)
	begun chan struct{} // closed when it has printed its greeting
	once  sync.Once
}

// Write receives what the demo prints.
func (s *inProcess) Write(p []byte) (int, error) {
	s.once.Do(func() { close(s.begun) })
	return len(p), nil
}

func startDemo(t *testing.T) *inProcess {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	environ := []string{
		"ANTWON_ADDR=" + addr, "ANTWON_DATABASE_URL=sqlite:" + filepath.Join(t.TempDir(), "antwon.db"),
		"ANTWON_LOG_FORMAT=json", "ANTWON_DRAIN_WINDOW=0s",
	}
	s := &inProcess{url: "http://" + addr, begun: make(chan struct{})}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	var log bytes.Buffer
	go func() { ended <- run(ctx, []string{"demo"}, environ, s, &log) }()
	s.stop = func() string {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the demo ended with %v", err)
		}
		return log.String()
	}
	select {
	case <-s.begun:
	case err := <-ended:
		t.Fatalf("the demo does not start: %v", err)
	}
	return s
}

func (s *inProcess) get(t *testing.T, path string) string {
	t.Helper()
	response, err := getPage(t, s.url+path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestBuildMetricIsAlwaysOne(t *testing.T) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(build{Version: "v1.2.3", Commit: "abc", GoVersion: "go1.26"}.metric())
	families, err := registry.Gather()
	if err != nil || len(families) != 1 || families[0].GetMetric()[0].GetGauge().GetValue() != 1 {
		t.Errorf("gathered %v, %v", families, err)
	}
}

// The image has the same program as make build, and both builds can set the version and commit.
func TestImageIsBuiltLikeTheBinary(t *testing.T) {
	texts := readFiles(t, "Makefile", "Dockerfile")
	find := func(path, pattern string) string {
		match := regexp.MustCompile(pattern).FindStringSubmatch(texts[path])
		if match == nil {
			t.Fatalf("%s has no line %s", path, pattern)
		}
		return match[1]
	}
	binary := find("Makefile", `(?m)^BUILD := (CGO_ENABLED=0 go build .*)$`)
	image := find("Dockerfile", `(?m)^RUN (CGO_ENABLED=0 go build .*)$`)
	if want := strings.NewReplacer("$$", "$", "-o bin/antwon", "-o /antwon").Replace(binary); image != want {
		t.Errorf("the image is built by\n%s, want\n%s", image, want)
	}
	if !strings.Contains(image, "-X main.version=${VERSION:-} -X main.commit=${COMMIT:-}") {
		t.Errorf("the image cannot be told its version and commit: %s", image)
	}
}

func getPage(t *testing.T, url string) (*http.Response, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return http.DefaultClient.Do(request)
}
