package natsbus

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
)

// CheckURL says whether Connect understands a URL, and how to show it: without password and token. Its errors do not show
// what may be one either.
func CheckURL(natsURL string) (shown string, err error) {
	u, err := url.Parse(natsURL)
	if err != nil || !slices.Contains([]string{"nats", "tls", "ws", "wss"}, u.Scheme) || !namesOnlyServer(u) {
		return "(not a NATS URL)", errors.New("want nats://host:4222, or tls, ws or wss, perhaps with user:password@ before the host; special characters of a password are written as %23 for #, %2F for /, and so on")
	}
	if _, hasPassword := u.User.Password(); u.User != nil && !hasPassword {
		u.User = url.User("xxxxx") // alone it is a token
	}
	return u.Redacted(), nil
}

// wantsServer says that a URL names a server and nothing in it.
func namesOnlyServer(u *url.URL) bool {
	port, err := strconv.Atoi(u.Port())
	return u.Hostname() != "" && (u.Port() == "" || err == nil && port > 0 && port <= 65535) &&
		(u.Path == "" || u.Path == "/") && u.RawQuery == "" && u.Fragment == "" && u.Opaque == ""
}
