package gqlserver

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"antwon.dj/backend/internal/gqlserver/guard"
)

const (
	cachedDocuments     = 1000
	cachedDocumentBytes = 8 << 10 // the cache is bounded by the number of documents, so their size is bounded here
)

func newExecutor(cfg Config) *executor.Executor {
	e := executor.New(cfg.Schema)
	e.SetErrorPresenter(cfg.Present)
	e.SetRecoverFunc(cfg.Recover)
	documents := documentCache{lru.New[*ast.QueryDocument](cachedDocuments)}
	e.SetQueryCache(documents)
	e.SetParserTokenLimit(cfg.Limits.Tokens)
	e.SetDisableSuggestion(!cfg.Suggestions)
	e.SetDefaultRulesFn(func() *rules.Rules { return validationRules(cfg) })
	e.Use(newPersistedQueries()) // must be first: it puts the document into the request
	e.Use(guard.Extension{Limits: cfg.Limits.Document, Tokens: cfg.Limits.Tokens, Cache: documents})
	if cfg.Introspection {
		e.Use(extension.Introspection{})
	}
	if cfg.AroundResponses != nil {
		e.AroundResponses(cfg.AroundResponses)
	}
	if cfg.Tracing != nil {
		e.AroundFields(newTracing(cfg.Tracing).aroundField)
	}
	return e
}

// documentCache keeps documents that were parsed and validated, except large ones.
type documentCache struct {
	*lru.LRU[*ast.QueryDocument]
}

func (c documentCache) Add(ctx context.Context, query string, document *ast.QueryDocument) {
	if len(query) <= cachedDocumentBytes {
		c.LRU.Add(ctx, query, document)
	}
}

// validationRules returns a new set on every call, because the executor modifies it. The executor's own switch for
// suggestions only covers the rule for fields; this one also covers arguments, types and enum values.
func validationRules(cfg Config) *rules.Rules {
	r := rules.NewDefaultRules()
	if !cfg.Introspection {
		r.AddRule("NoIntrospection", noIntrospection)
	}
	if cfg.Suggestions {
		return r
	}
	for verbose, silent := range map[string]core.Rule{
		rules.KnownArgumentNamesRule.Name:  rules.KnownArgumentNamesRuleWithoutSuggestions,
		rules.KnownTypeNamesRule.Name:      rules.KnownTypeNamesRuleWithoutSuggestions,
		rules.ValuesOfCorrectTypeRule.Name: rules.ValuesOfCorrectTypeRuleWithoutSuggestions,
	} {
		r.ReplaceRule(verbose, silent.RuleFunc)
	}
	return r
}

// noIntrospection refuses introspection during validation; gqlgen alone would fail only when the field is executed.
func noIntrospection(observers *core.Events, addError core.AddErrFunc) {
	observers.OnField(func(_ *core.Walker, field *ast.Field) {
		if field.Name == "__schema" || field.Name == "__type" {
			addError(core.Message("This server has introspection switched off."), core.At(field.Position))
		}
	})
}

var _ graphql.Cache[*ast.QueryDocument] = documentCache{}
