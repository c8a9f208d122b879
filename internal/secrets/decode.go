package secrets

import (
	"cmp"
	"encoding/json"
	"errors"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// databaseURL is the variable of which a running server adopts changes to the user and password.
const databaseURL = "DATABASE_URL"

// decodeClient returns a function that decodes the secret of an OAuth client into variables with a prefix.
func decodeClient(prefix string) func(content string) (map[string]string, error) {
	return func(content string) (map[string]string, error) {
		var c struct {
			ID     string `json:"client_id"`
			Secret string `json:"client_secret"`
		}
		if json.Unmarshal([]byte(content), &c) != nil || strings.TrimSpace(c.ID) == "" {
			return nil, errors.New(`want JSON such as {"client_id": "…", "client_secret": "…"}`)
		}
		return trimValues(map[string]string{prefix + "CLIENT_ID": c.ID, prefix + "CLIENT_SECRET": c.Secret}), nil
	}
}

// decodeDatabase decodes a secret in the format of RDS and its rotation (Secrets Manager User Guide, "JSON structure of
// database secrets"): the port is a number or a string; the port and the name of the database may be missing. A secret
// that RDS itself manages has only a user and a password, and the returned URL has no host. The key tls is not part of
// that format, but our own.
func decodeDatabase(content string) (map[string]string, error) {
	var d struct {
		Engine, Username, Password, Host, DBName, TLS string
		Port                                          json.Number
	}
	if json.Unmarshal([]byte(content), &d) != nil || d.Username == "" || d.Password == "" {
		return nil, errors.New(`want JSON such as {"engine": "mysql", "username": "…", "password": "…", "host": "…", ` +
			`"port": 3306, "dbname": "…"}`)
	}
	user := url.UserPassword(d.Username, d.Password)
	if d.Host == "" {
		return map[string]string{databaseURL: (&url.URL{Scheme: "mysql", User: user, Path: "/"}).String()}, nil
	}
	if !slices.Contains([]string{"", "mysql", "mariadb", "aurora-mysql"}, d.Engine) {
		return nil, errors.New("its engine is neither mysql nor mariadb")
	}
	port := cmp.Or(d.Port.String(), "3306")
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return nil, errors.New("its port is invalid")
	}
	u := url.URL{
		Scheme: "mysql", User: user, Host: net.JoinHostPort(d.Host, port),
		Path: "/" + cmp.Or(d.DBName, "antwon"),
	}
	if d.TLS != "" {
		u.RawQuery = url.Values{"tls": {d.TLS}}.Encode()
	}
	return map[string]string{databaseURL: u.String()}, nil
}

// decodeBackend decodes the server's own keys. The key jwt_secret is the former name of session_secret.
func decodeBackend(content string) (map[string]string, error) {
	var b struct {
		SessionSecret     string    `json:"session_secret"`
		JWTSecret         string    `json:"jwt_secret"`
		SessionSecretsOld commaList `json:"session_secrets_old"`
		EncryptionKey     string    `json:"encryption_key"`
		EncryptionKeysOld commaList `json:"encryption_keys_old"`
	}
	err := json.Unmarshal([]byte(content), &b)
	values := trimValues(map[string]string{
		"SESSION_SECRET":      cmp.Or(b.SessionSecret, b.JWTSecret),
		"SESSION_SECRETS_OLD": string(b.SessionSecretsOld),
		"ENCRYPTION_KEY":      b.EncryptionKey,
		"ENCRYPTION_KEYS_OLD": string(b.EncryptionKeysOld),
	})
	if err != nil || len(values) == 0 {
		return nil, errors.New(`want JSON such as {"session_secret": "…", "encryption_key": "…"}; ` +
			`session_secrets_old and encryption_keys_old are arrays, or strings separated by commas`)
	}
	return values, nil
}

// commaList is a list of keys separated by commas, as in a variable. In JSON it may also be an array.
type commaList string

// UnmarshalJSON implements json.Unmarshaler.
func (l *commaList) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, (*string)(l)) == nil {
		return nil
	}
	var keys []string
	if err := json.Unmarshal(data, &keys); err != nil {
		return err
	}
	if slices.ContainsFunc(keys, func(key string) bool { return strings.Contains(key, ",") }) {
		return errors.New("a key has a comma")
	}
	*l = commaList(strings.Join(keys, ","))
	return nil
}

// trimValues removes white space around the values, as for variables, and then removes those that are empty.
func trimValues(values map[string]string) map[string]string {
	for name, value := range values {
		if values[name] = strings.TrimSpace(value); values[name] == "" {
			delete(values, name)
		}
	}
	return values
}

// equalExceptUser reports whether the values are equal but for the user and password of the database.
func equalExceptUser(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for name, value := range a {
		other, ok := b[name]
		if name == databaseURL {
			value, other = withoutUser(value), withoutUser(other)
		}
		if !ok || value != other {
			return false
		}
	}
	return true
}

func withoutUser(databaseURL string) string {
	u, err := url.Parse(databaseURL)
	if err != nil { // the server could not have started with such a URL
		return databaseURL
	}
	u.User = nil
	return u.String()
}
