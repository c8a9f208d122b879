package gqlserver

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// closeStatus is how a WebSocket connection ends: the code of the close frame and a short reason for people. The codes
// are those of graphql-transport-ws where it defines one, because its clients act on them: on 1002, 1007, 1009, 4400,
// 4401, 4406, 4409, 4429 and 4500 they give up; on all the others in this file they reconnect after a while.
type closeStatus struct {
	code   int
	reason string
}

var (
	// closedByCompletion: a stream of events has ended with its subscription.
	closedByCompletion = closeStatus{code: 1000}
	// closedByIdleness: a client without credentials ran no operation for Limits.AnonymousIdle. Clients without operations
	// do not reconnect on this code.
	closedByIdleness = closeStatus{code: 1000, reason: "Idle without credentials"}
	// closedByProtocolError: a frame violates RFC 6455.
	closedByProtocolError = closeStatus{code: 1002, reason: "Protocol error"}
	// closedByInvalidUTF8: a text message is not UTF-8.
	closedByInvalidUTF8 = closeStatus{code: 1007, reason: "Invalid UTF-8"}
	// closedByMessageSize: a message exceeds Limits.MessageBytes.
	closedByMessageSize = closeStatus{code: 1009, reason: "Message too big"}
	// closedByRestart: Drain was called.
	closedByRestart = closeStatus{code: 1012, reason: "Service restart"}
	// closedBySlowClient: the client read nothing for Limits.WriteTimeout.
	closedBySlowClient = closeStatus{code: 1013, reason: "Client does not read"}
	// closedByConnectionLimit: the client has Limits.ConnectionsPerUser other connections.
	closedByConnectionLimit = closeStatus{code: 1013, reason: "Too many connections"}
	// closedByInvalidMessage: the message is not JSON, or not one of the protocol.
	closedByInvalidMessage = closeStatus{code: 4400, reason: "Invalid message received"}
	// closedByMissingInit: an operation came before connection_init.
	closedByMissingInit = closeStatus{code: 4401, reason: "Unauthorized"}
	// closedByExpiry: the credentials expired; clients reconnect with new ones.
	closedByExpiry = closeStatus{code: 4403, reason: "Token expired"}
	// closedByEndedSession: the session was ended; clients reconnect if they have another one.
	closedByEndedSession = closeStatus{code: 4403, reason: "Session ended"}
	// closedBySubprotocol: the client does not offer graphql-transport-ws.
	closedBySubprotocol = closeStatus{code: 4406, reason: "Subprotocol not acceptable"}
	// closedByInitTimeout: there was no connection_init within Limits.InitTimeout.
	closedByInitTimeout = closeStatus{code: 4408, reason: "Connection initialisation timeout"}
	// closedBySecondInit: there was a second connection_init.
	closedBySecondInit = closeStatus{code: 4429, reason: "Too many initialisation requests"}
	// closedByConnectionLoss: nothing came for two pings, or the network failed.
	closedByConnectionLoss = closeStatus{code: 4499, reason: "Connection lost"}
	// closedByInternalError: a panic occurred outside of any operation.
	closedByInternalError = closeStatus{code: 4500, reason: "Internal server error"}
)

// noStatusReceived is the code of a connection that its client has closed without a code.
const noStatusReceived = 1005

const maxReasonBytes = 123 // the size of a close frame's payload, without the code

// closedByRefusedCredentials returns the status of a connection whose credentials were refused. It has the code of
// expired credentials: a client that reconnects with a better token is admitted.
func closedByRefusedCredentials(reason string) closeStatus {
	return closeStatus{code: closedByExpiry.code, reason: truncateReason(reason)}
}

// closedByDuplicateID returns the status of a connection that used the id of a running operation again.
func closedByDuplicateID(id string) closeStatus {
	return closeStatus{code: 4409, reason: truncateReason(fmt.Sprintf("Subscriber for %s already exists", id))}
}

// closedByClient returns the status of a connection that the client closed with a code.
func closedByClient(code int) closeStatus { return closeStatus{code: code} }

func truncateReason(reason string) string {
	reason = strings.ToValidUTF8(reason, "")
	for len(reason) > maxReasonBytes || !utf8.ValidString(reason) {
		reason = reason[:len(reason)-1]
	}
	return reason
}
