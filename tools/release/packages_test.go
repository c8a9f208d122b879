package release_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sassoftware/go-rpmutils"
)

// installed has the files that a package installs besides the program, by path, and their sources in the repository.
var installed = map[string]string{
	"/usr/lib/systemd/system/antwon.service": "deploy/one-machine/antwon.service",
	"/usr/lib/sysusers.d/antwon.conf":        "deploy/one-machine/sysusers.conf",
	"/etc/antwon/antwon.env":                 "deploy/one-machine/antwon.env",
	"/usr/share/doc/antwon/copyright":        "LICENSE",
}

const (
	settingsFile = "/etc/antwon/antwon.env"
	programFile  = "/usr/bin/antwon"
)

func TestDebianPackage(t *testing.T) {
	dpkg := tool(t, "the Debian package is", "dpkg-deb")
	d := openDist(t)
	path := d.file("Linux Package", "amd64", ".deb")
	folder := t.TempDir()
	output(t, dpkg, "--extract", path, folder)
	checkInstalled(d, folder, func(path string) os.FileMode {
		info, err := os.Stat(filepath.Join(folder, path))
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode()
	})

	output(t, dpkg, "--control", path, filepath.Join(folder, "control"))
	control := readText(t, filepath.Join(folder, "control", "control"))
	for _, field := range []string{"Package: antwon\n", "Architecture: amd64\n", "Depends: systemd\n"} {
		if !strings.Contains(control, field) {
			t.Errorf("the package's fields lack %q:\n%s", field, control)
		}
	}
	// Debian asks before it replaces these, and sorts what follows a tilde before the release.
	if files := strings.Fields(readText(t, filepath.Join(folder, "control", "conffiles"))); len(files) != 1 ||
		files[0] != settingsFile {
		t.Errorf("the files that belong to the operator are %q, want %s", files, settingsFile)
	}
	if want := "Version: " + strings.Replace(d.version, "-", "~", 1) + "\n"; !strings.Contains(control, want) {
		t.Errorf("the package's fields lack %q:\n%s", want, control)
	}
	for _, script := range []string{"postinst", "prerm", "postrm"} {
		output(t, "sh", "-n", filepath.Join(folder, "control", script))
	}
}

func TestRPMPackage(t *testing.T) {
	d := openDist(t)
	file, err := os.Open(d.file("Linux Package", "amd64", ".rpm"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rpm, err := rpmutils.ReadRpm(file)
	if err != nil {
		t.Fatal(err)
	}
	if nevra, err := rpm.Header.GetNEVRA(); err != nil || nevra.Name != "antwon" || nevra.Arch != "x86_64" ||
		nevra.Version != strings.Replace(d.version, "-", "~", 1) {
		t.Errorf("the package is %v (%v), want antwon %s for x86_64", nevra, err, d.version)
	}
	for name, tag := range map[string]int{"post": rpmutils.POSTIN, "preun": rpmutils.PREUN, "postun": rpmutils.POSTUN} {
		if script, err := rpm.Header.GetString(tag); err != nil || !strings.Contains(script, "systemctl") {
			t.Errorf("the script %s is %q (%v)", name, script, err)
		}
	}
	files, err := rpm.Header.GetFiles()
	if err != nil {
		t.Fatal(err)
	}
	modes := map[string]os.FileMode{} // unpacking does not set them
	for _, file := range files {
		modes[file.Name()] = os.FileMode(file.Mode()).Perm()
		const replacedNever = 1<<0 | 1<<4 // %config(noreplace)
		if belongs := file.Flags()&replacedNever == replacedNever; belongs != (file.Name() == settingsFile) {
			t.Errorf("%s has the flags %b", file.Name(), file.Flags())
		}
	}
	folder := t.TempDir()
	if err := rpm.ExpandPayload(folder); err != nil {
		t.Fatal(err)
	}
	checkInstalled(d, folder, func(path string) os.FileMode { return modes[path] })
}

// checkInstalled checks what a package puts on a machine whose root is the folder, and with which modes.
func checkInstalled(d dist, folder string, mode func(path string) os.FileMode) {
	d.t.Helper()
	for path, source := range installed {
		if readText(d.t, filepath.Join(folder, path)) != d.read(source) {
			d.t.Errorf("%s is not %s", path, source)
		}
	}
	built := readText(d.t, d.file("Binary", "amd64", "antwon"))
	if readText(d.t, filepath.Join(folder, programFile)) != built {
		d.t.Errorf("%s is not the program that was built", programFile)
	}
	for path, want := range map[string]os.FileMode{programFile: 0o755, settingsFile: 0o600} {
		if got := mode(path); got != want {
			d.t.Errorf("%s has the mode %v, want %v", path, got, want)
		}
	}
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
