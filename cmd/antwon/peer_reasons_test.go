package main_test

const opened = `subprotocol "graphql-transport-ws"` + "\n"

// but returns the difference that this program gives these answers once the connection is acknowledged.
func but(ours, reason string) *difference {
	return &difference{opened + "connection_ack\n" + ours, reason}
}

// refusedAs returns the difference that this program answers with an event stream that has only these errors.
func refusedAs(errors string) *difference {
	return &difference{
		"200 text/event-stream\nnext {\"errors\":" + errors + "}\ncomplete",
		"A refusal is a stream, because graphql-sse's client shows the errors of nothing else.",
	}
}

// The reasons for answers that differ from those of graphql-ws and graphql-sse.
const (
	reasonIsNotEchoed = "RFC 6455 has a server echo the code; the client knows its own reason."
	binaryIsRefused   = "The protocol's messages are texts. graphql-ws takes the bytes of any frame for one."
	clientsFault      = "The client is at fault, while 4500 says that the server failed."
	closeHasReason    = "The reason helps whoever reads the client's log."
	messagesInOrder   = "Messages are handled in the order in which they came, so that the first one is acknowledged."
	requestErrors     = "Nothing was executed, and for that the protocol has the message error."
	noOperation       = "An error without an operation has no place in the document."
	placeOfDirective  = "gqlparser has the position of a directive begin after its @."
	selectionOfScalar = "gqlparser finds the scalar and the unknown field below it."
	syntaxErrors      = "A syntax error ends the operation, not the connection with all of its other operations."
	reasonIsCut       = "A reason has at most 123 bytes. graphql-ws fails to send a longer one."
	longIDs           = "An id is kept as long as its operation, so that its size is limited."
	noOperationName   = "Clients that fill in forms send an empty name for none, and no operation can have it."

	headerIsReadLeniently = "gorilla reads the header leniently: as RFC 9110 wants, it ignores empty elements."

	refusalsHaveErrors = "Every refusal of an operation is a GraphQL response, with a sentence that says what is wrong."
	noSingleConnection = "Only the distinct connections mode is served: a stream is one request, on any server."
	plainResponses     = "The same address serves GraphQL over HTTP, to whoever does not ask for events alone."
	acceptIsAList      = "A media type has no case and may have a weight; graphql-sse compares the whole header."
)
