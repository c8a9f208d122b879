package graph

import "context"

// Cookies reads and writes the cookies of the browser that sent an operation over HTTP. Its methods are called while
// the operation runs, before the header of the response is written; never over a WebSocket, where no cookie can be
// written. Mutations run one after the other, and queries call KeepBrowser only, which has to be safe for concurrent
// use.
type Cookies interface {
	// Session returns the refresh token that the browser sent, or "" if it sent none. The error is Forbidden if the
	// request may come from a page that must not use the session.
	Session() (refreshToken string, err error)
	// SetSession has the browser keep a refresh token.
	SetSession(refreshToken string)
	// ClearSession has the browser forget its refresh token.
	ClearSession()
	// KeepBrowser has the browser keep an id that tells it from other browsers, unless it has one.
	KeepBrowser()
	// SetSpotify has the browser keep a proof that it was sent to Spotify, for its return from there.
	SetSpotify(proof string)
}

type cookiesKey struct{}

// WithCookies returns a context for operations whose browser has these cookies. Operations in a context without them
// read no session and write no cookies.
func WithCookies(ctx context.Context, cookies Cookies) context.Context {
	return context.WithValue(ctx, cookiesKey{}, cookies)
}

func cookiesFrom(ctx context.Context) Cookies {
	if cookies, ok := ctx.Value(cookiesKey{}).(Cookies); ok {
		return cookies
	}
	return noCookies{}
}

// noCookies are the cookies of an operation that no browser sent.
type noCookies struct{}

func (noCookies) Session() (string, error) { return "", nil }
func (noCookies) SetSession(string)        {}
func (noCookies) ClearSession()            {}
func (noCookies) KeepBrowser()             {}
func (noCookies) SetSpotify(string)        {}
