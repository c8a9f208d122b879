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
	// spotifyCookie proves that a browser that comes back from Spotify is the one that was sent there.
	spotifyCookie = "antwon_spotify"
	// loginCookie proves the same about a browser that comes back from the identity provider.
	loginCookie = "antwon_login"
	// sessionCookie holds the refresh token of a signed-in user, and browserCookie the id of the browser.
	sessionCookie = "antwon_session"
	browserCookie = "antwon_browser"
	// pageHeader is a header that browsers let a page of another origin send only if our CORS answer allows it.
	pageHeader = "X-Antwon"
)

const (
	// answerTime is how long somebody may take at Spotify's or the identity provider's page.
	answerTime = 10 * time.Minute
	// browserLife is how long browsers keep browserCookie. Browsers keep no cookie for much longer than a year.
	browserLife = 365 * 24 * time.Hour
)

// cookies makes and reads the cookies of a server with this public URL. The cookies are Secure if the URL is https.
// Requests of other sites' pages have them only if the API is open to pages of other origins.
type cookies struct {
	publicURL      string
	allowedOrigins []string
}

// spotify returns the cookie for a browser that is sent to Spotify. Without a proof, it returns one that deletes it.
func (c cookies) spotify(proof string) *http.Cookie {
	return c.shared(c.cookie(spotifyCookie, proof, answerTime))
}

// session returns the cookie for a browser that is signed in. Without a refresh token, it returns one that deletes it.
func (c cookies) session(refreshToken string) *http.Cookie {
	return c.shared(c.cookie(sessionCookie, refreshToken, account.SessionLife))
}

// browser returns the cookie that contains a browser's id.
func (c cookies) browser(id string) *http.Cookie {
	return c.shared(c.cookie(browserCookie, id, browserLife))
}

// browserOf returns the browser's id in a request's cookie, or "".
func (c cookies) browserOf(r *http.Request) string { return c.valueOf(r, browserCookie) }

// login returns the cookie for a browser that is sent to the identity provider. Without a proof, it returns one that
// deletes it. No page of another site needs it.
func (c cookies) login(proof string) *http.Cookie {
	return c.cookie(loginCookie, proof, answerTime)
}

// prefixed returns a cookie's name as browsers know it. Where cookies are Secure, the prefix keeps other hosts of the
// domain from setting them. Browsers then require the path /.
func (c cookies) prefixed(name string) string {
	if c.secure() {
		return "__Host-" + name
	}
	return name
}

// sessionOf returns the refresh token in a request's cookie, or "". A browser sends cookies with the requests of any
// page, so the request has to show that its page may use the session; otherwise the error is Forbidden.
func (c cookies) sessionOf(r *http.Request) (string, error) {
	token := c.valueOf(r, sessionCookie)
	if token == "" {
		return "", nil
	}
	if !c.mayUseSession(r.Header.Get("Origin"), r.Host) {
		return "", &party.Error{Code: party.Forbidden, Message: "Pages of this origin may not use the session."}
	}
	if r.Header.Get(pageHeader) != "1" && r.Header.Get("Sec-Fetch-Site") != "same-origin" {
		return "", &party.Error{
			Code: party.Forbidden, Message: "Send the header " + pageHeader + ": 1, which pages of other sites cannot send.",
		}
	}
	return token, nil
}

// maySignOut reports whether a request is the form of a page that may end the session. Browsers send the origin of the
// page with every POST, and no page can forge it. A GET request is never enough: anybody can place a link.
func (c cookies) maySignOut(r *http.Request) bool {
	if r.Method != http.MethodPost {
		return false
	}
	_, err := c.sessionOf(r)
	origin := r.Header.Get("Origin")
	return err == nil || origin != "" && c.mayUseSession(origin, r.Host)
}

// valueOf returns the value of a request's cookie, or "".
func (c cookies) valueOf(r *http.Request, name string) string {
	cookie, err := r.Cookie(c.prefixed(name))
	if err != nil {
		return ""
	}
	return cookie.Value
}

// mayUseSession reports whether an origin is this server's or an allowed one. A request without an origin passes: its
// page is unknown, and the headers that sessionOf requires are proof enough.
func (c cookies) mayUseSession(origin, host string) bool {
	if origin == "" || isAllowed(append(slices.Clone(c.allowedOrigins), c.publicURL), origin) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && u.Host == host
}

func (c cookies) secure() bool { return strings.HasPrefix(c.publicURL, "https://") }

// cookie returns a cookie that no script can read. Without a value it deletes the one that the browser has.
func (c cookies) cookie(name, value string, life time.Duration) *http.Cookie {
	cookie := &http.Cookie{
		Name: c.prefixed(name), Value: value, Path: "/", MaxAge: int(life.Seconds()),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: c.secure(),
	}
	if value == "" {
		cookie.MaxAge = -1
	}
	return cookie
}

// shared lets browsers send a cookie with requests from pages of other sites, if the API is open to pages of other
// origins.
func (c cookies) shared(cookie *http.Cookie) *http.Cookie {
	if len(c.allowedOrigins) > 0 && cookie.Secure { // browsers accept SameSite=None over TLS only
		cookie.SameSite = http.SameSiteNoneMode
	}
	return cookie
}
