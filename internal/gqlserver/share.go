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
// A subscription field with @shared has the same responses for every subscriber; resume names the argument with the
// version that a client has already. A field with @viewer depends on the viewer, and so does every operation that
// selects it.
const (
	sharedDirective = "shared"
	viewerDirective = "viewer"
)

// documentAnalysis is what a stream needs to know about the document of a subscription.
type documentAnalysis struct {
	shared         bool   // the responses are the same for every subscriber
	resumeArgument string // the name of the argument with the version that a client has; "": none
	resumeVariable string // the variable that provides that argument and is used for nothing else; "": none
	text           string // of a shared operation: normalised, without its name and without the resume argument
}

// analyzer analyses documents and caches the results: there are far fewer documents than subscriptions.
type analyzer struct {
	schema *ast.Schema
	cache  *lru.LRU[*documentAnalysis] // by root field, operation name and document
}

func newAnalyzer(schema *ast.Schema) *analyzer {
	return &analyzer{schema, lru.New[*documentAnalysis](cachedDocuments)}
}

func (s *analyzer) analyze(
	ctx context.Context, op *graphql.OperationContext, root graphql.CollectedField,
) *documentAnalysis {
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
		search := &viewerSearch{schema: s.schema, visited: map[string]bool{}}
		made.shared = isOnlyRootField(operation, root) && !search.within(operation.SelectionSet)
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

// key identifies the stream of a shared operation: operations with different responses have different keys.
func (s *documentAnalysis) key(variables map[string]any) string {
	if s.resumeVariable != "" {
		variables = maps.Clone(variables)
		delete(variables, s.resumeVariable)
	}
	values, err := json.Marshal(variables) // sorted by name
	if err != nil {
		panic(err) // cannot happen: they were decoded from JSON
	}
	return s.text + "\n" + string(values)
}

// isOnlyRootField reports whether the operation consists of its root field, without a fragment around it or a
// directive.
func isOnlyRootField(operation *ast.OperationDefinition, root *ast.Field) bool {
	return len(operation.SelectionSet) == 1 && operation.SelectionSet[0] == ast.Selection(root) &&
		len(root.Directives) == 0 && len(operation.Directives) == 0
}

// normalise returns the text of an operation of which isOnlyRootField is true, without the parts that do not change its
// responses.
func normalise(operation *ast.OperationDefinition, root *ast.Field, resume string) string {
	field := *root
	field.Arguments = slices.DeleteFunc(slices.Clone(root.Arguments), func(a *ast.Argument) bool {
		return a.Name == resume
	})
	bare := *operation
	bare.Name, bare.VariableDefinitions, bare.SelectionSet = "", nil, ast.SelectionSet{&field}
	document := &ast.QueryDocument{
		Operations: ast.OperationList{&bare}, Fragments: fragmentsOf(operation.SelectionSet, nil),
	}
	var text bytes.Buffer
	formatter.NewFormatter(&text, formatter.WithCompacted()).FormatQueryDocument(document)
	return text.String()
}

// fragmentsOf adds the fragments that the selections need, each once, in the order of their first use.
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

// mentions reports whether a printed document uses a variable. It also returns true for a longer name that begins with
// this one: then the variable merely stays in the key.
func mentions(text, variable string) bool { return strings.Contains(text, "$"+variable) }

// viewerSearch looks for fields with @viewer. It searches each fragment once.
type viewerSearch struct {
	schema  *ast.Schema
	visited map[string]bool // names of fragments that were searched, or are being searched
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

// isMarked reports whether a field has @viewer, in its own type or, if that is abstract, in one of the possible types.
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
