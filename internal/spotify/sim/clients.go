package sim

import (
	"net/http"
	"net/netip"
	"net/url"
	"slices"
)

// Client is an app that is registered with Spotify.
type Client struct {
	ID string
	// Secret authenticates the app at the token endpoint. Without one, or without sending it, an app has to use PKCE.
	Secret string
	// RedirectURIs are where users may be sent back to. They have to match exactly, but a loopback address that was
	// registered without a port may have any (Spotify's guide "Redirect URIs").
	RedirectURIs []string
}

// client finds a client by its ID. Where none are registered, any ID is one.
func (s *Spotify) client(id string) (Client, bool) {
	if s.clients == nil {
		return Client{ID: id}, id != ""
	}
	at := slices.IndexFunc(s.clients, func(c Client) bool { return c.ID == id })
	if at < 0 {
		return Client{}, false
	}
	return s.clients[at], true
}

// redirects says whether a client may send users back to uri.
func (s *Spotify) redirects(c Client, uri string) bool {
	u, err := url.Parse(uri)
	if err != nil || u.Host == "" || u.Fragment != "" || !secure(u) {
		return false
	}
	if s.clients == nil {
		return true
	}
	return slices.ContainsFunc(c.RedirectURIs, func(registered string) bool { return uri == registered || sameButPort(registered, u) })
}

// secure is https, or a loopback address as a literal: "localhost" is none (Spotify's guide "Redirect URIs").
func secure(u *url.URL) bool { return u.Scheme == "https" || u.Scheme == "http" && loopback(u) }

func loopback(u *url.URL) bool {
	addr, err := netip.ParseAddr(u.Hostname())
	return err == nil && addr.IsLoopback()
}

func sameButPort(registered string, u *url.URL) bool {
	r, err := url.Parse(registered)
	if err != nil || !loopback(r) || r.Port() != "" {
		return false
	}
	return r.Scheme == u.Scheme && r.Hostname() == u.Hostname() && r.Path == u.Path && r.RawQuery == u.RawQuery
}

// identify finds the client of a request to the token endpoint, by Basic authentication or parameters, and says whether
// it has shown its secret.
func (s *Spotify) identify(r *http.Request) (c Client, authenticated, ok bool) {
	id, secret, basic := r.BasicAuth()
	if basic { // as OAuth has it (RFC 6749, 2.3.1)
		id, secret = unescaped(id), unescaped(secret)
	} else {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	if s.clients == nil {
		return Client{ID: id}, secret != "", true
	}
	c, ok = s.client(id)
	if !ok || secret != "" && secret != c.Secret {
		return Client{}, false, false
	}
	return c, c.Secret != "" && secret == c.Secret, true
}

func unescaped(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}
