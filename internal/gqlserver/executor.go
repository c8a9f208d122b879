package gqlserver

import "github.com/99designs/gqlgen/graphql/executor"

func newExecutor(cfg Config) *executor.Executor {
	e := executor.New(cfg.Schema)
	e.SetErrorPresenter(cfg.Present)
	e.SetRecoverFunc(cfg.Recover)
	if cfg.AroundResponses != nil {
		e.AroundResponses(cfg.AroundResponses)
	}
	if cfg.Tracing != nil {
		e.AroundFields(newTracing(cfg.Tracing).aroundField)
	}
	return e
}
