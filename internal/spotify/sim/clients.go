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
	// Secret authenticates the app at the token endpoint. An app that has none, or does not send it, has to use PKCE.
	Secret string
	// RedirectURIs are the addresses to which users may be redirected. The URI of a request has to match one of them
	// exactly, except that a loopback address registered without a port matches any port (Spotify's guide "Redirect
	// URIs").
	RedirectURIs []string
}

// client returns the client with an ID. If Config.Clients is nil, every ID is a client.
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

// allowsRedirect reports whether a client may redirect users to uri.
func (s *Spotify) allowsRedirect(c Client, uri string) bool {
	u, err := url.Parse(uri)
	if err != nil || u.Host == "" || u.Fragment != "" || !isSecure(u) {
		return false
	}
	if s.clients == nil {
		return true
	}
	return slices.ContainsFunc(c.RedirectURIs, func(registered string) bool {
		return uri == registered || matchesExceptPort(registered, u)
	})
}

// isSecure reports whether a URL uses https, or http with a loopback IP address. Spotify refuses "localhost" (Spotify's
// guide "Redirect URIs").
func isSecure(u *url.URL) bool { return u.Scheme == "https" || u.Scheme == "http" && isLoopback(u) }

func isLoopback(u *url.URL) bool {
	addr, err := netip.ParseAddr(u.Hostname())
	return err == nil && addr.IsLoopback()
}

// matchesExceptPort reports whether a URL matches a loopback address that was registered without a port.
func matchesExceptPort(registered string, u *url.URL) bool {
	r, err := url.Parse(registered)
	if err != nil || !isLoopback(r) || r.Port() != "" {
		return false
	}
	return r.Scheme == u.Scheme && r.Hostname() == u.Hostname() && r.Path == u.Path && r.RawQuery == u.RawQuery
}

// authenticateClient returns the client that sent a request to the token endpoint, by Basic authentication or
// parameters, and whether it sent its secret. ok is false for an unknown client or a wrong secret.
func (s *Spotify) authenticateClient(r *http.Request) (c Client, authenticated, ok bool) {
	id, secret, basic := r.BasicAuth()
	if basic { // credentials are form-encoded there (RFC 6749, 2.3.1)
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
