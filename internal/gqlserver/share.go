package gqlserver

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
)

// The directives with which a schema says what may be shared:
//
//	directive @shared(resume: String) on FIELD_DEFINITION
//	directive @viewer on FIELD_DEFINITION
//
// A subscription field that is @shared shows the same to everybody who may follow it; resume names the argument with the
// version that a client wants to go on from. A field that is @viewer depends on who asks, and so does every operation that
// selects it.
const (
	sharedDirective = "shared"
	viewerDirective = "viewer"
)

// shape is what can be said of a subscription's document once and for all.
type documentAnalysis struct {
	shared         bool   // its responses are the same for everybody
	resumeArgument string // the argument with the version to go on from, or ""
	resumeVariable string // the variable which gives that and nothing else, or ""
	text           string // of a shared operation: normalised, without its name and the argument to resume
}

// shapes remembers the shapes of documents, which are many times fewer than subscriptions.
type analyzer struct {
	schema *ast.Schema
	cache  *lru.LRU[*documentAnalysis] // by root field, operation name and document
}

func newAnalyzer(schema *ast.Schema) *analyzer {
	return &analyzer{schema, lru.New[*documentAnalysis](cachedDocuments)}
}

func (s *analyzer) analyze(ctx context.Context, op *graphql.OperationContext, root graphql.CollectedField) *documentAnalysis {
	name := root.Name + "\n" + op.OperationName + "\n" + op.RawQuery
	if known, ok := s.cache.Get(ctx, name); ok {
		return known
	}
	made := s.newAnalysis(op.Operation, root.Field)
	if len(name) <= cachedDocumentBytes {
		s.cache.Add(ctx, name, made)
	}
	return made
}

func (s *analyzer) newAnalysis(operation *ast.OperationDefinition, root *ast.Field) *documentAnalysis {
	made := &documentAnalysis{}
	if directive := root.Definition.Directives.ForName(sharedDirective); directive != nil {
		made.shared = isOnlyRootField(operation, root) && !(&viewerSearch{s.schema, map[string]bool{}}).within(operation.SelectionSet)
		if argument := directive.Arguments.ForName("resume"); argument != nil {
			made.resumeArgument = argument.Value.Raw
		}
	}
	if !made.shared {
		return made
	}
	made.text = normalise(operation, root, made.resumeArgument)
	if argument := root.Arguments.ForName(made.resumeArgument); argument != nil && argument.Value.Kind == ast.Variable {
		if !mentions(made.text, argument.Value.Raw) {
			made.resumeVariable = argument.Value.Raw
		}
	}
	return made
}

// key tells operations apart that do not have the same responses.
func (s *documentAnalysis) key(variables map[string]any) string {
	if s.resumeVariable != "" {
		variables = maps.Clone(variables)
		delete(variables, s.resumeVariable)
	}
	values, err := json.Marshal(variables) // in the order of their names
	if err != nil {
		panic(err) // they came as JSON
	}
	return s.text + "\n" + string(values)
}

// simple tells whether the operation is its root field and nothing else: no fragment around it, and no condition.
func isOnlyRootField(operation *ast.OperationDefinition, root *ast.Field) bool {
	return len(operation.SelectionSet) == 1 && operation.SelectionSet[0] == ast.Selection(root) &&
		len(root.Directives) == 0 && len(operation.Directives) == 0
}

// normalise prints an operation that is simple without what makes no difference to its responses.
func normalise(operation *ast.OperationDefinition, root *ast.Field, resume string) string {
	field := *root
	field.Arguments = slices.DeleteFunc(slices.Clone(root.Arguments), func(a *ast.Argument) bool { return a.Name == resume })
	bare := *operation
	bare.Name, bare.VariableDefinitions, bare.SelectionSet = "", nil, ast.SelectionSet{&field}
	document := &ast.QueryDocument{Operations: ast.OperationList{&bare}, Fragments: fragmentsOf(operation.SelectionSet, nil)}
	var text bytes.Buffer
	formatter.NewFormatter(&text, formatter.WithCompacted()).FormatQueryDocument(document)
	return text.String()
}

// fragmentsOf adds the fragments that the selections need, each once, in the order of their use.
func fragmentsOf(selections ast.SelectionSet, found ast.FragmentDefinitionList) ast.FragmentDefinitionList {
	for _, selection := range selections {
		switch s := selection.(type) {
		case *ast.Field:
			found = fragmentsOf(s.SelectionSet, found)
		case *ast.InlineFragment:
			found = fragmentsOf(s.SelectionSet, found)
		case *ast.FragmentSpread:
			if found.ForName(s.Name) == nil {
				found = fragmentsOf(s.Definition.SelectionSet, append(found, s.Definition))
			}
		}
	}
	return found
}

// mentions tells whether a printed document uses a variable, or one whose name begins with its name: that is safe, too.
func mentions(text, variable string) bool { return strings.Contains(text, "$"+variable) }

// viewerSearch looks for fields that depend on who asks, into each fragment once.
type viewerSearch struct {
	schema  *ast.Schema
	visited map[string]bool // fragments that were looked into, or are being looked into
}

func (v *viewerSearch) within(selections ast.SelectionSet) bool {
	return slices.ContainsFunc(selections, func(selection ast.Selection) bool {
		switch s := selection.(type) {
		case *ast.Field:
			return v.isMarked(s) || v.within(s.SelectionSet)
		case *ast.InlineFragment:
			return v.within(s.SelectionSet)
		case *ast.FragmentSpread:
			if v.visited[s.Name] {
				return false
			}
			v.visited[s.Name] = true
			return v.within(s.Definition.SelectionSet)
		}
		return true
	})
}

// marked tells whether a field is @viewer, in an interface or in one of the types behind it.
func (v *viewerSearch) isMarked(field *ast.Field) bool {
	if field.Definition.Directives.ForName(viewerDirective) != nil {
		return true
	}
	if field.ObjectDefinition == nil || !field.ObjectDefinition.IsAbstractType() {
		return false
	}
	return slices.ContainsFunc(v.schema.GetPossibleTypes(field.ObjectDefinition), func(possible *ast.Definition) bool {
		definition := possible.Fields.ForName(field.Name)
		return definition != nil && definition.Directives.ForName(viewerDirective) != nil
	})
}
