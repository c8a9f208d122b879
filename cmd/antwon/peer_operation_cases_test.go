package main_test

import "strings"

func init() { socketCases = append(socketCases, operationCases...) }

// operationCases are the cases about operations on a connection.
var operationCases = []socketCase{
	{name: "query", steps: []string{begin, ask}},
	{name: "subscription", steps: []string{begin, follow}},
	{
		name:  "mutation",
		steps: []string{begin, document(`mutation { updateRoom(roomId: \"ROOM\", input: {}) { id code } }`)},
	},
	{name: "two operations", steps: []string{begin, follow, ask}},
	{name: "the same operation twice", steps: []string{begin, ask, ask}},
	{name: "viewer", steps: []string{begin, document(`{ viewer { user { id __typename } } }`)}},
	{
		name:  "introspection",
		steps: []string{begin, document(`{ __type(name: \"Role\") { kind enumValues { name } } }`)},
	},
	{name: "aliases", steps: []string{begin, document(`{ a: __typename b: room(id: \"ROOM\") { c: id } }`)}},
	{
		name:  "a fragment",
		steps: []string{begin, document(`{ room(id: \"ROOM\") { ...F } } fragment F on Room { code }`)},
	},
	{name: "an interface", steps: []string{begin, document(`{ node(id: \"ROOM\") { id ... on Room { code } } }`)}},
	{name: "null data", steps: []string{begin, document(`{ room(id: \"NOROOM\") { id } }`)}},
	{
		name:  "an error of a field",
		steps: []string{begin, document(`{ searchSongs(roomId: \"none\", query: \"a\") { degraded } }`)},
	},
	{
		name:  "an error of a mutation",
		steps: []string{begin, document(`mutation { updateRoom(roomId: \"none\", input: {}) { id } }`)},
	},
	{
		name:    "a subscription that is refused",
		steps:   []string{begin, "end|" + document(`subscription { room(roomId: \"none\") { id } }`)},
		differs: but(`error 1 [{"locations":[{"column":16,"line":1}],"path":["room"]}]`, requestErrors),
	},

	// complete.
	{name: "complete and subscribe again", steps: []string{begin, follow, end, follow}},
	{name: "complete what runs not", steps: []string{begin, end, ask}},
	{name: "complete twice", steps: []string{begin, follow, end, end, ask}},
	{name: "complete another", steps: []string{begin, follow, `{"id":"2","type":"complete"}`, "0|" + follow}},
	{name: "complete after the end", steps: []string{begin, ask, `{"id":"2","type":"complete"}`}},
	{name: "complete without an id", steps: []string{begin, follow, `{"type":"complete"}`}},
	{name: "complete with an empty id", steps: []string{begin, `{"id":"","type":"complete"}`}},
	{name: "complete with a number", steps: []string{begin, `{"id":1,"type":"complete"}`}},
	{name: "complete with null", steps: []string{begin, `{"id":null,"type":"complete"}`}},
	{
		name:  "complete with a payload",
		steps: []string{begin, follow, `{"id":"1","type":"complete","payload":{"a":1}}`, follow},
	},

	// ids.
	{name: "no id", steps: []string{begin, `0|{"type":"subscribe","payload":{"query":"{ __typename }"}}`}},
	{
		name:  "an empty id",
		steps: []string{begin, `0|{"id":"","type":"subscribe","payload":{"query":"{ __typename }"}}`},
	},
	{
		name:  "an id that is a number",
		steps: []string{begin, `0|{"id":1,"type":"subscribe","payload":{"query":"{ __typename }"}}`},
	},
	{
		name:  "an id that is null",
		steps: []string{begin, `0|{"id":null,"type":"subscribe","payload":{"query":"{ __typename }"}}`},
	},
	{
		name:  "an id that is a list",
		steps: []string{begin, `0|{"id":["1"],"type":"subscribe","payload":{"query":"{ __typename }"}}`},
	},
	{
		name:  "a space as id",
		steps: []string{begin, `{"id":" ","type":"subscribe","payload":{"query":"{ __typename }"}}`},
	},
	{name: "an id of 256 bytes", steps: []string{begin, withID(strings.Repeat("x", 256))}},
	{
		name:    "an id of 257 bytes",
		steps:   []string{begin, withID(strings.Repeat("x", 257))},
		differs: but(`error `+strings.Repeat("x", 257)+` [{}]`, longIDs),
	},
	{name: "an id with characters to escape", steps: []string{begin, withID(`\"\\\n\u0000<é>\u2028`)}},
	{name: "an id outside the basic plane", steps: []string{begin, withID(`\ud83d\ude00`)}},
	{name: "an id that is a lone surrogate", steps: []string{begin, withID(`\ud83d`)}},
	{name: "the id constructor", steps: []string{begin, withID(`constructor`)}},
	{name: "the id __proto__", steps: []string{begin, withID(`__proto__`)}},
	{name: "an id that is in use", steps: []string{begin, follow, "0|" + follow}},
	{name: "an id that is in use, for a query", steps: []string{begin, follow, "0|" + document(`{ __typename }`)}},
	{
		name:  "a long id that is in use",
		steps: []string{begin, strings.Replace(follow, `"1"`, `"`+longID+`"`, 1), "0|" + withID(longID)},
		differs: but(`next `+longID+` {"data":{"room":{"code":"PEER","id":"ROOM"}}}`+"\n"+
			`close 4409 Subscriber for `+longID[:123-len("Subscriber for ")], reasonIsCut),
	},
	{name: "an id that is free again", steps: []string{begin, ask, ask, ask}},

	// The payload of subscribe.
	{name: "no payload", steps: []string{begin, `0|{"id":"1","type":"subscribe"}`}},
	{name: "payload null", steps: []string{begin, "0|" + subscribe(`null`)}},
	{name: "payload is a string", steps: []string{begin, "0|" + subscribe(`"{ __typename }"`)}},
	{name: "payload is a list", steps: []string{begin, "0|" + subscribe(`[]`)}},
	{name: "payload is empty", steps: []string{begin, "0|" + subscribe(`{}`)}},
	{name: "query null", steps: []string{begin, "0|" + subscribe(`{"query":null}`)}},
	{name: "query is a number", steps: []string{begin, "0|" + subscribe(`{"query":1}`)}},
	{name: "query is a list", steps: []string{begin, "0|" + subscribe(`{"query":["{ __typename }"]}`)}},
	{name: "Query", steps: []string{begin, "0|" + subscribe(`{"Query":"{ __typename }"}`)}},
	{name: "other fields", steps: []string{begin, "end|" + subscribe(`{"query":"{ __typename }","id":1,"a":{}}`)}},
	{name: "variables null", steps: []string{begin, subscribe(`{"query":"{ __typename }","variables":null}`)}},
	{name: "variables empty", steps: []string{begin, subscribe(`{"query":"{ __typename }","variables":{}}`)}},
	{
		name:  "variables are a list",
		steps: []string{begin, "0|" + subscribe(`{"query":"{ __typename }","variables":[]}`)},
	},
	{
		name:  "variables are a string",
		steps: []string{begin, "0|" + subscribe(`{"query":"{ __typename }","variables":"{}"}`)},
	},
	{
		name:  "variables are false",
		steps: []string{begin, "0|" + subscribe(`{"query":"{ __typename }","variables":false}`)},
	},
	{name: "extensions null", steps: []string{begin, subscribe(`{"query":"{ __typename }","extensions":null}`)}},
	{
		name:  "extensions unknown",
		steps: []string{begin, subscribe(`{"query":"{ __typename }","extensions":{"a":1}}`)},
	},
	{
		name:  "extensions are a list",
		steps: []string{begin, "0|" + subscribe(`{"query":"{ __typename }","extensions":[]}`)},
	},
	{
		name:  "extensions are a number",
		steps: []string{begin, "0|" + subscribe(`{"query":"{ __typename }","extensions":1}`)},
	},
	{
		name:  "operationName null",
		steps: []string{begin, subscribe(`{"query":"{ __typename }","operationName":null}`)},
	},
	{
		name:    "operationName empty",
		steps:   []string{begin, "end|" + subscribe(`{"query":"{ __typename }","operationName":""}`)},
		differs: but(`next 1 {"data":{"__typename":"Query"}}`+"\n"+`complete 1`, noOperationName),
	},
	{
		name:  "operationName is a number",
		steps: []string{begin, "0|" + subscribe(`{"query":"{ __typename }","operationName":1}`)},
	},
	{
		name: "operationName",
		steps: []string{
			begin,
			subscribe(`{"query":"query A { a: __typename } query B { b: __typename }",` + `"operationName":"B"}`),
		},
	},
	{
		name:  "operationName is unknown",
		steps: []string{begin, "end|" + subscribe(`{"query":"query A { __typename }","operationName":"B"}`)},
	},
	{
		name:  "operationName is missing",
		steps: []string{begin, "end|" + subscribe(`{"query":"query A { __typename } query B { __typename }"}`)},
	},
	{
		name: "operationName of a query beside a subscription",
		steps: []string{
			begin,
			"end|" + subscribe(`{"query":"subscription A { room(roomId: \"ROOM\") { id } } query B { __typename }",`+
				`"operationName":"B"}`),
		},
	},

	// Documents.
	{
		name:    "an empty document",
		steps:   []string{begin, "end|" + document(``)},
		differs: but(`error 1 [{}]`, syntaxErrors),
	},
	{
		name:    "a comment only",
		steps:   []string{begin, document(`# hello`)},
		differs: but(`error 1 [{}]`, syntaxErrors),
	},
	{
		name:    "a syntax error",
		steps:   []string{begin, document(`{`)},
		differs: but(`error 1 [{"locations":[{"column":2,"line":1}]}]`, syntaxErrors),
	},
	{
		name:    "an empty selection",
		steps:   []string{begin, document(`{}`)},
		differs: but(`error 1 [{"locations":[{"column":2,"line":1}]}]`, syntaxErrors),
	},
	{name: "an unknown field", steps: []string{begin, document(`{ nothing }`)}},
	{name: "two unknown fields", steps: []string{begin, document(`{ nothing something }`)}},
	{name: "an unknown field of a subscription", steps: []string{begin, document(`subscription { nothing }`)}},
	{name: "no selection of an object", steps: []string{begin, document(`{ viewer }`)}},
	{
		name:  "a selection of a scalar",
		steps: []string{begin, document(`{ __typename { a } }`)},
		differs: but(`error 1 [{"locations":[{"column":16,"line":1}]},{"locations":[{"column":3,"line":1}]}]`,
			selectionOfScalar),
	},
	{name: "a missing argument", steps: []string{begin, document(`{ room { id } }`)}},
	{name: "an argument of the wrong type", steps: []string{begin, document(`{ room(id: {}) { id } }`)}},
	{
		name:    "an unknown directive",
		steps:   []string{begin, document(`{ __typename @nothing }`)},
		differs: but(`error 1 [{"locations":[{"column":15,"line":1}]}]`, placeOfDirective),
	},
	{name: "an unknown fragment", steps: []string{begin, document(`{ ...F }`)}},
	{
		name:    "a fragment only",
		steps:   []string{begin, document(`fragment F on Query { __typename }`)},
		differs: but(`error 1 [{}]`, noOperation),
	},
	{name: "a type definition", steps: []string{begin, document(`type A { b: Int }`)}},
	{
		name: "two fields of a subscription",
		steps: []string{
			begin,
			"end|" + document(`subscription { room(roomId: \"ROOM\") { id } roomQueue(roomId: \"ROOM\") { version } }`),
		},
	},
	{
		name:  "the type's name of a subscription",
		steps: []string{begin, "end|" + document(`subscription { __typename }`)},
	},
	{name: "an error and then another operation", steps: []string{begin, document(`{ nothing }`), ask}},
	{
		name:  "an id after an error",
		steps: []string{begin, document(`{ nothing }`), document(`{ nothing }`)},
	},

	// Variables.
	{name: "a variable", steps: []string{begin, variables(`{"r":"ROOM"}`)}},
	{
		name: "a variable of a subscription",
		steps: []string{
			begin,
			subscribe(`{"query":"subscription($r: ID!) { room(roomId: $r) { id } }","variables":{"r":"ROOM"}}`),
		},
	},
	{name: "an unused variable", steps: []string{begin, variables(`{"r":"ROOM","x":1}`)}},
	{
		name:    "a missing variable",
		steps:   []string{begin, variables(`{}`)},
		differs: but(`error 1 [{"locations":[{"column":7,"line":1}]}]`, requestErrors),
	},
	{
		name:    "a variable that is null",
		steps:   []string{begin, variables(`{"r":null}`)},
		differs: but(`error 1 [{"locations":[{"column":7,"line":1}]}]`, requestErrors),
	},
	{
		name:    "a variable that is a list",
		steps:   []string{begin, variables(`{"r":["ROOM"]}`)},
		differs: but(`error 1 [{"locations":[{"column":7,"line":1}]}]`, requestErrors),
	},
	{
		name:    "a variable that is an object",
		steps:   []string{begin, variables(`{"r":{}}`)},
		differs: but(`error 1 [{"locations":[{"column":7,"line":1}]}]`, requestErrors),
	},
	{
		name:    "a variable that is a fraction",
		steps:   []string{begin, variables(`{"r":1.5}`)},
		differs: but(`error 1 [{"locations":[{"column":7,"line":1}]}]`, requestErrors),
	},
	{
		name:    "a missing variable of a subscription",
		steps:   []string{begin, "end|" + subscribe(`{"query":"subscription($r: ID!) { room(roomId: $r) { id } }"}`)},
		differs: but(`error 1 [{"locations":[{"column":14,"line":1}]}]`, requestErrors),
	},
}

var longID = strings.Repeat("x", 200)

func withID(id string) string {
	return `{"id":"` + id + `","type":"subscribe","payload":{"query":"query { __typename }"}}`
}

func variables(object string) string {
	return subscribe(`{"query":"query($r: ID!) { room(id: $r) { id } }","variables":` + object + `}`)
}
