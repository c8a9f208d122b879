package gqlserver

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// ending is how a WebSocket connection ends: the code of the close frame and a few words for people. The codes are those
// of graphql-transport-ws where it has one, because its clients go by them: on 1002, 1007, 1009, 4400, 4401, 4406, 4409, 4429 and
// 4500 they give up, on all the others here they connect again after a while.
type closeStatus struct {
	code   int
	reason string
}

var (
	closedByProtocolError   = closeStatus{1002, "Protocol error"}                    // not as RFC 6455 has it
	closedByInvalidUTF8     = closeStatus{1007, "Invalid UTF-8"}                     // in a text message
	closedByMessageSize     = closeStatus{1009, "Message too big"}                   // above Limits.MessageBytes
	closedByRestart         = closeStatus{1012, "Service restart"}                   // Drain
	closedBySlowClient      = closeStatus{1013, "Client does not read"}              // took nothing of what was sent for Limits.WriteTimeout
	closedByConnectionLimit = closeStatus{1013, "Too many connections"}              // above Limits.ConnectionsPerUser
	closedByInvalidMessage  = closeStatus{4400, "Invalid message received"}          // not JSON, or no message of the protocol
	closedByMissingInit     = closeStatus{4401, "Unauthorized"}                      // something else before connection_init
	closedByExpiry          = closeStatus{4403, "Token expired"}                     // clients ask for a new token and return
	closedBySubprotocol     = closeStatus{4406, "Subprotocol not acceptable"}        // not graphql-transport-ws
	closedByInitTimeout     = closeStatus{4408, "Connection initialisation timeout"} // no connection_init in time
	closedBySecondInit      = closeStatus{4429, "Too many initialisation requests"}  // a second connection_init
	closedByConnectionLoss  = closeStatus{4499, "Connection lost"}                   // nothing came for two pings, or the network failed
	closedByInternalError   = closeStatus{4500, "Internal server error"}             // a panic outside of any operation
)

const maxReasonBytes = 123 // what a close frame has room for

// endForbidden is the ending of a connection whose credentials were refused. It has the code of expired ones: a client
// that comes back with a better token gets in.
func closedByRefusedCredentials(reason string) closeStatus {
	return closeStatus{closedByExpiry.code, truncateReason(reason)}
}

// endDuplicate is the ending for an id that is taken.
func closedByDuplicateID(id string) closeStatus {
	return closeStatus{4409, truncateReason(fmt.Sprintf("Subscriber for %s already exists", id))}
}

// endByClient is the ending that the client chose.
func closedByClient(code int) closeStatus { return closeStatus{code, ""} }

func truncateReason(reason string) string {
	reason = strings.ToValidUTF8(reason, "")
	for len(reason) > maxReasonBytes || !utf8.ValidString(reason) {
		reason = reason[:len(reason)-1]
	}
	return reason
}
