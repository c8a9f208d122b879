package main

import (
	"context"
	"net/http"
	"strings"

	"antwon.dj/backend/graph"
	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/server"
)

// authenticate makes the viewer of an operation from its bearer token. No token is nobody; a wrong one is an error.
func authenticate(tokens jukebox.Tokens) func(ctx context.Context, authorization string) (context.Context, error) {
	return func(ctx context.Context, authorization string) (context.Context, error) {
		if authorization == "" {
			return ctx, nil
		}
		scheme, token, _ := strings.Cut(authorization, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return ctx, &jukebox.Error{Code: jukebox.Unauthenticated, Message: "authorization must be: Bearer, a space, and the access token"}
		}
		viewer, err := tokens.Check(strings.TrimSpace(token))
		if err != nil {
			return ctx, err
		}
		return jukebox.WithViewer(ctx, viewer), nil
	}
}

// keepSecrets lets operations over HTTP give the browser cookies.
func keepSecrets(cookies server.Cookies, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := graph.WithSecrets(r.Context(), func(name graph.Secret, value string) {
			if name == graph.SpotifySecret {
				http.SetCookie(w, cookies.Connecting(value))
			}
		})
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// identify tells who is behind a context that authenticate made. The hosts of a demo may do as much as they like: they try
// things out.
func identify(demo bool) func(context.Context) gqlserver.Client {
	return func(ctx context.Context) gqlserver.Client {
		viewer, err := jukebox.ViewerFrom(ctx)
		if err != nil {
			return gqlserver.Client{}
		}
		return gqlserver.Client{ID: viewer.UserID, ExpiresAt: viewer.ExpiresAt, Unlimited: demo && viewer.Kind == jukebox.HostUser}
	}
}
