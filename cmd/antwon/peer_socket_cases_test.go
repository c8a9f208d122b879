package main_test

import "strings"

// socketCase describes what a client sends: the lines of its header Sec-WebSocket-Protocol, by default the right one,
// and then the steps; conversation.say explains their format.
type socketCase struct {
	name    string
	offers  []string
	steps   []string
	differs *difference
	races   bool // the reference server answers one way or the other, depending on when the messages arrive
}

const (
	begin  = `{"type":"connection_init","payload":{"authorization":"Bearer TOKEN"}}`
	follow = `{"id":"1","type":"subscribe","payload":{"query":"subscription { room(roomId: \"ROOM\") { id code } }"}}`
	ask    = `{"id":"2","type":"subscribe","payload":{"query":"{ room(id: \"ROOM\") { id code } }"}}`
	end    = `{"id":"1","type":"complete"}`
)

// subscribe returns a subscribe message with this payload.
func subscribe(payload string) string {
	return `{"id":"1","type":"subscribe","payload":` + payload + `}`
}

// document returns a subscribe message with this document, in which quotes have to be escaped.
func document(query string) string { return subscribe(`{"query":"` + query + `"}`) }

var socketCases = []socketCase{
	// The handshake.
	{name: "no subprotocol", offers: []string{}, steps: []string{"closed|"}},
	{name: "the older subprotocol", offers: []string{"graphql-ws"}, steps: []string{"closed|"}},
	{name: "an unknown subprotocol", offers: []string{"soap"}, steps: []string{"closed|"}},
	{name: "another case", offers: []string{"GraphQL-Transport-WS"}, steps: []string{"closed|"}},
	{name: "a longer name", offers: []string{"graphql-transport-ws2"}, steps: []string{"closed|"}},
	{name: "both subprotocols", offers: []string{"graphql-ws, graphql-transport-ws"}, steps: []string{begin}},
	{name: "both without spaces", offers: []string{"graphql-ws,graphql-transport-ws"}, steps: []string{begin}},
	{
		name:   "both on lines of their own",
		offers: []string{"graphql-ws", "graphql-transport-ws"},
		steps:  []string{begin},
	},
	{name: "four on two lines", offers: []string{"a, b", "c, graphql-transport-ws"}, steps: []string{begin}},
	{name: "two wrong ones on two lines", offers: []string{"a", "b"}, steps: []string{"closed|"}},
	{
		name:    "the same twice",
		offers:  []string{"graphql-transport-ws, graphql-transport-ws"},
		steps:   []string{begin},
		differs: &difference{opened + "connection_ack", headerIsReadLeniently},
	},
	{
		name:    "an empty list",
		offers:  []string{""},
		steps:   []string{begin},
		differs: &difference{`subprotocol ""` + "\n" + `close 4406 Subprotocol not acceptable`, headerIsReadLeniently},
	},
	{
		name:    "a comma at the end",
		offers:  []string{"graphql-transport-ws,"},
		steps:   []string{begin},
		differs: &difference{opened + "connection_ack", headerIsReadLeniently},
	},
	{
		name:    "no token",
		offers:  []string{"graphql transport ws"},
		steps:   []string{begin},
		differs: &difference{`subprotocol ""` + "\n" + `close 4406 Subprotocol not acceptable`, headerIsReadLeniently},
	},

	// connection_init.
	{name: "nothing at all", steps: []string{"closed|"}},
	{name: "only pings", steps: []string{`{"type":"ping"}`, `{"type":"pong"}`, "closed|"}},
	{name: "init", steps: []string{begin}},
	{name: "init without payload", steps: []string{`{"type":"connection_init"}`}},
	{name: "init with null", steps: []string{`{"type":"connection_init","payload":null}`}},
	{name: "init with an empty object", steps: []string{`{"type":"connection_init","payload":{}}`}},
	{name: "init with other fields", steps: []string{`{"type":"connection_init","payload":{"a":{"b":[1]}},"c":1}`}},
	{name: "init with a list", steps: []string{`0|{"type":"connection_init","payload":[]}`}},
	{name: "init with a string", steps: []string{`0|{"type":"connection_init","payload":"a"}`}},
	{name: "init with a number", steps: []string{`0|{"type":"connection_init","payload":1}`}},
	{name: "init with zero", steps: []string{`0|{"type":"connection_init","payload":0}`}},
	{name: "init with false", steps: []string{`0|{"type":"connection_init","payload":false}`}},
	{name: "init with an empty string", steps: []string{`0|{"type":"connection_init","payload":""}`}},
	{name: "init with an id", steps: []string{`{"id":"1","type":"connection_init"}`}},
	{name: "init with an id that is no string", steps: []string{`{"id":1,"type":"connection_init"}`}},
	{name: "two inits", steps: []string{begin, "0|" + begin}},
	{
		name:    "two inits at once",
		steps:   []string{"0|" + begin, "0|" + begin, "closed|"},
		races:   true,
		differs: &difference{opened + "connection_ack\nclose 4429 Too many initialisation requests", messagesInOrder},
	},
	{name: "three inits", steps: []string{begin, "0|" + begin, "0|" + begin}},
	{name: "init after a ping", steps: []string{`{"type":"ping"}`, begin, ask}},
	{name: "subscribe before init", steps: []string{"0|" + follow}},
	{name: "subscribe and then init", steps: []string{"0|" + follow, "0|" + begin}},
	{name: "complete before init", steps: []string{end, begin, ask}},
	{name: "a bad message before init", steps: []string{`{"type":"subscribe"}`}},

	// Messages that are none.
	{name: "empty", steps: []string{begin, ``}},
	{name: "a space", steps: []string{begin, ` `}},
	{name: "no JSON", steps: []string{begin, `{`}},
	{name: "words", steps: []string{begin, `hello`}},
	{name: "two values", steps: []string{begin, `0|{"type":"ping"}{"type":"ping"}`}},
	{name: "a comma too many", steps: []string{begin, `0|{"type":"ping",}`}},
	{name: "a comment", steps: []string{begin, `0|{"type":"ping"} // hello`}},
	{name: "NaN", steps: []string{begin, `0|{"type":"ping","payload":{"a":NaN}}`}},
	{name: "a byte order mark", steps: []string{begin, "0|\ufeff" + `{"type":"ping"}`}},
	{name: "white space around", steps: []string{begin, "1|\r\n\t " + `{"type":"ping"}` + " \n"}},
	{name: "null", steps: []string{begin, `null`}},
	{name: "true", steps: []string{begin, `true`}},
	{name: "a number", steps: []string{begin, `1`}},
	{name: "a string", steps: []string{begin, `"ping"`}},
	{name: "a list", steps: []string{begin, `0|[{"type":"ping"}]`}},
	{name: "an empty object", steps: []string{begin, `{}`}},
	{name: "no type", steps: []string{begin, `{"id":"1","payload":{}}`}},
	{name: "type null", steps: []string{begin, `{"type":null}`}},
	{name: "type empty", steps: []string{begin, `{"type":""}`}},
	{name: "type is a number", steps: []string{begin, `{"type":1}`}},
	{name: "type is a list", steps: []string{begin, `{"type":["ping"]}`}},
	{name: "type in capitals", steps: []string{begin, `0|{"type":"PING"}`}},
	{name: "Type", steps: []string{begin, `0|{"Type":"ping"}`}},
	{name: "type twice", steps: []string{begin, `1|{"type":"dance","type":"ping"}`}},
	{name: "an unknown type", steps: []string{begin, `{"id":"1","type":"dance"}`}},
	{
		name:  "a type of the older protocol",
		steps: []string{begin, `{"id":"1","type":"start","payload":{"query":"{ a }"}}`},
	},
	{name: "connection_terminate", steps: []string{begin, `{"type":"connection_terminate"}`}},
	{name: "__proto__", steps: []string{begin, `1|{"type":"ping","__proto__":{"type":"dance"}}`}},
	{name: "an escaped type", steps: []string{begin, `1|{"type":"\u0070ing"}`}},
	{
		name:    "a server's ack",
		steps:   []string{begin, `{"type":"connection_ack"}`},
		differs: but(`close 4400 Invalid message received`, clientsFault),
	},
	{
		name:    "a server's next",
		steps:   []string{begin, `{"id":"1","type":"next","payload":{"data":null}}`},
		differs: but(`close 4400 Invalid message received`, clientsFault),
	},
	{
		name:    "a server's error",
		steps:   []string{begin, `{"id":"1","type":"error","payload":[{"message":"a"}]}`},
		differs: but(`close 4400 Invalid message received`, clientsFault),
	},
	{
		name:    "binary",
		steps:   []string{begin, "binary|" + `{"type":"ping"}`},
		differs: but(`close 4400 Invalid message received`, binaryIsRefused),
	},
	{
		name:    "binary init",
		steps:   []string{"binary|" + begin},
		differs: &difference{opened + "close 4400 Invalid message received", binaryIsRefused},
	},
	{name: "binary and no JSON", steps: []string{begin, "binary|\x00\x01"}},
	{
		name:    "too large",
		steps:   []string{begin, `0|{"type":"ping","payload":{"a":"` + strings.Repeat("a", 65_536) + `"}}`},
		differs: but(`close 1009 Message too big`, closeHasReason),
	},
	{
		name:  "just not too large",
		steps: []string{begin, `{"type":"pong","payload":{"a":"` + strings.Repeat("a", 65_500) + `"}}`},
	},
	{
		name: "deeply nested",
		steps: []string{
			begin,
			`{"type":"pong","payload":{"a":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}}`,
		},
	},

	// ping and pong.
	{name: "ping with a payload", steps: []string{begin, `{"type":"ping","payload":{"a":[1,"b",null,{"c":1.5}]}}`}},
	{name: "ping with an empty payload", steps: []string{begin, `{"type":"ping","payload":{}}`}},
	{name: "ping with null", steps: []string{begin, `{"type":"ping","payload":null}`}},
	{name: "ping with a string", steps: []string{begin, `0|{"type":"ping","payload":"a"}`}},
	{name: "ping with a list", steps: []string{begin, `0|{"type":"ping","payload":[]}`}},
	{name: "ping with a number", steps: []string{begin, `0|{"type":"ping","payload":0}`}},
	{name: "ping with an id", steps: []string{begin, `{"id":"1","type":"ping"}`}},
	{name: "ping with an id that is no string", steps: []string{begin, `1|{"id":{},"type":"ping"}`}},
	{name: "pong", steps: []string{begin, `{"type":"pong"}`}},
	{name: "pong with a payload", steps: []string{begin, `{"type":"pong","payload":{"a":1}}`}},
	{name: "pong with a number", steps: []string{begin, `{"type":"pong","payload":1}`}},
	{name: "pong with an id", steps: []string{begin, `{"id":"1","type":"pong"}`}},
	{name: "a ping frame", steps: []string{begin, `ping|hello`, `{"type":"ping"}`}},
	{name: "a ping frame before init", steps: []string{`ping|`, begin}},

	// The end of the connection.
	{name: "close without a code", steps: []string{begin, `close|`}},
	{name: "close 1000", steps: []string{begin, `close|1000`}},
	{
		name:    "close with a reason",
		steps:   []string{begin, `close|1000 Normal Closure`},
		differs: but(`close 1000`, reasonIsNotEchoed),
	},
	{name: "close 1001", steps: []string{begin, `close|1001`}},
	{name: "close 1011", steps: []string{begin, `close|1011`}},
	{name: "close 3000", steps: []string{begin, `close|3000`}},
	{
		name:    "close 4499",
		steps:   []string{begin, `close|4499 Terminated`},
		differs: but(`close 4499`, reasonIsNotEchoed),
	},
	{name: "close while subscribed", steps: []string{begin, follow, `close|1000`}},
	{name: "close before init", steps: []string{`close|1000`}},
	{name: "messages after close", steps: []string{begin, `close|1000`, "0|" + follow}},
}
