package release_test

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Everything that can be downloaded is in the list of checksums, with the sum that it has.
func TestChecksumsAreTrue(t *testing.T) {
	d := openDist(t)
	sums := map[string]string{}
	for line := range strings.Lines(d.read("dist/checksums.txt")) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		sums[name] = sum
	}
	for _, kind := range []string{"Archive", "Linux Package", "SBOM"} {
		for _, a := range d.all(kind) {
			if sum := fmt.Sprintf("%x", sha256.Sum256([]byte(d.read(a.Path)))); sums[a.Name] != sum {
				t.Errorf("the sum of %s is %s, and the list says %q", a.Name, sum, sums[a.Name])
			}
		}
	}
}

// Each program comes in an archive, and for Linux also as a package for Debian's family and for Red Hat's.
func TestEachProgramCanBeDownloaded(t *testing.T) {
	d := openDist(t)
	for _, program := range d.all("Binary") {
		var found []string
		for _, a := range d.artifacts {
			if a.Goos == program.Goos && a.Goarch == program.Goarch && (a.Type == "Archive" || a.Type == "Linux Package") {
				found = append(found, strings.TrimPrefix(filepath.Ext(a.Name), "."))
			}
		}
		want := map[string][]string{"linux": {"deb", "gz", "rpm"}, "darwin": {"gz"}, "windows": {"zip"}}[program.Goos]
		if slices.Sort(found); !slices.Equal(found, want) {
			t.Errorf("for %s on %s there are %v, want %v", program.Goos, program.Goarch, found, want)
		}
	}
}

// A program prints its version, and is not linked with libraries of the machine.
func TestProgramKnowsItsVersionAndIsStatic(t *testing.T) {
	d := openDist(t)
	program := d.file("Binary", "amd64", "antwon")
	want := fmt.Sprintf("antwon v%s (commit %s", d.version, d.commit)
	if said := output(t, program, "version"); !strings.HasPrefix(said, want) {
		t.Errorf("the program says %q, want %q", said, want)
	}
	linked, err := exec.CommandContext(t.Context(), "ldd", program).CombinedOutput()
	if err == nil || !strings.Contains(string(linked), "not a dynamic executable") {
		t.Errorf("the program is linked with %s", linked)
	}
}

// The archive has the program, and the documents to read before starting it.
func TestArchiveHasTheProgramAndItsPapers(t *testing.T) {
	d := openDist(t)
	files := untar(t, d.file("Archive", "amd64", ".tar.gz"))
	folder := fmt.Sprintf("antwon_%s_linux_amd64/", d.version)
	for name, source := range map[string]string{
		"LICENSE":                    "LICENSE",
		"CHANGELOG.md":               "CHANGELOG.md",
		"configuration.md":           "docs/configuration.md",
		"one-machine/antwon.service": "deploy/one-machine/antwon.service",
		"one-machine/antwon.env":     "deploy/one-machine/antwon.env",
	} {
		if files[folder+name] != d.read(source) {
			t.Errorf("%s of the archive is not that of the repository, but %.100q", name, files[folder+name])
		}
	}
	built, err := os.ReadFile(d.file("Binary", "amd64", "antwon"))
	if err != nil || files[folder+"antwon"] != string(built) {
		t.Errorf("the program of the archive is not the one that was built (%v)", err)
	}
}

// The notes of a release are its section of the changelog. A version without one cannot be released.
func TestNotesAreTheSectionOfTheChangelog(t *testing.T) {
	const script = repository + "/tools/release-notes.sh"
	notes := output(t, script, "v0.2.0")
	if !strings.Contains(notes, "\n### Added\n") || strings.Contains(notes, "\n## ") {
		t.Errorf("the notes of 0.2.0 are %.200q", notes)
	}
	if out, err := exec.CommandContext(t.Context(), script, "v0.2").CombinedOutput(); err == nil {
		t.Errorf("a version that the changelog does not have has notes: %.200q", out)
	}
}

// untar returns the files of a compressed archive, by name.
func untar(t *testing.T, path string) map[string]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for archive := tar.NewReader(unpacked); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		files[header.Name] = string(content)
	}
}
