package graph

import "context"

// Secret names a value that a client's browser keeps for the server, out of reach of pages, and sends with later
// requests: in practice a cookie.
type Secret string

const (
	// SpotifySecret proves that the browser that returns from Spotify's page is the one that was sent there.
	SpotifySecret Secret = "spotify"
	// SessionSecret is the refresh token, which is exchanged for a new session.
	SessionSecret Secret = "session"
)

// Jar reads and writes the secrets of the browser that sent an HTTP request.
type Jar struct {
	// Take returns a secret, or "" if the browser has none. It returns an error if the request may come from a page that
	// must not use the secret.
	Take func(Secret) (string, error)
	// Give makes the browser keep a secret.
	Give func(name Secret, value string)
	// Drop makes the browser forget a secret.
	Drop func(Secret)
}

type jarKey struct{}

// WithSecrets returns a context for the execution of an HTTP request with its browser's jar. Without a jar, as over a
// WebSocket, reading a secret returns "" and writing one does nothing.
func WithSecrets(ctx context.Context, jar Jar) context.Context {
	return context.WithValue(ctx, jarKey{}, jar)
}

func takeSecret(ctx context.Context, name Secret) (string, error) {
	if jar, ok := ctx.Value(jarKey{}).(Jar); ok {
		return jar.Take(name)
	}
	return "", nil
}

func giveSecret(ctx context.Context, name Secret, value string) {
	if jar, ok := ctx.Value(jarKey{}).(Jar); ok && value != "" {
		jar.Give(name, value)
	}
}

func dropSecret(ctx context.Context, name Secret) {
	if jar, ok := ctx.Value(jarKey{}).(Jar); ok {
		jar.Drop(name)
	}
}
