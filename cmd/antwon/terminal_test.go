package main_test

import (
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"rsc.io/qr"

	"antwon.dj/backend/internal/testport"
)

var colours = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// At a terminal the program shows a QR code with which phones join. The log of a service has no QR code.
func TestTerminalShowsTheCodeToJoin(t *testing.T) {
	t.Parallel()
	script, err := exec.LookPath("script")
	switch {
	case err != nil && os.Getenv("ANTWON_TEST_STRICT") == "1":
		t.Fatalf("script is required here, to make a terminal: %v", err)
	case err != nil:
		t.Skip("the QR code left out: there is no script to make a terminal")
	}
	for public, isShown := range map[string]bool{"http://192.168.1.20:8080": true, "http://127.0.0.1:8080": false} {
		said := untilReady(t, script, "ANTWON_PUBLIC_URL="+public)
		if shown := strings.Contains(said, "Scan it to join: "+public+"/r/PARTY"); shown != isShown {
			t.Errorf("%s: the code is shown: %v\n%s", public, shown, said)
		}
		if !isShown {
			if !strings.Contains(said, "Set ANTWON_PUBLIC_URL to an address") {
				t.Errorf("%s: it is not said how phones can join:\n%s", public, said)
			}
			continue
		}
		checkDrawn(t, colours.ReplaceAllString(said, ""), public+"/r/PARTY")
	}
}

// untilReady runs a demo at a terminal, and returns its output until it is ready.
func untilReady(t *testing.T, script string, env ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), script, "-qfec", binary(t)+" demo", "/dev/null")
	cmd.Dir = t.TempDir()
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "ANTWON_ADDR=" + testport.FreeAddress(t), "TERM=xterm"}, env...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	keyboard, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		defer time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() }).Stop()
		_, _ = io.WriteString(keyboard, "\x03") // Ctrl-C: the server ends, and the terminal after it
		_, _ = io.Copy(io.Discard, out)
		_ = cmd.Wait()
	}()
	var said strings.Builder
	for buffer := make([]byte, 4096); !strings.Contains(said.String(), "/r/PARTY\r\n\r\n") &&
		!strings.Contains(said.String(), "appears here"); {
		n, err := out.Read(buffer)
		if err != nil {
			t.Fatalf("it ended: %v\n%s", err, said.String())
		}
		said.Write(buffer[:n])
	}
	return strings.ReplaceAll(said.String(), "\r", "")
}

// checkDrawn fails unless the drawing has the modules of the text's QR code, with white around it.
func checkDrawn(t *testing.T, drawing, text string) {
	t.Helper()
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		t.Fatal(err)
	}
	const quiet = 4
	var lines []string
	for line := range strings.Lines(drawing) {
		if strings.ContainsAny(line, "█▀▄") || strings.Trim(line, " \n") == "" && len(line) > code.Size {
			lines = append(lines, strings.TrimPrefix(strings.TrimSuffix(line, "\n"), "  "))
		}
	}
	if len(lines) != (code.Size+2*quiet+1)/2 {
		t.Fatalf("%d lines for %d modules:\n%s", len(lines), code.Size, drawing)
	}
	for row, line := range lines {
		for column, block := range []rune(line) {
			x, y := column-quiet, 2*row-quiet
			if upper := block == '█' || block == '▀'; upper != code.Black(x, y) {
				t.Fatalf("the module %d, %d is wrong", x, y)
			}
			if lower := block == '█' || block == '▄'; lower != code.Black(x, y+1) {
				t.Fatalf("the module %d, %d is wrong", x, y+1)
			}
		}
	}
}

// If a setting keeps the server from starting, the error names the variable that fixes it.
func TestWhatIsMissingAtTheStartIsNamed(t *testing.T) {
	t.Parallel()
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ env, want string }{
		"a port in use": {
			"ANTWON_ADDR=" + taken.Addr().String(),
			taken.Addr().String() + " is in use: stop the other program, or set ANTWON_ADDR to another address, such as",
		},
		"a directory that cannot be made": {
			"ANTWON_DATABASE_URL=sqlite:" + file + "/party.db",
			"set ANTWON_DATABASE_URL, such as sqlite:/tmp/antwon/antwon.db, to a file in a directory that can be written",
		},
	} {
		code, said, _ := runsFor(t, "demo", "ANTWON_ADDR="+testport.FreeAddress(t), test.env)
		if code != 1 || !strings.Contains(said, test.want) {
			t.Errorf("%s: ended with %d:\n%s", name, code, said)
		}
	}
}
