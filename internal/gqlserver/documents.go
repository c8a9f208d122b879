package gqlserver

import (
	"context"
	"maps"

	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"antwon.dj/backend/internal/gqlserver/guard"
)

const (
	cachedDocuments     = 1000
	cachedDocumentBytes = 8 << 10 // the cache is bounded by the number of documents, so their size is bounded here
)

// documents parses, checks and validates documents, and keeps those that pass, except large ones.
type documents struct {
	schema *ast.Schema
	rules  *rules.Rules
	limits guard.Limits
	tokens int
	cache  *lru.LRU[*ast.QueryDocument] // by text
}

func newDocuments(cfg Config, schema *ast.Schema) *documents {
	return &documents{
		schema: schema, rules: validationRules(cfg, valuesRule(cfg.Scalars, cfg.Suggestions)),
		limits: cfg.Limits.Document, tokens: cfg.Limits.Tokens, cache: lru.New[*ast.QueryDocument](cachedDocuments),
	}
}

// find returns the document with this text, or the errors to send.
func (d *documents) find(ctx context.Context, text string) (*ast.QueryDocument, gqlerror.List) {
	if known, ok := d.cache.Get(ctx, text); ok {
		return known, nil
	}
	document, refusal := guard.Parse(text, d.tokens, d.limits)
	if refusal != nil {
		return nil, gqlerror.List{refusal}
	}
	if len(document.Operations) == 0 {
		return nil, gqlerror.List{invalid(nil, "Must provide an operation.")}
	}
	if errs := validator.ValidateWithRules(d.schema, document, d.rules); len(errs) > 0 {
		for _, err := range errs {
			errcode.Set(err, errcode.ValidationFailed)
		}
		return nil, errs
	}
	if len(text) <= cachedDocumentBytes {
		d.cache.Add(ctx, text, document)
	}
	return document, nil
}

// chooseOperation returns the operation with this name, or the only one if the name is empty, or else an error.
func chooseOperation(document *ast.QueryDocument, name string) (*ast.OperationDefinition, *gqlerror.Error) {
	switch chosen := document.Operations.ForName(name); {
	case chosen != nil:
		return chosen, nil
	case name == "":
		return nil, invalid(nil, "Must provide operation name if query contains multiple operations.")
	default:
		return nil, invalid(nil, "Unknown operation named %q.", name)
	}
}

// withDefer returns a copy of the schema that has @defer, so that a document with a @defer that is switched off is
// valid although the schema does not offer it.
func withDefer(schema *ast.Schema) *ast.Schema {
	extended := *schema
	extended.Directives = maps.Clone(schema.Directives)
	extended.Directives["defer"] = &ast.DirectiveDefinition{
		Name: "defer",
		Arguments: ast.ArgumentDefinitionList{
			{Name: "if", Type: ast.NamedType("Boolean", nil), DefaultValue: &ast.Value{Raw: "true", Kind: ast.BooleanValue}},
			{Name: "label", Type: ast.NamedType("String", nil)},
		},
		Locations: []ast.DirectiveLocation{ast.LocationFragmentSpread, ast.LocationInlineFragment},
		Position:  &ast.Position{Src: &ast.Source{}},
	}
	return &extended
}

// validationRules returns gqlparser's rules, with our own for values: gqlparser's overlooks some errors in them.
func validationRules(cfg Config, values core.RuleFunc) *rules.Rules {
	r := rules.NewDefaultRules()
	r.ReplaceRule(rules.ValuesOfCorrectTypeRule.Name, values)
	if !cfg.Introspection {
		r.AddRule("NoIntrospection", noIntrospection)
	}
	if cfg.Suggestions {
		return r
	}
	for verbose, silent := range map[string]core.Rule{
		rules.FieldsOnCorrectTypeRule.Name: rules.FieldsOnCorrectTypeRuleWithoutSuggestions,
		rules.KnownArgumentNamesRule.Name:  rules.KnownArgumentNamesRuleWithoutSuggestions,
		rules.KnownTypeNamesRule.Name:      rules.KnownTypeNamesRuleWithoutSuggestions,
		rules.ScalarLeafsRule.Name:         rules.ScalarLeafsRuleWithoutSuggestions,
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
