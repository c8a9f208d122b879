package server

import (
	"net/http"
	"strings"
	"time"
)

// spotifyCookie proves that who comes back from Spotify is who went there. Only the page they come back to gets it.
const spotifyCookie = "antwon_spotify"

// connectingTime is how long somebody may take at Spotify's page.
const connectingTime = 10 * time.Minute

// Cookies make cookies for a server with this public URL: for TLS alone exactly where that is https, and for pages of other
// sites only where the API is open to some.
type Cookies struct {
	PublicURL string
	CrossSite bool
}

// Connecting is the cookie of a browser that is sent to Spotify.
func (c Cookies) Connecting(secret string) *http.Cookie {
	return c.cookie(spotifyCookie, secret, spotifyCallback, connectingTime)
}

// cookie makes one that no script can read; none for a life of 0.
func (c Cookies) cookie(name, value, path string, life time.Duration) *http.Cookie {
	cookie := &http.Cookie{
		Name: name, Value: value, Path: path, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: strings.HasPrefix(c.PublicURL, "https://"), MaxAge: int(life.Seconds()),
	}
	if life == 0 {
		cookie.MaxAge = -1
	}
	if c.CrossSite && cookie.Secure { // browsers take SameSite=None over TLS only
		cookie.SameSite = http.SameSiteNoneMode
	}
	return cookie
}
