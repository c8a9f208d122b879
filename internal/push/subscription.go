package push

import (
	"crypto/ecdh"
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"

	"antwon.dj/backend/internal/party"
)

// Subscription has the values that a browser's PushManager gave to a page, and the key and language that the page adds.
type Subscription struct {
	Endpoint string // the address at the push service; it is a secret, because anybody who has it can try to send there
	P256dh   string // the browser's public key, in base64url
	Auth     string // the browser's secret, in base64url
	PushKey  string // the key of this server with which the browser subscribed
	Language string // the language of the notices, such as de
}

const (
	maxEndpoint = 1024
	authBytes   = 16
)

// knownHosts are the push services of the browsers: Chrome and those that are built from it, Firefox, Safari, and Edge.
// An endpoint is an address that a client chooses and the server requests, so it must not point anywhere else.
var knownHosts = []string{
	"fcm.googleapis.com", "*.push.services.mozilla.com", "*.push.apple.com", "*.notify.windows.com",
}

var (
	hostPattern     = regexp.MustCompile(`^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]{1,5})?$`)
	languagePattern = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$`)
)

// IsHost reports whether a text is a host in the form of Config.Hosts: push.example.org, *.example.org or
// 127.0.0.1:8443.
func IsHost(text string) bool { return hostPattern.MatchString(text) }

// isAllowed reports whether the server may send to an address with this host, which has a port unless it is 443.
func (s *Sender) isAllowed(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ":443")
	for _, allowed := range s.hosts {
		allowed = strings.TrimSuffix(allowed, ":443")
		suffix, isWild := strings.CutPrefix(allowed, "*")
		if host == allowed || isWild && strings.HasSuffix(host, suffix) && len(host) > len(suffix) {
			return true
		}
	}
	return false
}

// check returns a BadUserInput error, which names the argument, unless the server can send to a subscription.
func (s *Sender) check(sub Subscription) error {
	switch {
	case !s.isEndpoint(sub.Endpoint):
		return party.BadInput("endpoint", "must be an https address of a known push service, at most %d bytes", maxEndpoint)
	case !isPublicKey(sub.P256dh):
		return party.BadInput("p256dh", "must be a public key on the curve P-256, in base64url")
	case !isAuth(sub.Auth):
		return party.BadInput("auth", "must be %d bytes in base64url", authBytes)
	case s.keyOf(sub.PushKey) == nil:
		return party.BadInput("pushKey", "is not a key of this server: query pushKey, and subscribe again")
	case !languagePattern.MatchString(sub.Language):
		return party.BadInput("language", "must be a language tag, such as de")
	}
	return nil
}

func (s *Sender) isEndpoint(text string) bool {
	u, err := url.Parse(text)
	return err == nil && len(text) <= maxEndpoint && u.Scheme == "https" && u.User == nil && u.Fragment == "" &&
		s.isAllowed(u.Host)
}

func isPublicKey(text string) bool {
	key, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return false
	}
	_, err = ecdh.P256().NewPublicKey(key)
	return err == nil
}

func isAuth(text string) bool {
	auth, err := base64.RawURLEncoding.Strict().DecodeString(text)
	return err == nil && len(auth) == authBytes
}

// hostOf returns the host of an endpoint, for the log: the rest of the address is a secret.
func hostOf(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil {
		return ""
	}
	return u.Host
}
