package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
)

const (
	// spotifyCookie proves that who comes back from Spotify is who went there. Only the page they come back to gets it.
	spotifyCookie = "antwon_spotify"
	// loginCookie proves the same of who comes back from the identity provider.
	loginCookie = "antwon_login"
	// sessionCookie keeps somebody signed in, and deviceCookie tells a browser from others.
	sessionCookie = "antwon_session"
	deviceCookie  = "antwon_device"
	// pageHeader is one that browsers let a page of another origin send only if we allowed it to.
	pageHeader = "X-Antwon"
)

const (
	// answerTime is how long somebody may take at Spotify's or the identity provider's page.
	answerTime = 10 * time.Minute
	deviceLife = 365 * 24 * time.Hour
)

// Cookies make cookies for a server with this public URL: for TLS alone exactly where that is https, and for pages of other
// sites only where the API is open to some.
type Cookies struct {
	PublicURL      string
	AllowedOrigins []string
}

// Connecting is the cookie of a browser that is sent to Spotify; without a secret, of one that is back.
func (c Cookies) Connecting(secret string) *http.Cookie {
	return c.shared(c.cookie(spotifyCookie, secret, spotifyCallback, answerTime))
}

// Session is the cookie of a browser that is signed in; without a secret, of one that is no more.
func (c Cookies) Session(secret string) *http.Cookie {
	return c.shared(c.cookie(c.sessionName(), secret, "/", account.SessionLife))
}

// Device is the cookie that tells a browser from others for as long as browsers keep one.
func (c Cookies) Device(id string) *http.Cookie {
	return c.shared(c.cookie(c.deviceName(), id, "/", deviceLife))
}

// DeviceOf returns what a request's browser was given to be known by, or "".
func (c Cookies) DeviceOf(r *http.Request) string { return valueOf(r, c.deviceName()) }

// loggingIn is the cookie of a browser that is sent to the identity provider; without a secret, of one that is back. No page of
// another site needs it.
func (c Cookies) loggingIn(secret string) *http.Cookie {
	return c.cookie(c.loginName(), secret, loginCallback, answerTime)
}

func (c Cookies) loginName() string { return c.prefixed("__Secure-", loginCookie) }

// sessionName has the prefix that keeps other hosts of the domain from setting the cookie. It wants the path /, and so does
// the login, which has to know what guest the browser is.
func (c Cookies) sessionName() string { return c.prefixed("__Host-", sessionCookie) }

func (c Cookies) deviceName() string { return c.prefixed("__Host-", deviceCookie) }

// prefixed is a name with a prefix that browsers take over TLS only.
func (c Cookies) prefixed(prefix, name string) string {
	if c.secure() {
		return prefix + name
	}
	return name
}

// SessionOf returns the secret of the session that a request brings, or "". A browser sends cookies for whatever page asks it
// to, so the request has to show that its page may: Forbidden if not.
func (c Cookies) SessionOf(r *http.Request) (string, error) {
	secret := valueOf(r, c.sessionName())
	if secret == "" {
		return "", nil
	}
	if !c.isFriend(r.Header.Get("Origin"), r.Host) {
		return "", &party.Error{Code: party.Forbidden, Message: "pages of this origin may not use the session"}
	}
	if r.Header.Get(pageHeader) != "1" && r.Header.Get("Sec-Fetch-Site") != "same-origin" {
		return "", &party.Error{Code: party.Forbidden, Message: "send the header " + pageHeader + ": 1 along, which no page of a stranger can"}
	}
	return secret, nil
}

// valueOf is the value of a request's cookie, or "".
func valueOf(r *http.Request, name string) string {
	cookie, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// isFriend says that an origin is ours or allowed; that of a request without one is not known, and no reason to refuse.
func (c Cookies) isFriend(origin, host string) bool {
	if origin == "" || isAllowed(append(slices.Clone(c.AllowedOrigins), c.PublicURL), origin) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && u.Host == host
}

func (c Cookies) secure() bool { return strings.HasPrefix(c.PublicURL, "https://") }

// cookie makes one that no script can read. Without a value it is dropped.
func (c Cookies) cookie(name, value, path string, life time.Duration) *http.Cookie {
	cookie := &http.Cookie{
		Name: name, Value: value, Path: path, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: c.secure(), MaxAge: int(life.Seconds()),
	}
	if value == "" {
		cookie.MaxAge = -1
	}
	return cookie
}

// shared is a cookie that pages of other sites may have sent along, where the API is open to some.
func (c Cookies) shared(cookie *http.Cookie) *http.Cookie {
	if len(c.AllowedOrigins) > 0 && cookie.Secure { // browsers take SameSite=None over TLS only
		cookie.SameSite = http.SameSiteNoneMode
	}
	return cookie
}
