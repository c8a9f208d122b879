package gqlserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
)

// The types of messages in graphql-transport-ws.
const (
	typeInit      = "connection_init"
	typeAck       = "connection_ack"
	typePing      = "ping"
	typePong      = "pong"
	typeSubscribe = "subscribe"
	typeNext      = "next"
	typeError     = "error"
	typeComplete  = "complete"
)

// maxIDBytes bounds the id of an operation, which is kept and sent with each message; clients use UUIDs or counters.
const maxIDBytes = 256

// message is a message from a client that has every field its type requires.
type message struct {
	kind    string
	id      string             // of subscribe and complete
	init    map[string]any     // the payload of connection_init; may be nil
	payload any                // of ping, for the pong; may be nil
	params  *graphql.RawParams // of subscribe
	size    int                // of params, in bytes
	refusal string             // why the operation of subscribe cannot be executed; "" if it can
}

var errMessage = errors.New("not a message of the protocol")

// decodeMessage decodes and checks a message from a client. The result does not refer to data. Fields that the
// message's type does not have are ignored.
func decodeMessage(data []byte) (m message, err error) {
	var fields map[string]json.RawMessage // a struct would also accept the name Type
	if !utf8.Valid(data) {
		return message{}, errMessage
	}
	if err := json.Unmarshal(data, &fields); err != nil {
		return message{}, errors.Join(errMessage, err)
	}
	if err := decodeField(fields, "type", &m.kind); err != nil {
		return message{}, err
	}
	payload := fields["payload"]
	if bytes.Equal(payload, []byte("null")) {
		payload = nil
	}
	switch m.kind {
	case typeInit:
		m.init, err = decodePayload(payload)
	case typePing, typePong:
		if _, err = decodePayload(payload); payload != nil {
			m.payload = payload
		}
	case typeSubscribe:
		err = m.decodeOperation(payload)
	case typeComplete:
	default:
		err = errMessage
	}
	if m.kind == typeSubscribe || m.kind == typeComplete {
		if decodeField(fields, "id", &m.id) != nil || m.id == "" {
			return message{}, errMessage
		}
	}
	if m.kind == typeSubscribe && len(m.id) > maxIDBytes {
		m.refusal = fmt.Sprintf("The id of an operation may have at most %d bytes.", maxIDBytes)
	}
	return m, err
}

// decodePayload decodes an optional object.
func decodePayload(payload json.RawMessage) (value map[string]any, err error) {
	if payload == nil {
		return nil, nil
	}
	return value, decodeJSON(payload, &value)
}

// decodeOperation decodes the payload of subscribe. The query may be missing if the extensions have its hash.
func (m *message) decodeOperation(payload json.RawMessage) error {
	if payload == nil {
		return errMessage
	}
	params, hasQuery, err := decodeParams(payload)
	switch {
	case err != nil:
		return errors.Join(errMessage, err)
	case !hasQuery && params.Extensions[persistedQuery] == nil:
		return errMessage
	}
	m.params, m.size, m.refusal = params, len(payload), refusalOf(params, payload)
	return nil
}
