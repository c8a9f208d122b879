package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"net"
	"net/http"
	"strings"

	"antwon.dj/backend/graph"
	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/server"
)

// authenticate makes the viewer of an operation from its bearer token. No token is nobody; a wrong one is an error.
func authenticate(tokens account.Tokens) func(ctx context.Context, authorization string) (context.Context, error) {
	return func(ctx context.Context, authorization string) (context.Context, error) {
		if authorization == "" {
			return ctx, nil
		}
		scheme, token, _ := strings.Cut(authorization, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return ctx, &party.Error{Code: party.Unauthenticated, Message: "authorization must be: Bearer, a space, and the access token"}
		}
		viewer, err := tokens.Check(strings.TrimSpace(token))
		if err != nil {
			return ctx, err
		}
		return account.WithViewer(ctx, viewer), nil
	}
}

// keepSecrets lets operations over HTTP give the browser cookies, and take the session's back. A browser that is given a
// session is also given something to be known by.
func keepSecrets(cookies server.Cookies, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		known := cookies.DeviceOf(r)
		device := cmp.Or(known, rand.Text())
		jar := graph.Jar{
			Take: func(name graph.Secret) (string, error) {
				if name == graph.SessionSecret {
					return cookies.SessionOf(r)
				}
				return "", nil
			},
			Give: func(name graph.Secret, value string) {
				http.SetCookie(w, cookieOf(cookies, name, value))
				if name == graph.SessionSecret && known == "" {
					http.SetCookie(w, cookies.Device(device))
				}
			},
			Drop: func(name graph.Secret) { http.SetCookie(w, cookieOf(cookies, name, "")) },
		}
		address, _, _ := net.SplitHostPort(r.RemoteAddr)
		ctx := account.WithCaller(graph.WithSecrets(r.Context(), jar), account.Caller{Address: address, Device: device})
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func cookieOf(cookies server.Cookies, name graph.Secret, value string) *http.Cookie {
	if name == graph.SpotifySecret {
		return cookies.Connecting(value)
	}
	return cookies.Session(value)
}

// identify tells who is behind a context that authenticate made.
func identify(cfg config) func(context.Context) gqlserver.Client {
	return func(ctx context.Context) gqlserver.Client {
		viewer, err := account.ViewerFrom(ctx)
		if err != nil {
			return gqlserver.Client{}
		}
		return gqlserver.Client{ID: viewer.UserID, ExpiresAt: viewer.ExpiresAt, Unlimited: isFree(cfg, viewer)}
	}
}
