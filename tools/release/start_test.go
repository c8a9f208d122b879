package release_test

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
)

// The image's files are all that the program needs: with nothing but them below /, as the image's user and with its
// command and variables, it serves the API and the pages, and finds itself healthy.
func TestImageStarts(t *testing.T) {
	if os.Geteuid() != 0 {
		leaveOut(t, "starting the image is", "only root may change the root directory")
	}
	d := openDist(t)
	image := d.images()["linux/amd64"]
	config := d.config(image).Config
	root := unpack(t, image)
	authorities := readText(t, filepath.Join(root, "etc/ssl/certs/ca-certificates.crt"))
	if count := strings.Count(authorities, "BEGIN CERTIFICATE"); count < 100 {
		t.Errorf("the image trusts %d authorities", count)
	}
	var uid, gid uint32
	if _, err := fmt.Sscanf(config.User, "%d:%d", &uid, &gid); err != nil || uid == 0 || gid == 0 {
		t.Fatalf("the image's user is %q, and must be a number other than root's (%v)", config.User, err)
	}
	inside := &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: uid, Gid: gid}}
	s := start(t, program{
		line: append(config.Entrypoint, config.Cmd...), env: config.Env, folder: config.WorkingDir, inside: inside,
	})
	s.check()
	check := s.command(config.Healthcheck.Test[1:]...)
	if out, err := check.CombinedOutput(); err != nil || string(out) != "ready\n" {
		t.Errorf("the health check says %q (%v)", out, err)
	}
	if info, err := os.Stat(filepath.Join(root, "data", "antwon.db")); err != nil || info.Size() == 0 {
		t.Errorf("the database is not in the volume: %v (%v)", info, err)
	}
}

// The program for 64-bit ARM starts as well, beside the machine's files: the emulator, which is not in the image, needs
// them.
func TestProgramForARMStarts(t *testing.T) {
	emulator := tool(t, "the program for ARM is", "qemu-aarch64")
	d := openDist(t)
	built := unpack(t, d.images()["linux/arm64"])
	s := start(t, program{line: []string{emulator, filepath.Join(built, "antwon"), "demo"}, folder: t.TempDir()})
	s.check()
}

// unpack writes the files of an image into a folder that everybody may read.
func unpack(t *testing.T, image v1.Image) string {
	t.Helper()
	root := t.TempDir()
	for path := root; path != os.TempDir() && len(path) > 1; path = filepath.Dir(path) {
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	files := mutate.Extract(image)
	defer files.Close()
	for archive := tar.NewReader(files); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return root
		}
		if err == nil {
			err = unpackOne(filepath.Join(root, header.Name), header, archive)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func unpackOne(path string, header *tar.Header, content io.Reader) error {
	if header.Typeflag == tar.TypeDir {
		if err := os.MkdirAll(path, header.FileInfo().Mode()); err != nil {
			return err
		}
	} else {
		file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, header.FileInfo().Mode())
		if err != nil {
			return err
		}
		if _, err := io.Copy(file, content); err != nil {
			return err
		}
		if err := file.Close(); err != nil {
			return err
		}
	}
	if os.Geteuid() != 0 {
		return nil
	}
	return os.Chown(path, header.Uid, header.Gid)
}

// program is how a server is started.
type program struct {
	line, env []string
	folder    string
	inside    *syscall.SysProcAttr
}

// server is a program that runs.
type server struct {
	program
	t       *testing.T
	address string
	log     *os.File
}

// start starts a demo, waits until it is ready, and stops it when the test ends. An error in its log fails the test.
func start(t *testing.T, p program) *server {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	s := &server{program: p, t: t, address: freeAddress(t), log: log}
	running := s.command(p.line...)
	running.Stdout, running.Stderr = log, log
	if err := running.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- running.Wait() }()
	t.Cleanup(func() { s.stop(running, ended) })
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if status, _, err := s.get("/readyz"); err == nil && status == http.StatusOK {
			return s
		}
		if time.Now().After(deadline) {
			t.Fatalf("the server does not become ready\n%s", readText(t, log.Name()))
		}
	}
}

// command returns a command that runs where and as the server does.
func (s *server) command(line ...string) *exec.Cmd {
	path := line[0]
	cmd := exec.CommandContext(context.WithoutCancel(s.t.Context()), path, line[1:]...) // cleanups stop it
	cmd.Dir, cmd.SysProcAttr = s.folder, s.inside
	cmd.Env = append(append([]string{}, s.env...), "ANTWON_ADDR="+s.address, "ANTWON_LOG_FORMAT=json")
	return cmd
}

// stop ends the server as Docker and systemd do.
func (s *server) stop(running *exec.Cmd, ended <-chan error) {
	_ = running.Process.Signal(syscall.SIGTERM) // it may have ended by itself, which Wait says
	select {
	case err := <-ended:
		if err != nil {
			s.t.Errorf("the server ended with %v", err)
		}
	case <-time.After(time.Minute):
		_ = running.Process.Kill()
		<-ended
		s.t.Error("the server does not stop")
	}
	if log := readText(s.t, s.log.Name()); s.t.Failed() || strings.Contains(log, `"level":"ERROR"`) {
		s.t.Errorf("the server's log:\n%s", log)
	}
	_ = s.log.Close()
}

// check asks for the demo's room, and for the pages, which are there in full.
func (s *server) check() {
	s.t.Helper()
	const query = `{"query":"{ roomByCode(code: \"PARTY\") { code status } }"}`
	if answer := s.post("/graphql", query); !strings.Contains(answer, `{"code":"PARTY","status":"OPEN"}`) {
		s.t.Errorf("asked for the demo's room, the server says %s", answer)
	}
	for _, path := range []string{"/", "/r/PARTY", "/r/PARTY/screen", "/host"} {
		if status, page, err := s.get(path); err != nil || status != http.StatusOK || !strings.Contains(page, "<script") {
			s.t.Errorf("the page %s is %d %.200q (%v)", path, status, page, err)
		}
	}
}

func (s *server) get(path string) (int, string, error) {
	return s.ask(http.MethodGet, path, "")
}

func (s *server) post(path, body string) string {
	s.t.Helper()
	_, answer, err := s.ask(http.MethodPost, path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer
}

func (s *server) ask(method, path, body string) (int, string, error) {
	url := "http://" + s.address + path
	request, err := http.NewRequestWithContext(s.t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
