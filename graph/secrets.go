package graph

import "context"

// Secret is something that a client's browser has to keep to itself and bring along later: a cookie, as a rule.
type Secret string

// SpotifySecret proves that who comes back from Spotify is who went there.
const SpotifySecret Secret = "spotify"

type secretsKey struct{}

// WithSecrets returns a context for an HTTP request whose browser keep gives secrets to.
func WithSecrets(ctx context.Context, keep func(name Secret, value string)) context.Context {
	return context.WithValue(ctx, secretsKey{}, keep)
}

// keepSecret gives the browser a secret. A context of no HTTP request has none to give it to.
func keepSecret(ctx context.Context, name Secret, value string) {
	if keep, ok := ctx.Value(secretsKey{}).(func(Secret, string)); ok {
		keep(name, value)
	}
}
