package main_test

const (
	typeName = `{"query":"{ __typename }"}`
	roomSDL  = `subscription { room(roomId: \"ROOM\") { id code } }`
)

// queried returns a body with a document, in which quotes have to be escaped.
func queried(query string) string { return `{"query":"` + query + `"}` }

var eventCases = []eventCase{
	// Operations.
	{name: "query", body: queried(`{ room(id: \"ROOM\") { id code } }`)},
	{name: "mutation", body: queried(`mutation { updateRoom(roomId: \"ROOM\", input: {}) { id code } }`)},
	{name: "subscription", body: queried(roomSDL), events: 1},
	{
		name:   "subscription of the queue",
		body:   queried(`subscription { roomQueue(roomId: \"ROOM\") { items { id } } }`),
		events: 1,
	},
	{name: "null data", body: queried(`{ room(id: \"NOROOM\") { id } }`)},
	{name: "an error of a field", body: queried(`{ searchSongs(roomId: \"none\", query: \"a\") { degraded } }`)},
	{name: "an error of a mutation", body: queried(`mutation { updateRoom(roomId: \"none\", input: {}) { id } }`)},
	{name: "a subscription that is refused", body: queried(`subscription { room(roomId: \"none\") { id } }`)},
	{name: "introspection", body: queried(`{ __type(name: \"Role\") { kind } }`)},
	{name: "variables", body: `{"query":"query($r: ID!) { room(id: $r) { id } }","variables":{"r":"ROOM"}}`},
	{
		name:   "variables of a subscription",
		events: 1,
		body:   `{"query":"subscription($r: ID!) { room(roomId: $r) { id } }","variables":{"r":"ROOM"}}`,
	},
	{
		name: "operationName",
		body: `{"query":"query A { a: __typename } query B { b: __typename }","operationName":"B"}`,
	},
	{name: "operationName null", body: `{"query":"{ __typename }","operationName":null}`},
	{name: "extensions", body: `{"query":"{ __typename }","extensions":{"a":1}}`},
	{name: "variables null", body: `{"query":"{ __typename }","variables":null,"extensions":null}`},
	{name: "other fields", body: `{"query":"{ __typename }","a":1}`},

	// By GET.
	{name: "GET", method: "GET", address: inAddress("query", `{ room(id: "ROOM") { id } }`)},
	{
		name:    "GET with variables",
		method:  "GET",
		address: inAddress("query", `query($r: ID!) { room(id: $r) { id } }`, "variables", `{"r":"ROOM"}`),
	},
	{
		name:    "GET with operationName",
		method:  "GET",
		address: inAddress("query", `query A { a: __typename } query B { b: __typename }`, "operationName", "A"),
	},
	{
		name:    "GET of a subscription",
		method:  "GET",
		events:  1,
		address: inAddress("query", `subscription { room(roomId: "ROOM") { id } }`),
	},
	{
		name:    "GET of a mutation",
		method:  "GET",
		address: inAddress("query", `mutation { updateRoom(roomId: "ROOM", input: {}) { id } }`),
		differs: &difference{"405 application/graphql-response+json with errors", refusalsHaveErrors},
	},
	{name: "GET without a query", method: "GET", differs: refusedAs(`[{}]`)},
	{name: "GET with an empty query", method: "GET", address: "query=", differs: refusedAs(`[{}]`)},
	{
		name:    "GET with variables that are no JSON",
		method:  "GET",
		address: inAddress("query", `{ __typename }`, "variables", "{"),
		differs: refusedAs(`[{}]`),
	},
	{
		name:    "GET with variables that are a list",
		method:  "GET",
		address: inAddress("query", `{ __typename }`, "variables", "[]"),
		differs: refusedAs(`[{}]`),
	},
	{
		name:    "GET with extensions that are no JSON",
		method:  "GET",
		address: inAddress("query", `{ __typename }`, "extensions", "a"),
		differs: refusedAs(`[{}]`),
	},

	// Documents and variables that are refused.
	{name: "a syntax error", body: queried(`{`), differs: refusedAs(`[{"locations":[{"column":2,"line":1}]}]`)},
	{name: "an empty document", body: queried(``), differs: refusedAs(`[{}]`)},
	{name: "an unknown field", body: queried(`{ nothing }`)},
	{name: "an unknown field of a subscription", body: queried(`subscription { nothing }`)},
	{
		name: "two fields of a subscription",
		body: queried(`subscription { room(roomId: \"ROOM\") { id } roomQueue(roomId: \"ROOM\") { version } }`),
	},
	{name: "a missing variable", body: queried(`query($r: ID!) { room(id: $r) { id } }`)},
	{
		name: "a variable of the wrong type",
		body: `{"query":"query($r: ID!) { room(id: $r) { id } }","variables":{"r":{}}}`,
	},
	{name: "a missing variable of a subscription", body: queried(`subscription($r: ID!) { room(roomId: $r) { id } }`)},
	{
		name:    "operationName is unknown",
		body:    `{"query":"query A { __typename }","operationName":"B"}`,
		differs: refusedAs(`[{}]`),
	},
	{
		name:    "operationName is missing",
		body:    queried(`query A { __typename } query B { __typename }`),
		differs: refusedAs(`[{}]`),
	},
	{name: "a fragment only", body: queried(`fragment F on Query { __typename }`), differs: refusedAs(`[{}]`)},

	// Bodies.
	{name: "no body", body: ``, differs: refusedAs(`[{}]`)},
	{name: "no JSON", body: `{`, differs: refusedAs(`[{}]`)},
	{name: "a list", body: `[` + typeName + `]`, differs: refusedAs(`[{}]`)},
	{name: "null", body: `null`, differs: refusedAs(`[{}]`)},
	{name: "no query", body: `{}`, differs: refusedAs(`[{}]`)},
	{name: "query null", body: `{"query":null}`, differs: refusedAs(`[{}]`)},
	{name: "query is a number", body: `{"query":1}`, differs: refusedAs(`[{}]`)},
	{name: "variables are a list", body: `{"query":"{ __typename }","variables":[]}`, differs: refusedAs(`[{}]`)},
	{name: "variables are a string", body: `{"query":"{ __typename }","variables":"{}"}`, differs: refusedAs(`[{}]`)},
	{name: "extensions are a list", body: `{"query":"{ __typename }","extensions":[]}`, differs: refusedAs(`[{}]`)},
	{
		name:    "operationName is a number",
		body:    `{"query":"{ __typename }","operationName":1}`,
		differs: refusedAs(`[{}]`),
	},
	{
		name:    "another media type",
		kind:    "text/plain",
		body:    typeName,
		differs: &difference{"415 application/graphql-response+json with errors", refusalsHaveErrors},
	},
	{
		name:    "a form",
		kind:    "application/x-www-form-urlencoded",
		body:    "query={__typename}",
		differs: &difference{"415 application/graphql-response+json with errors", refusalsHaveErrors},
	},
	{name: "a charset", kind: "application/json; charset=utf-8", body: typeName},

	// Negotiation, and the single connection mode.
	{
		name:    "events or JSON",
		accept:  "text/event-stream, application/json",
		body:    typeName,
		differs: &difference{"200 application/json", plainResponses},
	},
	{
		name:    "events with a weight",
		accept:  "text/event-stream;q=0.9",
		body:    typeName,
		differs: &difference{"200 text/event-stream\nnext {\"data\":{\"__typename\":\"Query\"}}\ncomplete", acceptIsAList},
	},
	{
		name:    "events in capitals",
		accept:  "Text/Event-Stream",
		body:    typeName,
		differs: &difference{"200 text/event-stream\nnext {\"data\":{\"__typename\":\"Query\"}}\ncomplete", acceptIsAList},
	},
	{
		name:    "JSON",
		accept:  "application/json",
		body:    typeName,
		differs: &difference{"200 application/json", plainResponses},
	},
	{name: "anything", accept: "*/*", body: typeName, differs: &difference{"200 application/json", plainResponses}},
	{name: "no Accept", accept: "-", body: typeName, differs: &difference{"200 application/json", plainResponses}},
	{
		name:    "PUT reserves a stream",
		method:  "PUT",
		accept:  "*/*",
		differs: &difference{"405 application/json with errors", noSingleConnection},
	},
	{
		name:    "PUT for events",
		method:  "PUT",
		body:    typeName,
		differs: &difference{"405 application/graphql-response+json with errors", noSingleConnection},
	},
	{
		name:    "DELETE ends an operation",
		method:  "DELETE",
		accept:  "*/*",
		address: "operationId=1",
		differs: &difference{"405 application/json with errors", noSingleConnection},
	},
	{
		name:    "PATCH",
		method:  "PATCH",
		accept:  "*/*",
		body:    typeName,
		differs: &difference{"405 application/json with errors", refusalsHaveErrors},
	},
}
