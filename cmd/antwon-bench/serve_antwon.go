//go:build linux

package main

import (
	"context"
	"net/http"
	"time"

	"antwon.dj/backend/graph"
	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/server"
)

// newAntwon puts the program's own wire around the jukebox, as assemble in cmd/antwon/run.go does it.
func newAntwon(s *site) *http.Server {
	resolver := graph.New(s.Jukebox, s.log)
	graphql := gqlserver.New(gqlserver.Config{
		Schema:          graph.NewExecutableSchema(graph.Config{Resolvers: resolver}),
		Authenticate:    s.authenticate,
		ExpiresAt:       expiresAt,
		Present:         resolver.PresentError,
		Recover:         resolver.Recover,
		AroundResponses: graph.RememberLikes,
		Introspection:   true,
		Limits:          crowdLimits(),
		Metrics:         s.metrics,
		Log:             s.log,
	})
	return server.HTTPServer(server.New(server.Config{
		GraphQL: graphql, Ready: s.store.Ready, Metrics: s.metrics, Log: s.log,
	}))
}

// crowdLimits are the program's own, but for those that thousands of clients on one machine cannot keep: any limit of
// connections, or of connection attempts, per address or per user has to be lifted here.
func crowdLimits() gqlserver.Limits {
	return gqlserver.Limits{}
}

func expiresAt(ctx context.Context) time.Time {
	viewer, err := jukebox.ViewerFrom(ctx)
	if err != nil {
		return time.Time{}
	}
	return viewer.ExpiresAt
}
