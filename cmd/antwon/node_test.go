package main_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// nodeFolder holds the scripts that drive the JavaScript clients, and the clients once they are installed.
const nodeFolder = "../../test/node"

// clientFolder holds the npm package @antwon/client, the reference client, once it is built.
const clientFolder = "../../packages/client"

// needNode skips a test with -short, and where there is no Node or the clients are not installed and built.
func needNode(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("Node left out: -short")
	}
	_, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(filepath.Join(nodeFolder, "node_modules", ".package-lock.json"))
	}
	if err == nil {
		_, err = os.Stat(filepath.Join(clientFolder, "dist", "index.js"))
	}
	switch {
	case err == nil:
	case os.Getenv("ANTWON_TEST_STRICT") == "1":
		t.Fatalf("Node is required here: %v", err)
	default:
		t.Skipf("Node left out: %v (install it, then make node-modules client)", err)
	}
}

// script is a running Node script, or another program, that reads commands and reports events, each as JSON on a line.
type script struct {
	t      *testing.T
	cmd    *exec.Cmd
	stderr *output
	token  func() string // what to answer when the script wants a token
	done   chan struct{} // closed after the script's last event

	writing sync.Mutex
	stdin   io.WriteCloser // guarded by writing

	mu     sync.Mutex
	events []event // guarded by mu
}

// event is an event that a script reports. Which fields it has depends on its name.
type event struct {
	Event   string
	ID      string
	URL     string // of a server
	Type    string // of a server-sent event
	Since   *int
	Token   string
	Version int
	Items   []item
	Data    json.RawMessage
	Errors  []graphqlError
	Code    any    // of a close, a number; or of a failed system call
	Message string // of a failure
	report
}

// report is the last event.
type report struct {
	Versions []struct {
		Version int
		Reset   bool
		Empty   bool
	}
	Connects     int
	Acknowledged int
	Closes       map[string]int // by code
}

// startScript starts a script of nodeFolder. It ends with the test at the latest.
func startScript(t *testing.T, token func() string, name string, args ...string) *script {
	t.Helper()
	needNode(t)
	node := exec.CommandContext(context.WithoutCancel(t.Context()), "node", append([]string{name}, args...)...)
	node.Dir = nodeFolder
	return startProgram(t, token, node)
}

// startProgram starts a program that behaves like a script.
func startProgram(t *testing.T, token func() string, program *exec.Cmd) *script {
	t.Helper()
	s := &script{t: t, cmd: program, stderr: &output{}, token: token, done: make(chan struct{})}
	s.cmd.Stderr = s.stderr
	var err error
	if s.stdin, err = s.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go s.listen(stdout)
	t.Cleanup(func() {
		if s.cmd.ProcessState != nil {
			return
		}
		_ = s.cmd.Process.Kill() // it may just have ended
		<-s.done
		_ = s.cmd.Wait() // killed
		if t.Failed() {
			t.Logf("%s told:\n%s", program, s.stderr)
		}
	})
	return s
}

func (s *script) listen(stdout io.Reader) {
	defer close(s.done)
	lines := bufio.NewScanner(stdout)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			s.t.Errorf("the script reported %s: %v", lines.Bytes(), err)
			continue
		}
		if e.Event == "token" {
			s.do(map[string]any{"do": "token", "token": s.token()})
			continue
		}
		s.mu.Lock()
		s.events = append(s.events, e)
		s.mu.Unlock()
	}
}

func (s *script) do(command map[string]any) {
	line, err := json.Marshal(command)
	if err != nil {
		s.t.Error(err)
		return
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if _, err := s.stdin.Write(append(line, '\n')); err != nil && !errors.Is(err, os.ErrClosed) { // finish was quicker
		s.t.Errorf("%s: %v\n%s", line, err, s.stderr)
	}
}

// gone fails the test at once if the script has ended by itself, so that nobody waits for its events.
func (s *script) gone() bool {
	s.t.Helper()
	select {
	case <-s.done:
		s.t.Fatal("the script has ended")
	default:
	}
	return false
}

// told returns the events reported so far that are wanted.
func (s *script) told(wanted func(event) bool) (told []event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.events {
		if wanted(e) {
			told = append(told, e)
		}
	}
	return told
}

// finish lets the script end, and returns its report.
func (s *script) finish() report {
	s.t.Helper()
	s.writing.Lock()
	_ = s.stdin.Close() // only once
	s.writing.Unlock()
	<-s.done
	if err := s.cmd.Wait(); err != nil {
		s.t.Fatalf("the script: %v\n%s", err, s.stderr)
	}
	reports := s.told(named("report", ""))
	if len(reports) != 1 {
		s.t.Fatalf("%d reports\n%s", len(reports), s.stderr)
	}
	return reports[0].report
}

// named returns a filter for the events of this name and, unless it is empty, of this id.
func named(name, id string) func(event) bool {
	return func(e event) bool { return e.Event == name && (id == "" || e.ID == id) }
}

// The server passes the audits of the GraphQL over HTTP specification: those for what it must do and what it should do.
func TestServerPassesGraphQLOverHTTPAudits(t *testing.T) {
	t.Parallel()
	needNode(t)
	s := startServer(t, "sqlite:data/antwon.db")
	audits := exec.CommandContext(t.Context(), "node", "audits.mjs", s.url+"/graphql")
	audits.Dir = nodeFolder
	out, err := audits.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	t.Logf("audits: %s", out)
}

// The manual shows the code that is tested.
func TestAPIGuideShowsTestedCode(t *testing.T) {
	guide, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	shown, err := filepath.Glob("../../docs/clients/*")
	if err != nil || len(shown) < 4 {
		t.Fatalf("%q: %v", shown, err)
	}
	for _, name := range shown {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(guide), "\n```js\n"+string(text)+"```\n") {
			t.Errorf("docs/api.md does not show %s as it is", name)
		}
	}
}
