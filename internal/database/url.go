package database

import (
	"errors"
	"net"
	"net/url"
	"strings"
)

// CheckURL returns an error unless Open understands the URL. shown is the URL without the password, for logs.
func CheckURL(databaseURL string) (shown string, err error) {
	if path, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
		if path == "" {
			return databaseURL, errors.New("sqlite: needs the path of a file after it, such as sqlite:data/antwon.db")
		}
		return databaseURL, nil
	}
	u, err := parseMySQL(databaseURL)
	if err != nil {
		return "(not a database URL)", err
	}
	return u.Redacted(), nil
}

// parseMySQL parses mysql://user:password@host:port/name, with an optional ?tls=true, skip-verify or preferred. Without
// a port it is 3306. The errors do not contain the URL, which may contain a password.
func parseMySQL(databaseURL string) (*url.URL, error) {
	u, err := url.Parse(databaseURL)
	if err != nil || u.Scheme != "mysql" || u.Hostname() == "" || strings.Trim(u.Path, "/") == "" || u.Fragment != "" {
		return nil, errors.New("want sqlite:PATH or mysql://user:password@host:port/name; " +
			"special characters of a password are written as %23 for #, %2F for /, and so on")
	}
	for name, values := range u.Query() {
		if name != "tls" || len(values) != 1 || !strings.Contains(" true skip-verify preferred ", " "+values[0]+" ") {
			return nil, errors.New("the only parameter is ?tls=true, skip-verify or preferred")
		}
	}
	if u.Port() == "" {
		u.Host = net.JoinHostPort(u.Hostname(), "3306")
	}
	return u, nil
}

// fileURI returns the URI of a database file for SQLite, with special characters of the path escaped.
func fileURI(path string) string { return "file:" + (&url.URL{Path: path}).EscapedPath() }
