//go:build linux

package server

import (
	"context"
	"net/http"

	"antwon.dj/backend/graph"
	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/server"
	"antwon.dj/backend/web"
)

// newAntwon connects the program's own packages around the jukebox, as assemble in cmd/antwon/program.go does.
func newAntwon(b *Backend) *http.Server {
	resolver := graph.New(b.Jukebox, b.Accounts, b.log)
	graphql := gqlserver.New(gqlserver.Config{
		Schema:          graph.NewSchema(resolver),
		Scalars:         graph.Scalars,
		Sources:         resolver.Sources(),
		Authenticate:    b.authenticate,
		Identify:        func(context.Context) gqlserver.Client { return gqlserver.Client{Unlimited: true} },
		WithoutViewer:   b.WithoutViewer,
		Present:         resolver.PresentError,
		Recover:         resolver.Recover,
		AroundResponses: graph.RememberLikes,
		Introspection:   true,
		Compress:        true,
		// All clients are on this machine.
		Limits:  gqlserver.Limits{ConnectionsPerAddress: 1e9, AnonymousPerAddress: 1e9},
		Metrics: b.Metrics,
		Log:     b.log,
	})
	return server.HTTPServer(server.New(server.Config{
		GraphQL: graphql, Pages: web.Pages(), Ready: b.Database.Ready, Metrics: b.Metrics, Log: b.log,
	}))
}
