package server

import (
	"context"
	"crypto/rand"
	"net"
	"net/http"
	"sync"

	"github.com/gorilla/websocket"

	"antwon.dj/backend/internal/account"
)

// BrowserCookies are the cookies of the browser that sent one request. They may be used until the request's handler
// returns.
type BrowserCookies struct {
	cookies cookies
	w       http.ResponseWriter
	r       *http.Request
	newID   string // the id for a browser that had none; "" for others
	keepID  sync.Once
}

// Session returns the refresh token that the request brings, or "". The error is Forbidden if the request does not show
// that its page may use the session.
func (b *BrowserCookies) Session() (refreshToken string, err error) { return b.cookies.sessionOf(b.r) }

// SetSession has the browser keep a refresh token, and an id if it has none yet, so that a ban can recognize the
// browser later.
func (b *BrowserCookies) SetSession(refreshToken string) {
	http.SetCookie(b.w, b.cookies.session(refreshToken))
	b.KeepBrowser()
}

// KeepBrowser has the browser keep an id, if it has none yet, so that the server recognizes it when it comes back. It
// is safe for concurrent use.
func (b *BrowserCookies) KeepBrowser() {
	b.keepID.Do(func() {
		if b.newID != "" {
			http.SetCookie(b.w, b.cookies.browser(b.newID))
		}
	})
}

// ClearSession has the browser forget its refresh token.
func (b *BrowserCookies) ClearSession() { http.SetCookie(b.w, b.cookies.session("")) }

// SetSpotify has the browser keep the proof that it is the browser that was sent to Spotify.
func (b *BrowserCookies) SetSpotify(proof string) { http.SetCookie(b.w, b.cookies.spotify(proof)) }

// withCaller gives every request to next its account.Caller and, by withCookies, its browser's cookies. A browser
// without an id gets a new one for this request, and keeps it only if the request begins a session, or is refused
// because too many came from its network.
func withCaller(
	c cookies, withCookies func(context.Context, *BrowserCookies) context.Context, next http.Handler,
) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, browser := identifyCaller(c, w, r)
		if !websocket.IsWebSocketUpgrade(r) { // a WebSocket cannot set cookies
			ctx = withCookies(ctx, browser)
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// identifyCaller returns a context with the caller of a request, and the cookies of the caller's browser.
func identifyCaller(c cookies, w http.ResponseWriter, r *http.Request) (context.Context, *BrowserCookies) {
	browser := &BrowserCookies{cookies: c, w: w, r: r}
	caller := account.Caller{BrowserID: c.browserOf(r)}
	if caller.BrowserID == "" {
		caller.BrowserID, caller.NewBrowser = rand.Text(), true
		browser.newID = caller.BrowserID
	}
	address, port, _ := net.SplitHostPort(r.RemoteAddr) // net/http has put both there
	caller.Address = address
	if port != unknownPort {
		caller.Connection = r.RemoteAddr
	}
	return account.WithCaller(r.Context(), caller), browser
}
