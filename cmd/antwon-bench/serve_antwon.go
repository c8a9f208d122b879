//go:build linux

package main

import (
	"context"
	"net/http"

	"antwon.dj/backend/graph"
	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/server"
	"antwon.dj/backend/web"
)

// newAntwon puts the program's own wire around the jukebox, as assemble in cmd/antwon/run.go does it.
func newAntwon(s *site) *http.Server {
	resolver := graph.New(s.Jukebox, s.Accounts, s.log)
	graphql := gqlserver.New(gqlserver.Config{
		Schema:          graph.NewExecutableSchema(graph.Config{Resolvers: resolver}),
		Sources:         resolver.Sources(),
		Authenticate:    s.authenticate,
		Identify:        func(context.Context) gqlserver.Client { return gqlserver.Client{Unlimited: true} },
		WithoutViewer:   s.WithoutViewer,
		Present:         resolver.PresentError,
		Recover:         resolver.Recover,
		AroundResponses: graph.RememberLikes,
		Introspection:   true,
		Compress:        true,
		Limits:          gqlserver.Limits{ConnectionsPerAddress: 1e9}, // all clients are on this machine
		Metrics:         s.metrics,
		Log:             s.log,
	})
	return server.HTTPServer(server.New(server.Config{
		GraphQL: graphql, Pages: web.Pages(), Ready: s.store.Ready, Metrics: s.metrics, Log: s.log,
	}))
}
