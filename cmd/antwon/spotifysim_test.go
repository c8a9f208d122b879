package main_test

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"antwon.dj/backend/internal/testlog"
	"antwon.dj/backend/internal/testport"
)

func TestSimulatorKeepsAccountsAcrossRestarts(t *testing.T) {
	addr := testport.FreeAddress(t)
	folder := t.TempDir()
	run := func(visit func(url string)) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), binary(t), "spotify-sim")
		cmd.Dir, cmd.Env = folder, []string{"PATH=" + os.Getenv("PATH"), "ANTWON_ADDR=" + addr}
		stdout, stderr := &output{}, &output{}
		cmd.Stdout, cmd.Stderr = stdout, io.MultiWriter(stderr, testlog.New(t))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		s := &server{t: t, url: "http://" + addr, cmd: cmd, stdout: stdout, stderr: stderr}
		s.eventually("the simulator to answer", func() bool {
			response, err := get(s.url + "/control/")
			if err != nil {
				return false
			}
			response.Body.Close()
			return response.StatusCode == http.StatusOK
		})
		visit(s.url)
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("it ended with %v: %s", err, stderr.String())
		}
		return stdout.String()
	}
	said := run(func(url string) {
		response, err := post(t, url+"/control/accounts", `{"display_name":"Rosa"}`)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
	})
	if !strings.Contains(said, "ANTWON_SPOTIFY_API_URL=http://"+addr+"/v1/") ||
		!strings.Contains(said, "ANTWON_SPOTIFY_ACCOUNTS_URL=http://"+addr) {
		t.Errorf("it says %s", said)
	}
	run(func(url string) { // the second time it still knows Rosa
		const question = "/authorize?client_id=x&response_type=code&redirect_uri=http://127.0.0.1:1/"
		if page := fetch(t, url+question); !strings.Contains(page, "Rosa") {
			t.Errorf("the page: %s", page)
		}
		if page := fetch(t, url+"/v1/me"); !strings.Contains(page, "No token provided") {
			t.Errorf("the Web API: %s", page)
		}
	})
}

func fetch(t *testing.T, url string) string {
	t.Helper()
	response, err := get(url)
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
