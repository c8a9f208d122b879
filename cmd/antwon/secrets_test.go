package main_test

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/internal/secrets/fakeaws"
	"antwon.dj/backend/internal/testdb"
)

// hidden is in every secret of these tests, and must not appear in any output.
const hidden = "hushhushhushhushhushhushhushhush"

func keepSecrets(t *testing.T) *fakeaws.Server {
	t.Helper()
	aws := fakeaws.Start(t)
	aws.Put("spotify_client", `{"client_id": "our-app", "client_secret": "`+hidden+`"}`)
	aws.Put("antwon-rds-credentials", `{"engine": "mysql", "username": "antwon", "password": "`+hidden+`",
		"host": "db.example.org", "port": 3306, "dbname": "party"}`)
	aws.Put("antwon-backend", `{"jwt_secret": "`+hidden+`", "encryption_key": "`+hidden+`"}`)
	aws.Put("cognito_client_credentials", `{"client_id": "our-pool", "client_secret": "`+hidden+`"}`)
	return aws
}

// printConfig runs antwon config and returns its output and its exit code.
func printConfig(t *testing.T, aws *fakeaws.Server, env ...string) (out string, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary(t), "config")
	cmd.Env = append(append(aws.Environ(), "ANTWON_SECRETS=aws"), env...)
	output, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	if strings.Contains(string(output), hidden) {
		t.Errorf("a secret is shown:\n%s", output)
	}
	return string(output), cmd.ProcessState.ExitCode()
}

func TestConfigurationNamesTheSecretOfEachValue(t *testing.T) {
	t.Parallel()
	out, code := printConfig(t, keepSecrets(t))
	if code != 0 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	for _, want := range []string{
		"ANTWON_DATABASE_URL=mysql://antwon:xxxxx@db.example.org:3306/party?tls=preferred" +
			" # from the secret antwon-rds-credentials\n",
		"ANTWON_SPOTIFY_CLIENT_ID=our-app # from the secret spotify_client\n",
		"ANTWON_SPOTIFY_CLIENT_SECRET=(secret) # from the secret spotify_client\n",
		"ANTWON_SESSION_SECRET=(secret) # from the secret antwon-backend\n",
		"ANTWON_ENCRYPTION_KEY=(secret) # from the secret antwon-backend\n",
		"ANTWON_SECRETS=aws\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %s\n%s", want, out)
		}
	}
}

func TestVariablesOverrideSecrets(t *testing.T) {
	t.Parallel()
	aws := keepSecrets(t)
	aws.Put("party/keys", `{"session_secret": "`+hidden+`"}`)
	out, code := printConfig(t, aws, "ANTWON_DATABASE_URL=sqlite:mine.db", "ANTWON_SPOTIFY_CLIENT_ID=mine",
		"ANTWON_AWS_SECRET_OIDC=off",
		"ANTWON_AWS_SECRET_BACKEND=party/keys", "ANTWON_ENCRYPTION_KEY="+hidden)
	if code != 0 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	for _, want := range []string{
		"ANTWON_DATABASE_URL=sqlite:mine.db\n", "ANTWON_SPOTIFY_CLIENT_ID=mine\n", "ANTWON_ENCRYPTION_KEY=(secret)\n",
		"ANTWON_SPOTIFY_CLIENT_SECRET=(not set", "ANTWON_SESSION_SECRET=(secret) # from the secret party/keys\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %s\n%s", want, out)
		}
	}
	for _, unread := range []string{"spotify_client", "antwon-rds-credentials", "antwon-backend",
		"cognito_client_credentials"} {
		if aws.RequestCount(unread) > 0 {
			t.Errorf("it asked for %s, which is not wanted", unread)
		}
	}
}

func TestSecretsThatCannotBeReadAreNamed(t *testing.T) {
	t.Parallel()
	aws := keepSecrets(t)
	aws.Put("spotify_client", hidden)
	out, code := printConfig(t, aws, "ANTWON_AWS_SECRET_BACKEND=nowhere")
	if code != 2 || !strings.Contains(out, "the secret spotify_client: want JSON") ||
		!strings.Contains(out, "the secret nowhere: there is no such secret") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	aws = keepSecrets(t)
	aws.Put("antwon-backend", `{"session_secret": "hushhush"}`)
	out, code = printConfig(t, aws, "ANTWON_LOG_LEVEL=loud")
	if code != 2 || strings.Contains(out, "hushhush") || !strings.Contains(out, "ANTWON_LOG_LEVEL:") ||
		!strings.Contains(out, "ANTWON_SESSION_SECRET (from the secret antwon-backend): has 8 characters") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// A party continues while RDS rotates the database's password. When the server's own keys change, the server stops, so
// that it is started again with the new keys.
func TestServerStopsOnlyWhenItsOwnKeysChange(t *testing.T) {
	t.Parallel()
	aws, account := keepSecrets(t), testdb.NewAccount(t, testdb.MySQL(t), "first"+hidden)
	aws.Put("antwon-rds-credentials", rdsSecret(t, account))
	// The server reads its secrets when the database refuses it, and otherwise about every second.
	s := startServer(t, "", append(aws.Environ(), "ANTWON_SECRETS=aws", "ANTWON_SECRETS_REFRESH=1s",
		"ANTWON_AWS_SECRET_SPOTIFY=off",
		"ANTWON_PLAYBACK=off")...)
	before := s.login("Hanna")
	before.ask(nil, `{ viewer { __typename } }`, nil)

	account.SetPassword("second" + hidden)
	aws.Put("antwon-rds-credentials", rdsSecret(t, account))
	account.EndConnections()
	// This needs a new connection. If the database has refused one between the two changes, the server waits a few
	// seconds before it reads the secret again.
	s.eventually("the new password to be used", func() bool {
		return s.anonymous().try(nil, `mutation { demoLogin(displayName: "Hugo") { accessToken } }`, nil) == nil
	})

	aws.Put("antwon-backend", `{"session_secret": "new`+hidden+`", "encryption_key": "`+hidden+`"}`)
	ended := make(chan struct{})
	go func() { defer close(ended); _ = s.cmd.Wait() }()
	select {
	case <-ended:
	case <-time.After(30 * time.Second):
		t.Fatalf("the server still runs\n%s", s.stderr)
	}
	if code := s.cmd.ProcessState.ExitCode(); code != 3 ||
		!strings.Contains(s.stderr.String(), "restarted to use them: antwon-backend") {
		t.Errorf("exit code %d\n%s", code, s.stderr)
	}
	if out := s.stdout.String() + s.stderr.String(); strings.Contains(out, hidden) {
		t.Errorf("a secret is shown:\n%s", out)
	}

	s.start()
	s.login("Hanna")
	if err := before.try(nil, `{ viewer { __typename } }`, nil); err == nil {
		t.Error("a token of the old key is still good: the server does not use the new one")
	}
}

func rdsSecret(t *testing.T, account *testdb.Account) string {
	t.Helper()
	u := account.URL()
	password, _ := u.User.Password()
	secret, err := json.Marshal(map[string]string{
		"engine": "mariadb", "username": u.User.Username(), "password": password, "host": u.Hostname(), "port": u.Port(),
		"dbname": strings.Trim(u.Path, "/"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(secret)
}

// RDS can manage the password of a database by itself; its secret then has a user and a password only.
func TestSecretWithAUserOnlyCompletesTheDatabaseURL(t *testing.T) {
	t.Parallel()
	const rds = "party.abc.eu-west-1.rds.amazonaws.com"
	for _, test := range []struct{ name, url, want string }{
		{
			"with the rest in the variable", "mysql://" + rds + "/party",
			"ANTWON_DATABASE_URL=mysql://antwon:xxxxx@" + rds + ":3306/party?tls=rds " +
				"# with the user of the secret antwon-rds-credentials\n",
		},
		{"without the rest", "", "ANTWON_DATABASE_URL (from the secret antwon-rds-credentials): the secret has a user"},
		{
			"a password in the variable", "mysql://me:" + hidden + "@db.example.org/party",
			"ANTWON_DATABASE_URL=mysql://me:xxxxx@db.example.org:3306/party\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			aws := keepSecrets(t)
			aws.Put("antwon-rds-credentials", `{"username": "antwon", "password": "`+hidden+`"}`)
			var env []string
			if test.url != "" {
				env = append(env, "ANTWON_DATABASE_URL="+test.url)
			}
			out, code := printConfig(t, aws, env...)
			if !strings.Contains(out, test.want) || (code == 0) != (test.url != "") {
				t.Errorf("exit code %d, want %q\n%s", code, test.want, out)
			}
		})
	}
}
