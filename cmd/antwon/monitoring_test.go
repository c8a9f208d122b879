package main_test

import (
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"antwon.dj/backend/internal/testport"
)

// With ANTWON_METRICS_ADDR, monitoring has an address that guests need not reach. The server answers there until it
// ends, so that load balancers learn that it stops.
func TestMonitoringHasAnAddressOfItsOwn(t *testing.T) {
	t.Parallel()
	s := startServer(t, "sqlite:data/antwon.db", "ANTWON_METRICS_ADDR="+testport.FreeAddress(t), "ANTWON_DRAIN_WINDOW=3s")
	for _, path := range []string{"/metrics", "/healthz", "/readyz"} {
		if status := statusOf(t, s.url+path); status != http.StatusNotFound {
			t.Errorf("%s at the public address: got %d", path, status)
		}
		if status := statusOf(t, s.monitoringURL()+path); status != http.StatusOK {
			t.Errorf("%s at its own address: got %d", path, status)
		}
	}
	if status := statusOf(t, s.monitoringURL()+"/graphql"); status != http.StatusNotFound {
		t.Errorf("the API at the address of monitoring: got %d", status)
	}
	guest := s.login("Hanna")
	roomID := guest.openRoom("DRAIN")
	guest.watch(roomID) // the server waits for its socket until the drain window is over
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.eventually("the server to say that it stops", func() bool {
		return statusOf(t, s.monitoringURL()+"/readyz") == http.StatusServiceUnavailable
	})
}

// A server that cannot listen for monitoring does not start.
func TestUnusableAddressOfMonitoringIsReported(t *testing.T) {
	t.Parallel()
	said := commandRefusal(t, "config", "ANTWON_METRICS_ADDR=9090")
	if !strings.HasPrefix(said, "antwon: ANTWON_METRICS_ADDR: ") {
		t.Errorf("a port alone: %s", said)
	}
	taken := startServer(t, "sqlite:data/antwon.db")
	second := exec.CommandContext(t.Context(), binary(t), "demo")
	second.Dir = t.TempDir()
	address := strings.TrimPrefix(taken.url, "http://")
	second.Env = []string{"ANTWON_ADDR=" + testport.FreeAddress(t), "ANTWON_METRICS_ADDR=" + address}
	if said, err := second.CombinedOutput(); err == nil || !strings.Contains(string(said), "listen for monitoring") {
		t.Errorf("an address that is taken: %v\n%s", err, said)
	}
}

// statusOf returns the status of the response to a GET request, or 0 if there is none.
func statusOf(t *testing.T, url string) int {
	t.Helper()
	response, err := (&http.Client{Timeout: 5 * time.Second}).Get(url) //nolint:noctx // it has a timeout
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	return response.StatusCode
}
