package gqlserver_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"antwon.dj/backend/internal/gqlserver"
)

// schema is a small executable schema, written by hand in place of generated code.
type schema struct {
	definition *ast.Schema
	running    atomic.Int64 // subscriptions that have begun and not ended
}

func newSchema() *schema {
	return &schema{definition: gqlparser.MustLoadSchema(&ast.Source{Input: `
		enum Colour { GREEN BLUE }
		type Query {
			hello(name: String! = "world"): String!
			viewer: String!
			transport: String!
			paint(colour: Colour!): String
			fail: String
			panic: String
		}
		type Mutation { set(value: Int!): Int! }
		type Subscription { count(to: Int!): Int! forever: Int! flood: String! panic: Int! }
	`})}
}

func (s *schema) Exec(ctx context.Context) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	field := op.Operation.SelectionSet[0].(*ast.Field)
	arguments := field.ArgumentMap(op.Variables)
	if op.Operation.Operation == ast.Subscription {
		return s.subscribe(ctx, field, arguments)
	}
	done := false
	return func(ctx context.Context) *graphql.Response {
		if done {
			return nil
		}
		done = true
		value, err := resolve(ctx, field.Name, arguments)
		if err != nil {
			graphql.AddError(ctx, err)
			return &graphql.Response{Data: json.RawMessage("null")}
		}
		return dataOf(field, value)
	}
}

func resolve(ctx context.Context, name string, arguments map[string]any) (any, error) {
	switch name {
	case "hello":
		return "hello " + arguments["name"].(string), nil
	case "viewer":
		return viewer(ctx), nil
	case "transport":
		if gqlserver.OverWebSocket(ctx) {
			return "websocket", nil
		}
		return "http", nil
	case "set":
		return arguments["value"], nil
	case "fail":
		return nil, errors.New("the cause is secret")
	case "panic":
		panic("the panic is secret")
	default:
		return nil, errors.New("unknown field " + name)
	}
}

// subscribe counts, or sends more than any socket holds, or panics after its first event.
func (s *schema) subscribe(ctx context.Context, field *ast.Field, arguments map[string]any) graphql.ResponseHandler {
	s.running.Add(1)
	context.AfterFunc(ctx, func() { s.running.Add(-1) })
	n := int64(0)
	return func(ctx context.Context) *graphql.Response {
		n++
		switch {
		case field.Name == "count" && n > arguments["to"].(int64):
			return nil
		case field.Name == "forever" && n > 1:
			<-ctx.Done()
			return nil
		case field.Name == "flood":
			return dataOf(field, strings.Repeat("x", 1<<20))
		case field.Name == "panic" && n > 1:
			panic("the panic is secret")
		}
		return dataOf(field, n)
	}
}

func dataOf(field *ast.Field, value any) *graphql.Response {
	data, err := json.Marshal(map[string]any{field.Alias: value})
	if err != nil {
		panic(err)
	}
	return &graphql.Response{Data: data}
}

func (s *schema) Schema() *ast.Schema { return s.definition }

func (s *schema) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}
