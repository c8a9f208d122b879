package gqlserver

import (
	"strings"
	"unicode/utf8"
)

// ending is how a WebSocket connection ends: the code of the close frame and a few words for people. The codes are those
// of graphql-transport-ws where it has one, because its clients go by them: on 4400, 4401, 4406, 4429, 4500 and 1009 they
// give up, on all the others here they connect again after a while.
type ending struct {
	code   int
	reason string
}

var (
	endRestart      = ending{1012, "Service restart"}                   // Drain
	endTooBig       = ending{1009, "Message too big"}                   // above Limits.MessageBytes
	endInvalid      = ending{4400, "Invalid message received"}          // not JSON, or no message of the protocol
	endUnauthorized = ending{4401, "Unauthorized"}                      // something else before connection_init
	endExpired      = ending{4403, "Token expired"}                     // ExpiresAt has come; clients ask for a new token and return
	endSubprotocol  = ending{4406, "Subprotocol not acceptable"}        // not graphql-transport-ws
	endInitTimeout  = ending{4408, "Connection initialisation timeout"} // no connection_init in time
	endSecondInit   = ending{4429, "Too many initialisation requests"}  // a second connection_init
	endLost         = ending{4499, "Connection lost"}                   // no pong in time, or the network failed
	endSlow         = ending{4499, "Client does not read"}              // a write did not end in time; no close frame gets through
	endInternal     = ending{4500, "Internal server error"}             // a panic outside of any operation
)

const maxReasonBytes = 123 // what a close frame has room for

// endForbidden is the ending of a connection whose credentials were refused. It has the code of expired ones: a client
// that comes back with a better token gets in.
func endForbidden(reason string) ending {
	reason = strings.ToValidUTF8(reason, "")
	for len(reason) > maxReasonBytes || !utf8.ValidString(reason) {
		reason = reason[:len(reason)-1]
	}
	return ending{endExpired.code, reason}
}

// endByClient is the ending that the client chose.
func endByClient(code int) ending { return ending{code, "Closed by the client"} }
