package gqlserver_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"antwon.dj/backend/internal/gqlserver"
)

// schema is a small executable schema, written by hand instead of generated code. Its subscriptions show a diary.
type schema struct {
	definition *ast.Schema
	diary      *diary
	executions atomic.Int64 // of subscriptions
}

func newSchema() *schema {
	return &schema{diary: newDiary(), definition: gqlparser.MustLoadSchema(&ast.Source{Input: `
		directive @shared(resume: String) on FIELD_DEFINITION
		directive @viewer on FIELD_DEFINITION
		enum Colour { GREEN BLUE }
		type Query {
			hello(name: String! = "world"): String!
			viewer: String!
			transport: String!
			paint(colour: Colour!): String
			fail: String
			panic: String
			wait: String
		}
		type Mutation { set(value: Int!): Int! }
		interface Reading { version: Int! reader: String! }
		type Diary implements Reading { version: Int! entries: [String!]! reader: String! @viewer self: Diary! }
		type Change { version: Int! since: Int reset: Boolean! added: [String!]! reader: String! @viewer }
		type Subscription {
			diary(of: String = "all"): Diary! @shared
			reading: Reading! @shared
			changes(of: String = "all", since: Int): Change! @shared(resume: "since")
			own: Diary!
			peek: Diary! @shared
			panic: Diary! @shared
		}
	`})}
}

func (s *schema) Exec(ctx context.Context) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	if op.Operation.Operation == ast.Subscription {
		return s.execEvent(ctx, op)
	}
	field := graphql.CollectFields(op, op.Operation.SelectionSet, nil)[0]
	done := false
	return func(ctx context.Context) *graphql.Response {
		if done {
			return nil
		}
		done = true
		return answer(ctx, field.Alias, func() (any, error) {
			return resolve(ctx, field.Name, field.ArgumentMap(op.Variables))
		})
	}
}

// execEvent resolves the event that is being sent, as generated code does with the channel that a resolver returns.
func (s *schema) execEvent(ctx context.Context, op *graphql.OperationContext) graphql.ResponseHandler {
	s.executions.Add(1)
	field := graphql.CollectFields(op, op.Operation.SelectionSet, nil)[0]
	events, err := gqlserver.Event[map[string]any](ctx)
	if err != nil {
		return graphql.OneShot(graphql.ErrorResponse(ctx, "%v", err))
	}
	return func(ctx context.Context) *graphql.Response {
		event, ok := <-events
		if !ok {
			return nil
		}
		return answer(ctx, field.Alias, func() (any, error) { return s.selected(ctx, op, field, event) })
	}
}

func answer(ctx context.Context, alias string, resolve func() (any, error)) *graphql.Response {
	value, err := resolve()
	if err != nil {
		graphql.AddError(ctx, err)
		return &graphql.Response{Data: json.RawMessage("null")}
	}
	data, err := json.Marshal(map[string]any{alias: value})
	if err != nil {
		panic(err)
	}
	return &graphql.Response{Data: data}
}

// selected returns the fields of the event that the selection set of a field selects.
func (s *schema) selected(
	ctx context.Context, op *graphql.OperationContext, field graphql.CollectedField, event map[string]any,
) (any, error) {
	if field.Name == "panic" {
		panic("the panic is secret")
	}
	selected := map[string]any{}
	for _, f := range graphql.CollectFields(op, field.Selections, []string{"Diary", "Reading", "Change"}) {
		value, ok := event[f.Name], true
		switch {
		case f.Name == "reader" || field.Name == "peek":
			value, ok = ctx.Value(viewerKey{}).(string)
		case f.Name == "self":
			value, _ = s.selected(ctx, op, f, event)
		}
		if !ok {
			return nil, errors.New("there is no viewer")
		}
		selected[f.Alias] = value
	}
	return selected, nil
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
	case "wait":
		<-ctx.Done()
		return nil, ctx.Err()
	default:
		return nil, errors.New("unknown field " + name)
	}
}

func (s *schema) Schema() *ast.Schema { return s.definition }

func (s *schema) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

// diary has one entry for each version.
type diary struct {
	openSources atomic.Int64 // sources that are not closed
	opened      atomic.Int64 // sources that were ever opened
	subscribed  atomic.Int64 // subscriptions that have not ended

	mu      sync.Mutex
	entries []string
	kept    int // how many of the newest entries a difference may contain
	last    bool
	lag     int64            // by how many versions grants are older than the diary
	revoked map[string]int64 // the versions at which subscribers lost permission
	err     error            // returned by Event
	newer   chan struct{}
}

func newDiary() *diary { return &diary{newer: make(chan struct{}), kept: 1 << 30} }

func (d *diary) change(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f()
	close(d.newer)
	d.newer = make(chan struct{})
}

// write adds an entry and returns its version.
func (d *diary) write(entry string) (version int64) {
	d.change(func() {
		d.entries = append(d.entries, entry)
		version = int64(len(d.entries))
	})
	return version
}

func (d *diary) version() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return int64(len(d.entries))
}

var (
	errStranger = errors.New("strangers may not read this")
	errSource   = errors.New("the diary cannot be found")
	errRevoked  = errors.New("you may no longer read this")
)

// sources returns the SubscribeFuncs of the schema's subscriptions. They refuse strangers.
func (s *schema) sources() map[string]gqlserver.SubscribeFunc {
	open := func(ctx context.Context, args map[string]any) (*gqlserver.Grant, error) {
		switch {
		case viewer(ctx) == "stranger":
			return nil, errStranger
		case args["of"] == "panic":
			panic("the panic is secret")
		}
		s.diary.subscribed.Add(1)
		return &gqlserver.Grant{
			MinVersion: s.diary.version() - s.diary.lag, SubscriberID: viewer(ctx),
			OnEnd: func() { s.diary.subscribed.Add(-1) },
			OpenSource: func(context.Context) (gqlserver.Source, error) {
				if args["of"] == "nobody" {
					return nil, errSource
				}
				s.diary.opened.Add(1)
				s.diary.openSources.Add(1)
				return &reader{diary: s.diary}, nil
			},
		}, nil
	}
	all := map[string]gqlserver.SubscribeFunc{}
	for _, field := range s.definition.Subscription.Fields {
		all[field.Name] = open
	}
	return all
}

// reader is a source that shows a diary.
type reader struct{ diary *diary }

func (r *reader) Close() { r.diary.openSources.Add(-1) }

func (r *reader) Newest() (gqlserver.State, <-chan struct{}) {
	d := r.diary
	d.mu.Lock()
	defer d.mu.Unlock()
	version := int64(len(d.entries))
	state := gqlserver.State{
		Version: version, ChangedAt: version, OldestBase: max(0, version-int64(d.kept)), Last: d.last,
		Value: slices.Clone(d.entries),
	}
	revoked := maps.Clone(d.revoked)
	for _, at := range revoked {
		state.RevokedAt = max(state.RevokedAt, at)
	}
	state.Revoked = func(who string) error {
		if revoked[who] > 0 {
			return errRevoked
		}
		return nil
	}
	return state, d.newer
}

func (r *reader) Event(_ context.Context, since *int64, state gqlserver.State) (any, error) {
	r.diary.mu.Lock()
	defer r.diary.mu.Unlock()
	if r.diary.err != nil {
		return nil, r.diary.err
	}
	if since != nil && (*since < state.OldestBase || *since > state.Version) {
		return nil, fmt.Errorf("no event can lead from %d to %+v", *since, state)
	}
	entries := state.Value.([]string)
	event := map[string]any{
		"version": state.Version, "entries": entries, "since": nil, "reset": since == nil, "added": entries,
	}
	if since != nil {
		event["since"], event["added"] = *since, entries[*since:]
	}
	return event, nil
}

func entry(n int) string { return fmt.Sprintf("entry %d", n) }
