package server

import (
	"cmp"
	"context"
	"crypto/rand"
	"net"
	"net/http"

	"antwon.dj/backend/internal/account"
)

// BrowserCookies are the cookies of the browser that sent one request. They may be used until the request's handler
// returns.
type BrowserCookies struct {
	cookies cookies
	w       http.ResponseWriter
	r       *http.Request
	newID   string // the id for a browser that had none; "" for others
}

// Session returns the refresh token that the request brings, or "". The error is Forbidden if the request does not show
// that its page may use the session.
func (b *BrowserCookies) Session() (refreshToken string, err error) { return b.cookies.sessionOf(b.r) }

// SetSession has the browser keep a refresh token, and an id if it has none yet, so that a ban can
// recognize the browser later.
func (b *BrowserCookies) SetSession(refreshToken string) {
	http.SetCookie(b.w, b.cookies.session(refreshToken))
	if b.newID != "" {
		http.SetCookie(b.w, b.cookies.browser(b.newID))
	}
}

// ClearSession has the browser forget its refresh token.
func (b *BrowserCookies) ClearSession() { http.SetCookie(b.w, b.cookies.session("")) }

// SetSpotify has the browser keep the proof that it is the one that was sent to Spotify.
func (b *BrowserCookies) SetSpotify(proof string) { http.SetCookie(b.w, b.cookies.spotify(proof)) }

// withCaller gives every request to next its account.Caller and, by withCookies, its browser's cookies. A browser
// without an id gets a new one for this request, and keeps it only if the request begins a session.
func withCaller(
	c cookies, withCookies func(context.Context, *BrowserCookies) context.Context, next http.Handler,
) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		browser := &BrowserCookies{cookies: c, w: w, r: r}
		id := c.browserOf(r)
		if id == "" {
			browser.newID = rand.Text()
		}
		ctx := account.WithCaller(r.Context(), account.Caller{Address: addressOf(r), BrowserID: cmp.Or(id, browser.newID)})
		next.ServeHTTP(w, r.WithContext(withCookies(ctx, browser)))
	})
}

// addressOf returns the address that a request comes from, without its port.
func addressOf(r *http.Request) string {
	address, _, _ := net.SplitHostPort(r.RemoteAddr) // net/http has put both there
	return address
}
