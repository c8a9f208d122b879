package graph

import "context"

// Secret is something that a client's browser has to keep to itself and bring along later: a cookie, as a rule.
type Secret string

const (
	// SpotifySecret proves that who comes back from Spotify is who went there.
	SpotifySecret Secret = "spotify"
	// SessionSecret is exchanged for a new session.
	SessionSecret Secret = "session"
)

// Jar is what the browser that sent an HTTP request keeps for the server.
type Jar struct {
	// Take returns a secret, or "" if there is none; an error if the request may come from a page that must not use it.
	Take func(Secret) (string, error)
	Give func(name Secret, value string)
	Drop func(Secret)
}

type jarKey struct{}

// WithSecrets returns a context for an HTTP request with its browser's jar. Anything else than an HTTP request has none.
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
