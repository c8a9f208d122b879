package main_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"antwon.dj/backend/internal/secrets/fakeaws"
)

// If a setting keeps the server from working, the server exits at once with code 2, so that supervisors do not restart
// it again and again. It prints a line that names the variable.
func TestServerThatCannotWorkNamesTheSettingAndEnds(t *testing.T) {
	t.Parallel()
	const rds = "party.abc.eu-west-1.rds.amazonaws.com"
	absolute := func(path string) string {
		path, err := filepath.Abs(path)
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	none, roots := absolute("badinput_test.go"), absolute("../../internal/database/rds.pem")
	put := func(name, secret string) func(*fakeaws.Server) {
		return func(aws *fakeaws.Server) { aws.Put(name, secret) }
	}
	fail := func(name, fault string) func(*fakeaws.Server) {
		return func(aws *fakeaws.Server) { aws.Fail(name, fault) }
	}
	for _, test := range []struct {
		name string
		aws  func(*fakeaws.Server)
		env  []string
		want []string
	}{
		{"no region", nil, []string{"AWS_REGION="}, []string{"ANTWON_SECRETS: the region of AWS is unknown: set AWS_REGION"}},
		{
			"the region of other credentials", fail("spotify_client", "InvalidSignatureException"), nil,
			[]string{"ANTWON_AWS_SECRET_SPOTIFY: the secret spotify_client: ", "check AWS_SECRET_ACCESS_KEY, AWS_REGION"},
		},
		{
			"an access key that AWS does not know", fail("spotify_client", "UnrecognizedClientException"), nil,
			[]string{"ANTWON_AWS_SECRET_SPOTIFY: the secret spotify_client: ", "check AWS_ACCESS_KEY_ID"},
		},
		{
			"a secret of another region", nil, []string{"ANTWON_AWS_SECRET_OIDC=elsewhere"},
			[]string{"ANTWON_AWS_SECRET_OIDC: the secret elsewhere: there is no such secret in eu-central-1"},
		},
		{
			"a missing permission", fail("antwon-backend", "AccessDeniedException"), nil,
			[]string{"ANTWON_AWS_SECRET_BACKEND: the secret antwon-backend: ", "the role needs secretsmanager:GetSecretValue"},
		},
		{
			"a missing permission for the key", fail("antwon-backend", "DecryptionFailure"), nil,
			[]string{"ANTWON_AWS_SECRET_BACKEND: the secret antwon-backend: ", "the role needs kms:Decrypt"},
		},
		{
			"an app without its id", put("spotify_client", `{"client_secret": "`+hidden+`"}`), nil,
			[]string{`ANTWON_AWS_SECRET_SPOTIFY: the secret spotify_client: want JSON such as {"client_id"`},
		},
		{
			"a database without a password", put("antwon-rds-credentials", `{"username": "antwon", "host": "db"}`), nil,
			[]string{"ANTWON_AWS_SECRET_DATABASE: the secret antwon-rds-credentials: want JSON such as", `"password"`},
		},
		{
			"a database without a host",
			put("antwon-rds-credentials", `{"username": "antwon", "password": "`+hidden+`"}`), nil,
			[]string{"ANTWON_DATABASE_URL (from the secret antwon-rds-credentials): ", "set ANTWON_DATABASE_URL to the rest"},
		},
		{
			"keys without one", put("antwon-backend", `{"session_secret": "`+hidden+`"}`), nil,
			[]string{"ANTWON_ENCRYPTION_KEY: is missing"},
		},
		{
			"a client without its secret", put("cognito_client_credentials", `{"client_id": "our-pool"}`), nil,
			[]string{"ANTWON_OIDC_CLIENT_SECRET: is missing"},
		},
		{
			"two mistakes", put("spotify_client", "mine"), []string{"ANTWON_AWS_SECRET_OIDC=elsewhere"},
			[]string{"ANTWON_AWS_SECRET_SPOTIFY: ", "ANTWON_AWS_SECRET_OIDC: "},
		},
		{
			"a file without certificates", nil, []string{"ANTWON_DATABASE_CA_FILE=" + none},
			[]string{"ANTWON_DATABASE_CA_FILE: " + none + " has no certificate in PEM format"},
		},
		{
			"no file of certificates", nil, []string{"ANTWON_DATABASE_CA_FILE=/nowhere.pem"},
			[]string{"ANTWON_DATABASE_CA_FILE: read the certificates to trust: open /nowhere.pem"},
		},
		{
			"a URL with a file without certificates", nil,
			[]string{"ANTWON_DATABASE_URL=mysql://u:p@db.example.org/antwon?tls=verify&ca=" + none},
			[]string{"ANTWON_DATABASE_URL: " + none + " has no certificate in PEM format"},
		},
		{
			"certificates of one's own for Amazon's", nil,
			[]string{"ANTWON_DATABASE_URL=mysql://u:p@" + rds + "/antwon?tls=rds", "ANTWON_DATABASE_CA_FILE=" + roots},
			[]string{"ANTWON_DATABASE_CA_FILE: is only for a MySQL database whose URL has no ca"},
		},
		{
			"Amazon's certificates for another host", nil,
			[]string{"ANTWON_DATABASE_URL=mysql://u:p@db.example.org/antwon?tls=rds"},
			[]string{"ANTWON_DATABASE_URL: tls=rds is for hosts whose names end in .rds.amazonaws.com"},
		},
		{
			"the same in a secret", put("antwon-rds-credentials", `{"username": "antwon", "password": "`+hidden+
				`", "host": "db.example.org", "tls": "rds"}`), nil,
			[]string{"ANTWON_DATABASE_URL (from the secret antwon-rds-credentials): tls=rds is for hosts whose names end"},
		},
		{
			"a stop delay longer than the stop timeout", nil, []string{"ANTWON_STOP_DELAY=30s", "ANTWON_STOP_TIMEOUT=20s"},
			[]string{"ANTWON_STOP_TIMEOUT: 20s is too short for the stop delay and the drain window, together 32s"},
		},
		{
			"metrics in another format", nil, []string{"ANTWON_METRICS=cloudwatch"},
			[]string{`ANTWON_METRICS: "cloudwatch": want prometheus or emf`},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			aws := keepSecrets(t)
			if test.aws != nil {
				test.aws(aws)
			}
			serve := exec.CommandContext(t.Context(), binary(t), "serve")
			serve.Env = append(append(aws.Environ(), "ANTWON_SECRETS=aws", "ANTWON_PUBLIC_URL=https://party.example.org",
				"ANTWON_OIDC_ISSUER=https://login.example.org"), test.env...)
			output, err := serve.CombinedOutput()
			if serve.ProcessState == nil {
				t.Fatal(err)
			}
			out := string(output)
			if code := serve.ProcessState.ExitCode(); code != 2 || strings.Contains(out, hidden) {
				t.Errorf("exit code %d, want 2, and no secret\n%s", code, out)
			}
			if lines := len(strings.Split(strings.TrimSpace(out), "\n")); lines != 1 && len(test.want) == 1 {
				t.Errorf("%d lines, want one\n%s", lines, out)
			}
			for _, want := range test.want {
				if !strings.Contains(out, want) {
					t.Errorf("it does not say %s\n%s", want, out)
				}
			}
		})
	}
}
