package main_test

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// machine is a machine that is set up as deploy/one-machine says, in a directory instead of at its root. Litestream
// replicates to a directory within it.
type machine struct {
	t      *testing.T
	folder string
	paths  *strings.Replacer // from the paths of the manual to those in the directory
	output *output           // of Litestream
}

// programs are stand-ins for the manual's programs that need root or a running systemd.
var programs = map[string]string{
	"sudo":      `if [ "$1" = -u ]; then shift 2; fi; exec "$@"`,
	"systemctl": `exit 0`,
	"chown":     `exit 0`,
	"install":   `for last; do :; done; exec mkdir -p "$last"`,
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	litestream, err := filepath.Abs("../../bin/litestream")
	if err == nil {
		_, err = os.Stat(litestream)
	}
	if err != nil {
		if os.Getenv("ANTWON_TEST_STRICT") == "1" {
			t.Fatalf("Litestream is required here: %v", err)
		}
		t.Skip("replicating with Litestream left out: make bin/litestream builds it")
	}
	folder := t.TempDir()
	m := &machine{t: t, folder: folder, output: &output{}, paths: strings.NewReplacer(
		"/var/lib/antwon", folder+"/lib", "/etc/antwon", folder+"/etc", "/mnt/backup/antwon", folder+"/backup",
	)}
	for name, text := range programs {
		m.write("bin/"+name, "#!/bin/sh\n"+text+"\n", 0o700)
	}
	for _, name := range []string{"litestream.yml", "litestream.env"} {
		text, err := os.ReadFile("../../deploy/one-machine/" + name)
		if err != nil {
			t.Fatal(err)
		}
		m.write("etc/"+name, m.paths.Replace(string(text)), 0o600)
	}
	if err := os.Symlink(litestream, filepath.Join(folder, "bin/litestream")); err != nil {
		t.Fatal(err)
	}
	return m
}

func (m *machine) write(name, text string, mode os.FileMode) {
	m.t.Helper()
	path := filepath.Join(m.folder, name)
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = os.WriteFile(path, []byte(text), mode)
	}
	if err != nil {
		m.t.Fatal(err)
	}
}

// shell returns commands of the manual, to be run on this machine.
func (m *machine) shell(ctx context.Context, commands string) *exec.Cmd {
	command := exec.CommandContext(ctx, "sh", "-ec", m.paths.Replace(commands))
	command.Dir = m.folder
	command.Env = []string{
		"PATH=" + m.folder + "/bin:" + filepath.Dir(binary(m.t)) + ":" + os.Getenv("PATH"), "HOME=" + m.folder,
	}
	return command
}

// replicate starts Litestream as its unit does, and returns when it has a first copy of the database. crash ends it.
func (m *machine) replicate(s *server) (litestream *exec.Cmd) {
	m.t.Helper()
	before := m.copies()
	litestream = m.shell(context.WithoutCancel(m.t.Context()),
		"set -a; . /etc/antwon/litestream.env; exec litestream replicate -config /etc/antwon/litestream.yml")
	litestream.Stdout, litestream.Stderr = m.output, m.output
	if err := litestream.Start(); err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() {
		if litestream.ProcessState == nil {
			_ = litestream.Process.Kill()
			_ = litestream.Wait()
		}
		if m.t.Failed() {
			m.t.Logf("Litestream says:\n%s", m.output)
		}
	})
	s.eventually("Litestream to copy the database", func() bool { return !slices.Equal(m.copies(), before) })
	return litestream
}

// copies returns the names of the files that Litestream has written.
func (m *machine) copies() (names []string) {
	_ = filepath.WalkDir(filepath.Join(m.folder, "backup"), func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() { // files come and go
			names = append(names, path)
		}
		return nil
	})
	return names
}

// size returns the size of a file of the manual, in bytes.
func (m *machine) size(path string) int64 {
	m.t.Helper()
	info, err := os.Stat(m.paths.Replace(path))
	if err != nil {
		m.t.Fatal(err)
	}
	return info.Size()
}

// restore runs the commands of the manual that restore the database.
func (m *machine) restore() {
	m.t.Helper()
	text, err := os.ReadFile("../../deploy/one-machine/README.md")
	if err != nil {
		m.t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## Restoring\n")
	_, commands, _ := strings.Cut(section, "```sh\n")
	commands, _, _ = strings.Cut(commands, "```")
	if !strings.Contains(commands, "litestream restore") || !strings.Contains(commands, "antwon restored") {
		m.t.Fatalf("these commands do not restore a database:\n%s", commands)
	}
	restore := m.shell(m.t.Context(), commands)
	restore.Stdout, restore.Stderr = io.Discard, m.output
	if err := restore.Run(); err != nil {
		m.t.Fatalf("%s: %v\n%s", commands, err, m.output)
	}
}
