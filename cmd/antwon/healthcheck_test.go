package main_test

import (
	"context"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// runHealthcheck runs antwon healthcheck for a server, with a configuration that all other commands refuse.
func (s *server) runHealthcheck() (out string, code int) {
	s.t.Helper()
	cmd := exec.CommandContext(context.Background(), binary(s.t), "healthcheck")
	cmd.Env = []string{
		"ANTWON_ADDR=" + strings.TrimPrefix(s.url, "http://"), "ANTWON_SECRETS=aws", "ANTWON_LOG_LEVEL=loud",
	}
	output, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		s.t.Fatal(err)
	}
	return string(output), cmd.ProcessState.ExitCode()
}

// From the signal to stop on, a server is not ready. Until the stop delay is over it still serves all clients, new ones
// included; only then it disconnects them.
func TestStoppingServerServesUntilItsStopDelayIsOver(t *testing.T) {
	t.Parallel()
	s := startServer(t, "sqlite:data/antwon.db", "ANTWON_PLAYBACK=off", "ANTWON_STOP_DELAY=5s", "ANTWON_DRAIN_WINDOW=1s")
	roomID := s.login("Hanna").openRoom("LAMEDUCK")
	guest := s.join("LAMEDUCK", "Gina")
	if out, code := s.runHealthcheck(); code != 0 || out != "ready\n" {
		t.Errorf("healthcheck of a ready server: %d, %s", code, out)
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.eventually("the server to say that it is not ready", func() bool {
		response, err := get(s.url + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		return response.StatusCode == http.StatusServiceUnavailable
	})
	if out, code := s.runHealthcheck(); code != 1 || out != "antwon: not ready: the server is shutting down\n" {
		t.Errorf("healthcheck of a stopping server: %d, %s", code, out)
	}
	late := s.join("LAMEDUCK", "Lena")
	late.add(roomID, late.search(roomID, "the", 1)[0])
	conn := guest.dial(t, map[string]string{"authorization": "Bearer " + guest.token})
	_, _, err := conn.ReadMessage()
	if err == nil || !strings.Contains(err.Error(), "1012") {
		t.Errorf("the connection ended with %v, want close code 1012", err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v\n%s", err, s.stderr)
	}
	if out, code := s.runHealthcheck(); code != 1 || !strings.Contains(out, "connection refused") {
		t.Errorf("healthcheck without a server: %d, %s", code, out)
	}
}
