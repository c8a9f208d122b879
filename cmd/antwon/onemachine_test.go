package main

import (
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"
)

const oneMachine = "deploy/one-machine/"

func oneMachineFile(t *testing.T, name string) string {
	t.Helper()
	return readFiles(t, oneMachine+name)[oneMachine+name]
}

// assignment matches an assignment in an env file, also an example that is commented out.
var assignment = regexp.MustCompile(`(?m)^#?([A-Z][A-Z_0-9]*)=(.*)$`)

// oneMachineEnv returns the variables of antwon.env, including the examples. Those without a value get one.
func oneMachineEnv(t *testing.T) (env []string) {
	t.Helper()
	for _, found := range assignment.FindAllStringSubmatch(oneMachineFile(t, "antwon.env"), -1) {
		name, value := found[1], found[2]
		switch {
		case value == "" && strings.HasSuffix(name, "ISSUER"):
			value = "https://login.example.org"
		case value == "":
			value = strings.Repeat("x", 32)
		}
		env = append(env, name+"="+value)
	}
	if len(env) < 10 {
		t.Errorf("antwon.env has only %d variables", len(env))
	}
	return env
}

// With the values that antwon.env asks for, the server starts; without them, it lists exactly these.
func TestEnvFileOfOneMachineIsComplete(t *testing.T) {
	if _, err := parseConfig("serve", oneMachineEnv(t), nil); err != nil {
		t.Error(err)
	}
	var empty []string
	env := []string{"ANTWON_DATABASE_URL=sqlite:/var/lib/antwon/antwon.db"} // by the unit
	for _, line := range strings.Split(oneMachineFile(t, "antwon.env"), "\n") {
		if name, value, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(line, "#") {
			env = append(env, line)
			if value == "" {
				empty = append(empty, name)
			}
		}
	}
	_, err := parseConfig("serve", env, nil)
	if err == nil {
		t.Fatal("a server starts without secrets")
	}
	for _, name := range empty {
		if name != "ANTWON_SPOTIFY_CLIENT_SECRET" && !strings.Contains(err.Error(), name+": is missing") {
			t.Errorf("antwon.env asks for %s, and the server does not: %v", name, err)
		}
	}
	if n := strings.Count(err.Error(), ": is missing"); n != len(empty)-1 { // without the app's secret there is PKCE
		t.Errorf("antwon.env asks for %q, and the server for these: %v", empty, err)
	}
}

// composeFile has the fields of compose.yaml that are checked.
type composeFile struct {
	Services map[string]struct {
		Image       string
		Command     []string
		EnvFile     []string `yaml:"env_file"`
		Environment map[string]string
		Volumes     []string
		StopGrace   time.Duration `yaml:"stop_grace_period"`
		User        string
	}
	Networks map[string]struct {
		Ipam struct{ Config []struct{ Subnet string } }
	}
}

func TestComposeFileOfOneMachineFitsTheServer(t *testing.T) {
	var file composeFile
	if err := yaml.Unmarshal([]byte(oneMachineFile(t, "compose.yaml")), &file); err != nil {
		t.Fatal(err)
	}
	antwon := file.Services["antwon"]
	env := oneMachineEnv(t)
	for name, value := range antwon.Environment {
		env = append(env, name+"="+value)
	}
	cfg, err := parseConfig(antwon.Command[0], env, nil)
	if err != nil {
		t.Fatal(err)
	}
	if least := cfg.stopTimeout + 10*time.Second; antwon.StopGrace < least {
		t.Errorf("the server is killed after %v, want %v at least", antwon.StopGrace, least)
	}
	subnet := netip.MustParsePrefix(file.Networks["default"].Ipam.Config[0].Subnet)
	if !slices.Equal(cfg.trustedProxies, []netip.Prefix{subnet}) {
		t.Errorf("the server trusts %v, and the proxy is in %v", cfg.trustedProxies, subnet)
	}
	upstream := file.Services["caddy"].Environment["UPSTREAM"]
	if upstream != "antwon:8080" || cfg.addr != "0.0.0.0:8080" {
		t.Errorf("the proxy asks %s, and the server listens at %s", upstream, cfg.addr)
	}
	if cfg.databaseURL != "sqlite:/data/antwon.db" || !slices.Contains(antwon.Volumes, "data:/data") ||
		!slices.Contains(file.Services["litestream"].Volumes, "data:/var/lib/antwon") {
		t.Errorf("the database %s is not where Litestream looks for it", cfg.databaseURL)
	}
	image := readFiles(t, "Dockerfile")["Dockerfile"]
	if user := file.Services["litestream"].User; !strings.Contains(image, "USER 65532") || user != "65532:65532" {
		t.Errorf("Litestream runs as %s, and the server as another user", user)
	}
	module := readFiles(t, "test/litestream/go.mod")["test/litestream/go.mod"]
	tested := regexp.MustCompile(`github.com/benbjohnson/litestream v(\S+)`).FindStringSubmatch(module)
	image, _, _ = strings.Cut(file.Services["litestream"].Image, "@")
	if len(tested) == 0 || image != "litestream/litestream:"+tested[1] {
		t.Errorf("the image %s is not the version that is tested, %q", image, tested)
	}
}

// litestream.yml copies the file that the unit's server writes, and litestream.env has each of its variables.
func TestLitestreamCopiesTheDatabaseOfTheUnit(t *testing.T) {
	unit, file := oneMachineFile(t, "antwon.service"), oneMachineFile(t, "litestream.yml")
	database := regexp.MustCompile(`ANTWON_DATABASE_URL=sqlite:(\S+)`).FindStringSubmatch(unit)
	if len(database) == 0 || !strings.Contains(file, "path: "+database[1]+"\n") {
		t.Errorf("litestream.yml does not copy %q", database)
	}
	var known []string
	for _, found := range assignment.FindAllStringSubmatch(oneMachineFile(t, "litestream.env"), -1) {
		known = append(known, found[1])
	}
	used := regexp.MustCompile(`(?m)^[^#]*\$\{?(\w+)`).FindAllStringSubmatch(file, -1)
	if len(used) == 0 {
		t.Error("litestream.yml uses no variable")
	}
	for _, variable := range used {
		if !slices.Contains(known, variable[1]) {
			t.Errorf("litestream.yml uses %s, which litestream.env does not have", variable[1])
		}
	}
}

// systemdAnalyze runs systemd-analyze on a copy of a unit whose program exists, and returns the output.
func systemdAnalyze(t *testing.T, unit, text string, args ...string) (out string, err error) {
	t.Helper()
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		if os.Getenv("ANTWON_TEST_STRICT") == "1" {
			t.Fatalf("systemd-analyze is required here: %v", err)
		}
		t.Skip("systemd's units left out: there is no systemd-analyze")
	}
	text = regexp.MustCompile(`(?m)^ExecStart=\S+`).ReplaceAllString(text, "ExecStart=/bin/true")
	path := filepath.Join(t.TempDir(), unit)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	output, err := exec.CommandContext(t.Context(), "systemd-analyze", append(args, path)...).CombinedOutput()
	return string(output), err
}

func TestUnitsAreValidAndHardened(t *testing.T) {
	for _, unit := range []string{"antwon.service", "litestream.service"} {
		t.Run(unit, func(t *testing.T) {
			text := oneMachineFile(t, unit)
			if out, err := systemdAnalyze(t, unit, text, "verify", "--man=no"); err != nil || out != "" {
				t.Errorf("verify: %v\n%s", err, out)
			}
			if out, err := systemdAnalyze(t, unit, text, "security", "--offline=true", "--threshold=20"); err != nil {
				t.Errorf("it has more rights than a service of exposure 2.0: %v\n%s", err, out)
			}
			wrong := strings.Replace(text, "ProtectSystem=strict", "ProtectSystems=strict", 1)
			if out, _ := systemdAnalyze(t, unit, wrong, "verify", "--man=no"); !strings.Contains(out, "ProtectSystems") {
				t.Errorf("verify does not see a wrong name: %s", out)
			}
		})
	}
}

// The unit's server is not killed before it has had its time to stop.
func TestUnitLeavesTheServerItsTimeToStop(t *testing.T) {
	found := regexp.MustCompile(`(?m)^TimeoutStopSec=(\d+)$`).FindStringSubmatch(oneMachineFile(t, "antwon.service"))
	if len(found) == 0 {
		t.Fatal("the unit has no time to stop")
	}
	killedAfter, err := time.ParseDuration(found[1] + "s")
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := parseConfig("serve", oneMachineEnv(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	if least := cfg.stopTimeout + 10*time.Second; killedAfter < least {
		t.Errorf("systemd kills the server after %v, want %v at least", killedAfter, least)
	}
}
