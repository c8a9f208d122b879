package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

var (
	// required matches a reference to a variable without which Compose refuses to start.
	required = regexp.MustCompile(`\$\{([A-Z_]+):\?first run make compose-env\}`)
	// password matches the ways in which compose.yaml gives passwords to programs.
	password = regexp.MustCompile(`(?:PASSWORD=|--pass |-p")([^"\n]+)|://[^/@:]+:([^/@\n]+)@`)
)

// compose.yaml has no password: each comes from a variable, without which Compose does not start.
func TestComposeHasNoStandingPasswords(t *testing.T) {
	var file struct {
		Services map[string]struct {
			Environment map[string]string
			Command     []string
			Healthcheck struct{ Test []string }
		}
	}
	if err := yaml.Unmarshal([]byte(readFiles(t, "compose.yaml")["compose.yaml"]), &file); err != nil {
		t.Fatal(err)
	}
	found := 0
	for name, service := range file.Services {
		places := []string{strings.Join(service.Command, " "), strings.Join(service.Healthcheck.Test, " ")}
		for variable, value := range service.Environment {
			places = append(places, variable+"="+value)
		}
		for _, given := range password.FindAllStringSubmatch(strings.Join(places, "\n"), -1) {
			found++
			text := given[1] + given[2]
			isRandom, isInContainer := strings.HasPrefix(text, "yes"), text == "$$MYSQL_PASSWORD"
			if !required.MatchString(text) && !isRandom && !isInContainer {
				t.Errorf("%s has the password %s", name, text)
			}
		}
	}
	if found != 6 {
		t.Errorf("found %d passwords, want four for MySQL and two for NATS", found)
	}
}

// Compose's passwords are generated once, and only their owner can read them.
func TestPasswordsOfComposeAreGenerated(t *testing.T) {
	folder := t.TempDir()
	makefile, err := filepath.Abs(filepath.Join(repository, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	generate := func() string {
		command := exec.CommandContext(t.Context(), "make", "-C", folder, "-f", makefile, "compose-env")
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("make compose-env: %v\n%s", err, out)
		}
		env, err := os.ReadFile(filepath.Join(folder, ".env"))
		if err != nil {
			t.Fatal(err)
		}
		return string(env)
	}
	env := generate()
	for _, needed := range required.FindAllStringSubmatch(readFiles(t, "compose.yaml")["compose.yaml"], -1) {
		if !regexp.MustCompile(`(?m)^` + needed[1] + `=[0-9a-f]{48}$`).MatchString(env) {
			t.Errorf("make compose-env does not generate %s:\n%s", needed[1], env)
		}
	}
	if info, err := os.Stat(filepath.Join(folder, ".env")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf(".env: %v, %v", info, err)
	}
	if generate() != env {
		t.Error("a second call changed the passwords")
	}
}
