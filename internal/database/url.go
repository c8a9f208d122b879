package database

import (
	"errors"
	"net"
	"net/url"
	"strings"
)

// CheckDatabaseURL says whether OpenStore understands a URL, and how to show it: without the password.
func CheckURL(databaseURL string) (shown string, err error) {
	if path, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
		if path == "" {
			return databaseURL, errors.New("sqlite: wants the path of a file behind it, such as sqlite:data/antwon.db")
		}
		return databaseURL, nil
	}
	u, err := parseMySQL(databaseURL)
	if err != nil {
		return "(not a database URL)", err
	}
	return u.Redacted(), nil
}

// parseMySQL reads mysql://user:password@host:port/name, perhaps with ?tls=true, skip-verify or preferred. Its errors do
// not show what may be a password.
func parseMySQL(databaseURL string) (*url.URL, error) {
	u, err := url.Parse(databaseURL)
	if err != nil || u.Scheme != "mysql" || u.Hostname() == "" || strings.Trim(u.Path, "/") == "" || u.Fragment != "" {
		return nil, errors.New("want sqlite:PATH or mysql://user:password@host:port/name; special characters of a password are written as %23 for #, %2F for /, and so on")
	}
	for name, values := range u.Query() {
		if name != "tls" || len(values) != 1 || !strings.Contains(" true skip-verify preferred ", " "+values[0]+" ") {
			return nil, errors.New("of parameters it takes ?tls=true, skip-verify or preferred only")
		}
	}
	if u.Port() == "" {
		u.Host = net.JoinHostPort(u.Hostname(), "3306")
	}
	return u, nil
}

// fileURI names a database file to SQLite, whatever characters are in its path.
func fileURI(path string) string { return "file:" + (&url.URL{Path: path}).EscapedPath() }
