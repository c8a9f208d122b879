package gqlserver_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	graphs "antwon.dj/backend/graph"
	"antwon.dj/backend/internal/gqlserver"
)

// errExecuted is the error of every resolver of startRealSchema.
var errExecuted = errors.New("the resolver was called")

// startRealSchema serves the schema of this program. Arguments are read, but resolvers only say that they were called.
// A failure of the server fails the test.
func startRealSchema(t *testing.T) *service {
	t.Helper()
	return startRealSchemaOn(t, start)
}

// startRealSchemaOn is startRealSchema on the connections that start or startOnPipes has.
func startRealSchemaOn(t *testing.T, start func(*testing.T, func(*gqlserver.Config)) *service) *service {
	t.Helper()
	s := start(t, func(cfg *gqlserver.Config) {
		cfg.Schema, cfg.Sources = graphs.NewSchema(graphs.New(nil, nil, nil)), refusingSources()
		cfg.Scalars, cfg.Introspection = graphs.Scalars, true
		cfg.Present = func(_ context.Context, err error) *gqlerror.Error {
			shown, ok := errors.AsType[*gqlerror.Error](err)
			switch {
			case errors.Is(err, errExecuted):
				return &gqlerror.Error{
					Message: errExecuted.Error(), Path: pathOf(err), Extensions: map[string]any{"code": "EXECUTED"},
				}
			case errors.Is(err, errToken):
				return &gqlerror.Error{Message: errToken.Error()}
			case !ok || shown.Extensions["code"] == nil:
				t.Errorf("a failure of the server: %v", err)
			}
			return gqlerror.WrapIfUnwrapped(err)
		}
		cfg.Recover = func(_ context.Context, p any) error {
			t.Errorf("a panic: %v", p)
			return errors.New("panic")
		}
	})
	s.handler.AroundFields(func(ctx context.Context, next graphql.Resolver) (any, error) {
		if f := graphql.GetFieldContext(ctx); f.IsResolver && f.Object != "Subscription" {
			return nil, errExecuted
		}
		return next(ctx)
	})
	return s
}

func pathOf(err error) ast.Path {
	known, _ := errors.AsType[*gqlerror.Error](err)
	return known.Path
}

// refusingSources refuse all subscriptions but two.
func refusingSources() map[string]gqlserver.SubscribeFunc {
	sources := map[string]gqlserver.SubscribeFunc{}
	for name := range graphs.New(nil, nil, nil).Sources() {
		sources[name] = func(context.Context, map[string]any) (*gqlserver.Grant, error) { return nil, errExecuted }
	}
	sources["room"], sources["roomQueue"] = still(someRoom), still(someQueue)
	return sources
}

func (s *service) postWith(query, variables string) reply {
	s.t.Helper()
	quoted, err := json.Marshal(query)
	if err != nil {
		s.t.Fatal(err)
	}
	body := `{"query":` + string(quoted) + `,"variables":` + variables + `}`
	return s.do(http.MethodPost, "/", body, map[string]string{"Accept": graphqlResponse})
}

const (
	withSettings = `mutation($s: RoomSettingsInput!) { createRoom(input: {code: "A", name: "B", settings: $s}) { id } }`
	ofRoom       = `query($r: ID!) { room(id: $r) { id } }`
	ofSearch     = `query($q: String!, $n: Int) { searchSongs(roomId: 1, query: $q, first: $n) { degraded } }`
	withRole     = `mutation($r: Role!) { setRole(roomId: 1, userId: 2, role: $r) { role } }`
	withMaybeBan = `mutation($b: Boolean) { removeGuest(roomId: 1, userId: 2, ban: $b) { role } }`
	withBan      = `mutation($b: Boolean!) { removeGuest(roomId: 1, userId: 2, ban: $b) { role } }`
)

// The sentences are those of graphql-js.
func TestValuesThatDoNotFitTheirTypeAreTheClientsFault(t *testing.T) {
	s := startRealSchema(t)
	for _, test := range []struct{ query, variables, message string }{
		{ofRoom, `{}`, `Variable "$r" of required type "ID!" was not provided.`},
		{ofRoom, `{"r":null}`, `Variable "$r" of non-null type "ID!" must not be null.`},
		{ofRoom, `{"r":1.5}`,
			`Variable "$r" got invalid value 1.5; ID cannot represent a non-string and non-integer value: 1.5`},
		{ofRoom, `{"r":[1]}`,
			`Variable "$r" got invalid value [1]; ID cannot represent a non-string and non-integer value: [1]`},
		{ofSearch, `{"q":1}`, `Variable "$q" got invalid value 1; String cannot represent a non string value: 1`},
		{ofSearch, `{"q":"a","n":"1"}`, `Variable "$n" got invalid value "1"; Int cannot represent non-integer value: "1"`},
		{ofSearch, `{"q":"a","n":1.5}`, `Variable "$n" got invalid value 1.5; Int cannot represent non-integer value: 1.5`},
		{
			ofSearch, `{"q":"a","n":2147483648}`, `Variable "$n" got invalid value 2147483648; ` +
				`Int cannot represent non 32-bit signed integer value: 2147483648`,
		},
		{withMaybeBan, `{"b":null}`, `Variable "$b" must not be null where a value of type "Boolean!" is expected.`},
		{withBan, `{"b":1}`, `Variable "$b" got invalid value 1; Boolean cannot represent a non boolean value: 1`},
		{withRole, `{"r":"guest"}`, `Variable "$r" got invalid value "guest"; Value "guest" does not exist in "Role" enum.`},
		{withRole, `{"r":0}`, `Variable "$r" got invalid value 0; Enum "Role" cannot represent non-string value: 0.`},
		{withSettings, `{"s":[]}`, `Variable "$s" got invalid value []; Expected type "RoomSettingsInput" to be an object.`},
		{
			withSettings, `{"s":{"blocked":["a",null]}}`, `Variable "$s" got invalid value null at "s.blocked[1]"; ` +
				`Expected non-nullable type "String!" not to be null.`,
		},
		{
			withSettings, `{"s":{"color":1}}`, `Variable "$s" got invalid value {"color":1}; Field "color" is not defined by ` +
				`type "RoomSettingsInput".`,
		},
		{
			withSettings, `{"s":{"lastCallAt":"2026-11-29T22:00"}}`, `Variable "$s" got invalid value "2026-11-29T22:00" ` +
				`at "s.lastCallAt"; Expected type "DateTime". a time is written like 2026-11-23T20:15:00Z, with its time zone`,
		},
		{`query($v: Boolean = true) { viewer @skip(if: $v) { user { id } } }`, `{"v":null}`, `Variable "$v" must not be ` +
			`null where a value of type "Boolean!" is expected.`},
		{`query a { viewer { user { id } } } query b { viewer { user { id } } }`, `{}`,
			`Must provide operation name if query contains multiple operations.`},
		{`fragment F on Query { viewer { user { id } } }`, `{}`, `Must provide an operation.`},
	} {
		got := s.postWith(test.query, test.variables)
		var response struct {
			Data   json.RawMessage
			Errors []*gqlerror.Error
		}
		if err := json.Unmarshal([]byte(got.body), &response); err != nil || len(response.Errors) == 0 {
			t.Errorf("%s with %s: got %s, %v", test.query, test.variables, got.body, err)
			continue
		}
		err := response.Errors[0]
		if err.Message != test.message || err.Path != nil || response.Data != nil || got.status != 400 ||
			strings.HasPrefix(err.Message, "Variable") && len(err.Locations) == 0 {
			t.Errorf("%s with %s:\ngot  %d %s\nwant %s", test.query, test.variables, got.status, got.body, test.message)
		}
	}
}

func TestLiteralsThatDoNotFitTheirTypeAreTheClientsFault(t *testing.T) {
	s := startRealSchema(t)
	for _, query := range []string{
		settingsLiteral(`lastCallAt: "2026-11-29T22:00"`), settingsLiteral(`lastCallAt: "2026-11-29"`),
		settingsLiteral(`lastCallAt: ""`), settingsLiteral(`lastCallAt: 5`), settingsLiteral(`lastCallAt: {}`),
		settingsLiteral(`lastCallAt: []`), settingsLiteral(`lastCallAt: {a: 1}`), settingsLiteral(`lastCallAt: true`),
		settingsLiteral(`blocked: [{}]`), settingsLiteral(`blocked: {}`), settingsLiteral(`blocked: [[]]`),
		settingsLiteral(`orderMode: {}`), settingsLiteral(`orderMode: "VOTES"`), settingsLiteral(`requestsOpen: {}`),
		settingsLiteral(`maxQueueLength: {}`), settingsLiteral(`maxQueueLength: 2147483648`),
		settingsLiteral(`maxQueueLength: 99999999999999999999`), settingsLiteral(`maxQueueLength: 1.0`),
		`{ viewer @skip(if: {}) { user { id } } }`, `{ viewer @include(if: []) { user { id } } }`,
		`{ viewer @skip(if: null) { user { id } } }`, `{ viewer @skip { user { id } } }`,
		`{ room(id: {}) { id } }`, `{ room(id: 1.5) { id } }`, `{ room(id: [1]) { id } }`, `{ room(id: A) { id } }`,
		`{ room(id: "\ud800") { id } }`, `{ room(id: "\udc00\ud800") { id } }`,
		`{ ... @defer(if: {}) { viewer { user { id } } } }`,
		`{ ... @defer(if: false, label: {}) { viewer { user { id } } } }`,
		`query($a: Int = {}) { searchSongs(roomId: 1, query: "a", first: $a) { degraded } }`,
		`query($a: [String!] = [{}]) { viewer { user { id } } }`,
		`subscription { roomQueue(roomId: {}) { version } }`,
	} {
		if got := s.postWith(query, `{}`); got.status != 400 || !strings.Contains(got.body, "GRAPHQL_VALIDATION_FAILED") {
			t.Errorf("%s: got %d %s", query, got.status, got.body)
		}
	}
}

func settingsLiteral(field string) string {
	return `mutation { createRoom(input: {code: "A", name: "B", settings: {` + field + `}}) { id } }`
}

func TestValuesThatFitTheirTypeReachTheResolver(t *testing.T) {
	s := startRealSchema(t)
	for _, test := range []struct{ query, variables string }{
		{ofRoom, `{"r":"a"}`},
		{ofRoom, `{"r":1}`},
		{ofRoom, `{"r":12345678901234567890}`},
		{ofSearch, `{"q":"\ud83d\ude00","n":1.0}`},
		{ofSearch, `{"q":"a"}`},
		{withMaybeBan, `{}`}, // takes the argument's default
		{withSettings, `{"s":{}}`},
		{withSettings, `{"s":{"blocked":"a","lastCallAt":null,"maxQueueLength":-2147483648}}`},
		{withSettings, `{"s":{"lastCallAt":"2026-11-29T22:00:00+01:00"}}`},
		{settingsLiteral(`blocked: "a", lastCallAt: "2026-11-29T22:00:00Z"`), `{}`},
		{`{ room(id: "\ud83d\ude00 \uFFFD") { id } }`, `{}`},
		{`query($v: Boolean = false) { viewer @skip(if: $v) { user { id } } }`, `{}`},
		{`query($v: Boolean!) { ... @defer(if: $v) { viewer { user { id } } } }`, `{"v":false}`},
		{`{ ... @defer(if: false) { viewer { user { id } } } }`, `{}`},
	} {
		if got := s.postWith(test.query, test.variables); !strings.Contains(got.body, `"EXECUTED"`) {
			t.Errorf("%s with %s: got %d %s", test.query, test.variables, got.status, got.body)
		}
	}
}

func TestDeferIsNotOffered(t *testing.T) {
	s := startRealSchema(t)
	if got := s.postWith(`{ __schema { directives { name } } }`, `{}`).body; strings.Contains(got, "defer") ||
		!strings.Contains(got, "skip") {
		t.Errorf("got %s", got)
	}
	got := s.postWith(`query($v: Boolean) { ... @defer(if: $v) { viewer { user { id } } } }`, `{"v":true}`).body
	if !strings.Contains(got, "@defer is not supported.") {
		t.Errorf("switched on by a variable: got %s", got)
	}
}
