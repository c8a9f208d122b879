package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"antwon.dj/backend/internal/testlog"
	"antwon.dj/backend/internal/testport"
)

// built is the program under test, built once as the Dockerfile builds it; "" with -short.
var built string

// httpClient is the client of the tests. It keeps up to two idle connections to each server. The default client may
// close its own at any time: there is a limit for all servers together, and each httptest.Server that is closed closes
// them all. A server that is out of connections would then let a newcomer in.
var httpClient = &http.Client{Transport: &http.Transport{}}

func TestMain(m *testing.M) {
	flag.Parse()
	if testing.Short() {
		os.Exit(m.Run())
	}
	folder, err := os.MkdirTemp("", "antwon-e2e-")
	if err != nil {
		panic(err)
	}
	built = filepath.Join(folder, "antwon")
	build := exec.CommandContext(context.Background(), "go", "build", "-trimpath", "-ldflags=-s -w", "-o", built, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		os.Exit(1)
	}
	// Most of these tests wait while songs play, so twice as many run at once as in other packages.
	parallel := flag.Lookup("test.parallel").Value
	if err := parallel.Set(strconv.Itoa(2 * parallel.(flag.Getter).Get().(int))); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// binary returns the path of the program under test. With -short it skips the test: those that start processes take
// minutes.
func binary(t *testing.T) string {
	t.Helper()
	if built == "" {
		t.Skip("end-to-end tests left out: -short")
	}
	return built
}

// server is a running antwon, in a process of its own.
type server struct {
	t       *testing.T
	command string
	url     string
	folder  string
	env     []string
	wrap    []string // a command that runs the program, in front of its command line; empty: none
	cmd     *exec.Cmd
	stdout  *output
	stderr  *output
	log     *testlog.Log // stderr of all its runs
}

// startServer starts a demo on a database and waits until it is ready. An error in its log fails the test, unless it is
// announced.
func startServer(t *testing.T, databaseURL string, env ...string) *server {
	t.Helper()
	return startCommand(t, "demo", testport.FreeAddress(t), databaseURL, env...)
}

func startCommand(t *testing.T, command, addr, databaseURL string, env ...string) *server {
	t.Helper()
	s := newServer(t, command, addr, databaseURL, env...)
	s.run()
	return s
}

// newServer returns a server that does not run yet.
func newServer(t *testing.T, command, addr, databaseURL string, env ...string) *server {
	t.Helper()
	s := &server{t: t, command: command, url: "http://" + addr, folder: t.TempDir(), log: testlog.New(t)}
	s.env = append([]string{"ANTWON_ADDR=" + addr, "ANTWON_DATABASE_URL=" + databaseURL, "ANTWON_LOG_FORMAT=json"}, env...)
	return s
}

// run starts the server, and stops it when the test ends.
func (s *server) run() {
	s.t.Helper()
	s.start()
	s.t.Cleanup(func() {
		if s.cmd.ProcessState == nil {
			s.stop(syscall.SIGTERM)
		}
	})
}

func (s *server) start() {
	s.t.Helper()
	line := append(slices.Clone(s.wrap), binary(s.t), s.command)
	s.cmd = exec.CommandContext(context.WithoutCancel(s.t.Context()), line[0], line[1:]...) // cleanups stop it
	s.cmd.Dir = s.folder
	s.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, s.env...)
	s.stdout, s.stderr = &output{}, &output{}
	s.cmd.Stdout, s.cmd.Stderr = s.stdout, io.MultiWriter(s.stderr, s.log)
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.eventually("the server to be ready", func() bool {
		response, err := get(s.monitoringURL() + "/readyz")
		if err != nil {
			return false
		}
		defer response.Body.Close()
		return response.StatusCode == http.StatusOK
	})
}

// monitoringURL returns the URL at which the server serves its health and metrics.
func (s *server) monitoringURL() string {
	for _, variable := range s.env {
		if address, own := strings.CutPrefix(variable, "ANTWON_METRICS_ADDR="); own {
			return "http://" + address
		}
	}
	return s.url
}

// stop sends a signal and waits for the process to end.
func (s *server) stop(signal os.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.cmd.Wait() }()
	select {
	case err := <-ended:
		if signal != os.Kill && err != nil {
			s.t.Errorf("the server ended with %v\n%s", err, s.stderr)
		}
	case <-time.After(30 * time.Second):
		_ = s.cmd.Process.Kill()
		s.t.Fatalf("the server did not stop within 30 s of %v\n%s", signal, s.stderr)
	}
}

// eventually waits until happened returns true, and fails the test after a minute.
func (s *server) eventually(what string, happened func() bool) {
	s.t.Helper()
	s.within(time.Minute, what, happened)
}

func (s *server) within(limit time.Duration, what string, happened func() bool) {
	s.t.Helper()
	const first, longest = 10 * time.Millisecond, 200 * time.Millisecond // waiting for a song can take minutes
	deadline := time.Now().Add(limit)
	for pause := first; !happened(); pause = min(pause+first, longest) {
		if time.Now().After(deadline) {
			s.t.Fatalf("waited in vain for %s\n%s", what, s.stderr)
		}
		time.Sleep(pause)
	}
}

// user sends operations with a session's token, or none.
type user struct {
	*server
	token string
}

func (s *server) anonymous() *user { return &user{server: s} }

// ask sends an operation and reads data into result. It fails the test on errors.
func (u *user) ask(result any, query string, variables map[string]any) {
	u.t.Helper()
	if err := u.try(result, query, variables); err != nil {
		u.t.Fatalf("%s\n%v", query, err)
	}
}

// try sends an operation and reads data into result. It returns the transport's error, or the first error of the
// response as "CODE: message".
func (u *user) try(result any, query string, variables map[string]any) error {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, u.url+"/graphql",
		bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	if u.token != "" {
		request.Header.Set("Authorization", "Bearer "+u.token)
	}
	response, err := httpClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	return decode(response.Body, result)
}

type graphqlError struct {
	Message    string
	Extensions struct {
		Code, Field, Reason string
		RetryAfterMs        int
	}
}

func decode(body io.Reader, result any) error {
	var answer struct {
		Data   json.RawMessage
		Errors []graphqlError
	}
	if err := json.NewDecoder(body).Decode(&answer); err != nil {
		return err
	}
	if len(answer.Errors) > 0 {
		return fmt.Errorf("%s: %s", answer.Errors[0].Extensions.Code, answer.Errors[0].Message)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(answer.Data, result)
}

type session struct{ AccessToken string }

func (s *server) login(name string) *user {
	s.t.Helper()
	var got struct{ DemoLogin session }
	s.anonymous().ask(&got, `mutation($n: String!) { demoLogin(displayName: $n) { accessToken } }`,
		map[string]any{"n": name})
	return &user{s, got.DemoLogin.AccessToken}
}

func (s *server) join(code, name string) *user {
	s.t.Helper()
	var got struct {
		JoinRoom struct{ Session session }
	}
	s.anonymous().ask(&got, `mutation($c: String!, $n: String!) {
		joinRoom(code: $c, displayName: $n) { session { accessToken } }
	}`, map[string]any{"c": code, "n": name})
	return &user{s, got.JoinRoom.Session.AccessToken}
}

// get sends a GET request. It does not use the test's context, because servers are asked during cleanups, too.
func get(url string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return httpClient.Do(request)
}

// post sends a POST request with a JSON body.
func post(t *testing.T, url, body string) (*http.Response, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	return httpClient.Do(request)
}

// dialWebSocket opens a WebSocket to a server, and returns the status of the handshake's response, or 0 without one.
func dialWebSocket(ctx context.Context, url string, header http.Header) (conn *websocket.Conn, status int, err error) {
	dialer := websocket.Dialer{Subprotocols: []string{"graphql-transport-ws"}}
	conn, response, err := dialer.DialContext(ctx, "ws"+strings.TrimPrefix(url, "http")+"/graphql", header)
	if response != nil {
		status = response.StatusCode
		_ = response.Body.Close() // a handshake's body is in memory already
	}
	return conn, status, err
}

// output gathers what a process writes.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

type answer struct {
	Data   json.RawMessage
	Errors []graphqlError
}

// post sends an operation and returns the whole answer.
func (u *user) post(t *testing.T, query string, variables map[string]any) (got answer) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, u.url+"/graphql", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if u.token != "" {
		request.Header.Set("Authorization", "Bearer "+u.token)
	}
	response, err := httpClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(readAll(t, response)), &got); err != nil {
		t.Fatal(err)
	}
	return got
}

// refusal sends an operation, and returns the code of the first error and its field.
func (u *user) refusal(t *testing.T, query string, variables map[string]any) string {
	t.Helper()
	got := u.post(t, query, variables)
	if len(got.Errors) == 0 {
		return "no error: " + string(got.Data)
	}
	return strings.TrimSpace(got.Errors[0].Extensions.Code + " " + got.Errors[0].Extensions.Field)
}

func (u *user) closeRoom(roomID string) string {
	u.t.Helper()
	var got struct{ CloseRoom struct{ Status string } }
	u.ask(&got, `mutation($r: ID!) { closeRoom(roomId: $r) { status } }`, map[string]any{"r": roomID})
	return got.CloseRoom.Status
}

func readAll(t *testing.T, response *http.Response) string {
	t.Helper()
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
