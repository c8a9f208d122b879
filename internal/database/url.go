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

// parseMySQL parses mysql://user:password@host:port/name, with the parameters that checkTLS knows. Without a port it is
// 3306; connections to Amazon RDS are verified unless the URL says otherwise. The errors do not contain the URL, which
// may contain a password.
func parseMySQL(databaseURL string) (*url.URL, error) {
	u, err := url.Parse(databaseURL)
	if err != nil || u.Scheme != "mysql" || u.Hostname() == "" || strings.Trim(u.Path, "/") == "" || u.Fragment != "" {
		return nil, errors.New("want sqlite:PATH or mysql://user:password@host:port/name; " +
			"special characters of a password are written as %23 for #, %2F for /, and so on")
	}
	if query := u.Query(); !query.Has("tls") && IsRDS(u.Hostname()) {
		query.Set("tls", tlsRDS)
		u.RawQuery = query.Encode()
	}
	if err := checkTLS(u); err != nil {
		return nil, err
	}
	if u.Port() == "" {
		u.Host = net.JoinHostPort(u.Hostname(), "3306")
	}
	return u, nil
}

// fileURI returns the URI of a database file for SQLite, with special characters of the path escaped.
func fileURI(path string) string { return "file:" + (&url.URL{Path: path}).EscapedPath() }

// WithUser returns a MySQL database's URL with the user and the password of another URL, of which nothing else is used.
// Unless databaseURL says how connections are encrypted, they are encrypted if the server supports it.
func WithUser(databaseURL, user string) string {
	u, err := url.Parse(databaseURL)
	if err != nil {
		return databaseURL
	}
	from, err := url.Parse(user)
	if err != nil {
		return databaseURL
	}
	u.User = from.User
	if query := u.Query(); !query.Has("tls") && !IsRDS(u.Hostname()) {
		query.Set("tls", tlsPreferred)
		u.RawQuery = query.Encode()
	}
	return u.String()
}

// LacksPassword reports whether a URL is that of a MySQL database without a password.
func LacksPassword(databaseURL string) bool {
	u, err := url.Parse(databaseURL)
	if err != nil || u.Scheme != "mysql" {
		return false
	}
	_, has := u.User.Password()
	return !has
}
