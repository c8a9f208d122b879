package natsbus

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
)

var errURL = errors.New("want nats://host:4222, or tls, ws or wss instead of nats, optionally with user:password@ " +
	"before the host; special characters of a password are written as %23 for #, %2F for /, and so on")

// CheckURL returns a URL without its password or token, for logs, or an error if Connect does not accept the URL. The
// error does not show a password or token either.
func CheckURL(natsURL string) (shown string, err error) {
	u, err := url.Parse(natsURL)
	if err != nil || !slices.Contains([]string{"nats", "tls", "ws", "wss"}, u.Scheme) || !namesOnlyServer(u) {
		return "(not a NATS URL)", errURL
	}
	if _, hasPassword := u.User.Password(); u.User != nil && !hasPassword {
		u.User = url.User("xxxxx") // a user without a password is a token
	}
	return u.Redacted(), nil
}

// namesOnlyServer reports whether a URL names a server and nothing else, such as a path.
func namesOnlyServer(u *url.URL) bool {
	port, err := strconv.Atoi(u.Port())
	return u.Hostname() != "" && (u.Port() == "" || err == nil && port > 0 && port <= 65535) &&
		(u.Path == "" || u.Path == "/") && u.RawQuery == "" && u.Fragment == "" && u.Opaque == ""
}
