package main

import (
	"net/url"
	"regexp"
	"strings"
)

// redacted is shown in place of a secret, as in url.URL.Redacted.
const redacted = "xxxxx"

var (
	// userinfo matches everything before the last @ of a URL, or of a driver's user:password@address. Its group is the
	// part that may be shown: up to the user, if a colon follows the user. Without a colon the user may be a token.
	userinfo = regexp.MustCompile(`(?s)((?:[A-Za-z][A-Za-z0-9+.-]*:)?//(?:[^\s/:@]*:)?|[^\s/:@"]*:).*@`)
	// parameter matches a parameter of a query or a fragment. Its groups are the name and the value.
	parameter = regexp.MustCompile(`([?&;#][^=&;#]*=)([^&;#]*)`)
	// secretParameter matches the names of parameters whose values are not shown.
	secretParameter = regexp.MustCompile(`(?i)pass|pwd|secret|token|key|cred|auth|sig|code|jwt|session`)
)

// withoutSecrets returns the value of a variable without possible passwords in a URL. In doubt it hides too much.
func withoutSecrets(value string) string {
	value = userinfo.ReplaceAllString(value, "${1}"+redacted+"@")
	return parameter.ReplaceAllStringFunc(value, func(given string) string {
		name, _, _ := strings.Cut(given, "=")
		decoded, err := url.QueryUnescape(name)
		if err == nil && !secretParameter.MatchString(decoded) {
			return given
		}
		return name + "=" + redacted
	})
}
