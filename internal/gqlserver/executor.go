package gqlserver

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"

	"antwon.dj/backend/internal/ratelimit"
)

func newExecutor(cfg Config) *executor.Executor {
	e := executor.New(cfg.Schema)
	e.SetErrorPresenter(cfg.Present)
	e.SetRecoverFunc(cfg.Recover)
	e.AroundRootFields(func(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
		return next(ratelimit.WithGiveBack(ctx)) // Config.Present may give back what a field took from rate limits
	})
	if cfg.AroundResponses != nil {
		e.AroundResponses(cfg.AroundResponses)
	}
	if cfg.Tracing != nil {
		e.AroundFields(newTracing(cfg.Tracing).aroundField)
	}
	return e
}
