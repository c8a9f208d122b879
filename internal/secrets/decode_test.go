package secrets

import (
	"encoding/json"
	"net/url"
	"testing"
)

func TestDatabaseSecretBecomesAURL(t *testing.T) {
	tests := []struct{ name, content, want string }{
		{
			"as RDS writes it", `{"engine":"mysql","username":"u","password":"p","host":"h","port":3307,"dbname":"d"}`,
			"mysql://u:p@h:3307/d",
		},
		{
			"a port that is a string",
			`{"engine":"mariadb","username":"u","password":"p","host":"h","port":"3307","dbname":"d"}`,
			"mysql://u:p@h:3307/d",
		},
		{"only required keys", `{"username":"u","password":"p","host":"h"}`, "mysql://u:p@h:3306/antwon"},
		{"no password", `{"username":"u","host":"h"}`, ""},
		{"verified TLS", `{"username":"u","password":"p","host":"h","tls":"true"}`, "mysql://u:p@h:3306/antwon?tls=true"},
		{"IPv6", `{"username":"u","password":"p","host":"::1"}`, "mysql://u:p@[::1]:3306/antwon"},
		{"a user and a password only", `{"username":"u","password":"p"}`, "mysql://u:p@/"},
		{"no user", `{"password":"p","host":"h"}`, ""},
		{"another engine", `{"engine":"postgres","username":"u","password":"p","host":"h"}`, ""},
		{"an invalid port", `{"username":"u","password":"p","host":"h","port":"0"}`, ""},
		{"a port that is a word", `{"username":"u","password":"p","host":"h","port":"mysql"}`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := decodeDatabase(test.content)
			if got[databaseURL] != test.want || (err == nil) != (test.want != "") {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func TestBackendSecretBecomesVariables(t *testing.T) {
	tests := []struct{ name, content, session, old string }{
		{"the present name", `{"session_secret":"a","jwt_secret":"b"}`, "a", ""},
		{"the former name", `{"jwt_secret":"b"}`, "b", ""},
		{"a list", `{"session_secret":"a","session_secrets_old":["b","c"]}`, "a", "b,c"},
		{"a string", `{"session_secret":" a\n","session_secrets_old":"b,c"}`, "a", "b,c"},
		{"nothing old", `{"session_secret":"a","session_secrets_old":null}`, "a", ""},
		{"a comma in a key", `{"session_secret":"a","session_secrets_old":["b,c"]}`, "", ""},
		{"nothing", `{}`, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := decodeBackend(test.content)
			if got["SESSION_SECRET"] != test.session || got["SESSION_SECRETS_OLD"] != test.old ||
				(err == nil) != (test.session != "") {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

// FuzzSecrets checks that decoded values are consistent, and that errors do not depend on the content of a secret.
func FuzzSecrets(f *testing.F) {
	f.Add(`{"username":"u","password":"p@:/?#","host":"h","port":1,"dbname":"d/%2F"}`)
	f.Add(`{"session_secret":"s","session_secrets_old":["a"]}`)
	f.Add(`{"client_id":"i","client_secret":"s"}`)
	constant := map[string]bool{}
	f.Fuzz(func(t *testing.T, content string) {
		for _, decode := range []func(string) (map[string]string, error){decodeClient("X_"), decodeDatabase, decodeBackend} {
			values, err := decode(content)
			if err != nil {
				if constant[err.Error()] = true; len(constant) > 5 {
					t.Errorf("an error depends on the content of the secret: %v", err)
				}
				continue
			}
			if len(values) == 0 || !equalExceptUser(values, values) {
				t.Errorf("got %v", values)
			}
			if text, there := values[databaseURL]; there {
				checkUser(t, content, text)
			}
		}
	})
}

// checkUser fails if a URL that can be parsed does not have the user and password of the secret. The configuration
// refuses any other URL.
func checkUser(t *testing.T, content, text string) {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		return
	}
	var want struct{ Username, Password string }
	if err := json.Unmarshal([]byte(content), &want); err != nil {
		t.Fatal(err)
	}
	if password, _ := u.User.Password(); u.User.Username() != want.Username || password != want.Password {
		t.Errorf("%s is not %+v", text, want)
	}
}
