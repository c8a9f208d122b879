package main

import (
	"context"
	"strings"

	"antwon.dj/backend/graph"
	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/party"
)

// newGraphQL serves the schema. In a demo clients may query the schema itself, and errors suggest similar names.
func (p *program) newGraphQL() *gqlserver.Handler {
	resolver := graph.New(p.jukebox, p.accounts, p.log)
	return gqlserver.New(gqlserver.Config{
		Schema:          graph.NewSchema(resolver),
		Scalars:         graph.Scalars,
		Sources:         resolver.Sources(),
		Authenticate:    p.authenticate,
		Identify:        p.identify,
		Ended:           p.accounts.HasEnded,
		WithoutViewer:   p.accounts.WithoutViewer,
		Present:         resolver.PresentError,
		Recover:         resolver.Recover,
		AroundResponses: graph.RememberLikes,
		Essential:       []string{"signOut", "signOutEverywhere"},
		AllowedOrigins:  p.cfg.allowedOrigins,
		Introspection:   p.cfg.schemaIsPublic(),
		Suggestions:     p.cfg.isDemo(),
		Compress:        p.cfg.compress,
		Limits:          p.cfg.limits,
		Metrics:         p.metrics,
		Log:             p.log,
		Tracing:         p.tracing.Provider(),
	})
}

// authenticate returns a context with the viewer to whom a bearer token belongs. Without a token it returns ctx,
// without a viewer. For an invalid token it returns an error.
func (p *program) authenticate(ctx context.Context, authorization string) (context.Context, error) {
	if authorization == "" {
		return ctx, nil
	}
	scheme, token, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ctx, &party.Error{
			Code:    party.Unauthenticated,
			Message: "Authorization must be the word Bearer, a space, and the access token.",
		}
	}
	viewer, err := p.accounts.Authenticate(strings.TrimSpace(token))
	if err != nil {
		return ctx, err
	}
	return account.WithViewer(ctx, viewer), nil
}

// identify returns the client for a context that authenticate returned: an anonymous one if there is no viewer.
func (p *program) identify(ctx context.Context) gqlserver.Client {
	viewer, err := account.ViewerFrom(ctx)
	if err != nil {
		return gqlserver.Client{Anonymous: true}
	}
	return gqlserver.Client{
		ID: viewer.UserID, SessionID: viewer.SessionID, ExpiresAt: viewer.ExpiresAt, Unlimited: p.isUnlimited(viewer),
	}
}
