package main_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// commandRefusal runs a command that cannot work with this configuration, and returns what it says.
func commandRefusal(t *testing.T, command string, env ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary(t), command)
	cmd.Dir = t.TempDir()
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, env...)
	said, err := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != 2 {
		t.Fatalf("%s with %q ended with %d (%v), want 2\n%s", command, env, code, err, said)
	}
	return string(said)
}

// A server for real use does not start while variables are missing or wrong, and lists all of them together.
func TestServeListsEveryMissingVariable(t *testing.T) {
	t.Parallel()
	needed := []string{
		"PUBLIC_URL", "DATABASE_URL", "SESSION_SECRET", "ENCRYPTION_KEY", "OIDC_ISSUER", "OIDC_CLIENT_ID",
		"OIDC_CLIENT_SECRET", "SPOTIFY_CLIENT_ID",
	}
	said := commandRefusal(t, "serve", "ANTWON_LOG_FORMAT=yaml")
	for _, name := range append(needed, "LOG_FORMAT") {
		if strings.Count(said, "ANTWON_"+name+":") != 1 {
			t.Errorf("%s is not said once:\n%s", name, said)
		}
	}
	complete := []string{
		"ANTWON_PUBLIC_URL=https://party.example.org", "ANTWON_DATABASE_URL=sqlite:data/antwon.db",
		"ANTWON_SESSION_SECRET=" + strings.Repeat("s", 32),
		"ANTWON_ENCRYPTION_KEY=" + strings.Repeat("e", 32), "ANTWON_OIDC_ISSUER=https://login.example.org",
		"ANTWON_OIDC_CLIENT_ID=app",
		"ANTWON_OIDC_CLIENT_SECRET=secret", "ANTWON_SPOTIFY_CLIENT_ID=app",
	}
	for i, name := range needed {
		env := append([]string{}, complete[:i]...)
		said := commandRefusal(t, "serve", append(env, complete[i+1:]...)...)
		if !strings.HasPrefix(said, "antwon: ANTWON_"+name+": is missing") {
			t.Errorf("without %s: %s", name, said)
		}
	}
	for _, wrong := range []string{
		"ANTWON_PUBLIC_URL=http://party.example.org", "ANTWON_PUBLIC_URL=http://192.168.1.20:8080",
		"ANTWON_OIDC_ISSUER=http://login.example.org",
		"ANTWON_SESSION_SECRET=short", "ANTWON_SESSION_SECRETS_OLD=short",
	} {
		name, _, _ := strings.Cut(wrong, "=")
		if said := commandRefusal(t, "serve", append(complete, wrong)...); !strings.HasPrefix(said, "antwon: "+name+":") {
			t.Errorf("with %s: %s", wrong, said)
		}
	}
}

// A server for real use refuses features that a demo offers to everybody.
func TestServeRefusesWhatOnlyADemoAllows(t *testing.T) {
	t.Parallel()
	s := startReal(t, "sqlite:data/antwon.db", noSpotify(t), startProvider(t))
	nobody := s.anonymous()
	if code := nobody.refusal(t, `mutation { demoLogin(displayName: "X") { accessToken } }`, nil); code != "FORBIDDEN" {
		t.Errorf("demoLogin: %s", code)
	}
	if got := nobody.post(t, `{ __schema { types { name } } }`, nil); len(got.Errors) == 0 {
		t.Errorf("the schema is shown: %s", got.Data)
	}
	if got := nobody.post(t, `{ viewr { email } }`, nil); len(got.Errors) == 0 ||
		strings.Contains(got.Errors[0].Message, "Did you mean") {
		t.Errorf("a mistake is answered with %+v", got.Errors)
	}
	if strings.Contains(s.stdout.String(), "PARTY") || !strings.Contains(s.stdout.String(), s.url+"/auth/callback") {
		t.Errorf("the server greets with\n%s", s.stdout)
	}
	for _, path := range []string{"/covers/1.svg", "/control/", "/schema.graphql"} {
		b := newBrowser(t, nobody)
		if status, _ := b.visit(s.url + path); status != 404 {
			t.Errorf("%s: %d", path, status)
		}
	}
}
