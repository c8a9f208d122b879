package main_test

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"antwon.dj/backend/internal/testport"
)

// startCaddy runs Caddy with the Caddyfile of deploy/one-machine, at an address of this machine and without a
// certificate, in front of a server. It returns a server at that address.
func startCaddy(t *testing.T, s *server) *server {
	t.Helper()
	if _, err := exec.LookPath("caddy"); err != nil {
		if os.Getenv("ANTWON_TEST_STRICT") == "1" {
			t.Fatalf("caddy is required here: %v", err)
		}
		t.Skip("the proxy of one machine left out: there is no caddy")
	}
	text, err := os.ReadFile("../../deploy/one-machine/Caddyfile")
	if err != nil {
		t.Fatal(err)
	}
	const name = "\nparty.example.org {"
	if !strings.Contains(string(text), name) {
		t.Fatalf("the Caddyfile does not serve%s\n%s", name, text)
	}
	front := &server{t: t, url: "http://" + testport.FreeAddress(t), stderr: &output{}}
	folder := t.TempDir()
	file := filepath.Join(folder, "Caddyfile")
	local := "{\n\tadmin off\n}\n" + strings.Replace(string(text), name, "\n"+front.url+" {", 1)
	if err := os.WriteFile(file, []byte(local), 0o600); err != nil {
		t.Fatal(err)
	}
	caddy := exec.CommandContext(context.WithoutCancel(t.Context()), // the cleanup ends it
		"caddy", "run", "--config", file, "--adapter", "caddyfile")
	caddy.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder,
		"UPSTREAM=" + strings.TrimPrefix(s.url, "http://")}
	caddy.Stdout, caddy.Stderr = front.stderr, front.stderr
	if err := caddy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = caddy.Process.Kill()
		_ = caddy.Wait()
	})
	front.eventually("caddy to pass on requests", func() bool {
		response, err := get(front.url + "/readyz")
		if err != nil {
			return false
		}
		defer response.Body.Close()
		return response.StatusCode == http.StatusOK
	})
	return front
}

// Caddy passes on guests' requests and WebSockets, but not the metrics, and guests cannot forge their addresses.
func TestCaddyPassesOnWhatGuestsNeed(t *testing.T) {
	t.Parallel()
	s := startServer(t, "sqlite:data/antwon.db", "ANTWON_PLAYBACK=off", "ANTWON_TRUSTED_PROXIES=127.0.0.1,::1")
	front := startCaddy(t, s)
	roomID := s.login("Hanna").openRoom("CADDY")
	guest := front.join("CADDY", "Gina")
	added := guest.add(roomID, guest.search(roomID, "the", 1)[0])
	screen := guest.watch(roomID)
	front.eventually("the song to be shown", func() bool { return screen.has(added.ID) })
	screen.close()

	if status := front.getAs(t, "203.0.113.9", "/metrics"); status != http.StatusForbidden {
		t.Errorf("metrics are answered with %d", status)
	}
	front.getAs(t, "203.0.113.9", "/host")
	front.eventually("the request to be logged", func() bool { return strings.Contains(s.stderr.String(), "GET /host") })
	if strings.Contains(s.stderr.String(), "203.0.113.9") {
		t.Errorf("the server believed an address that a guest had forged:\n%s", s.stderr)
	}
}

// getAs asks for a page and pretends to come from an address.
func (s *server) getAs(t *testing.T, address, page string) (status int) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+page, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Forwarded-For", address)
	response, err := httpClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode
}
