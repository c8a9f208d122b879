package gqlserver

import (
	"bytes"
	"encoding/json"
	"errors"
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
}

var errMessage = errors.New("not a message of the protocol")

// decodeMessage decodes and checks a message from a client. The result does not refer to data.
func decodeMessage(data []byte) (message, error) {
	var wire struct {
		ID      *string         `json:"id"`
		Type    string          `json:"type"`
		Payload json.RawMessage `json:"payload"`
	}
	if !utf8.Valid(data) {
		return message{}, errMessage
	}
	if err := json.Unmarshal(data, &wire); err != nil {
		return message{}, errors.Join(errMessage, err)
	}
	if bytes.Equal(wire.Payload, []byte("null")) {
		wire.Payload = nil
	}
	m := message{kind: wire.Type}
	var err error
	switch wire.Type {
	case typeInit:
		m.init, err = decodePayload[map[string]any](wire.Payload)
	case typePing, typePong:
		if _, err = decodePayload[map[string]any](wire.Payload); wire.Payload != nil {
			m.payload = wire.Payload
		}
	case typeSubscribe:
		m.params, err = decodeOperation(wire.Payload)
	case typeComplete:
	default:
		err = errMessage
	}
	if wire.Type == typeSubscribe || wire.Type == typeComplete {
		if wire.ID == nil || *wire.ID == "" || len(*wire.ID) > maxIDBytes {
			return message{}, errMessage
		}
		m.id = *wire.ID
	}
	return m, err
}

// decodePayload decodes an optional payload.
func decodePayload[T any](payload json.RawMessage) (value T, err error) {
	if payload == nil {
		return value, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(payload))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return value, errors.Join(errMessage, err)
	}
	return value, nil
}

// decodeOperation decodes the payload of subscribe. The query may be missing if the extensions have its hash.
func decodeOperation(payload json.RawMessage) (*graphql.RawParams, error) {
	params, err := decodePayload[*graphql.RawParams](payload)
	if err != nil {
		return nil, err
	}
	if params == nil || params.Query == "" && params.Extensions["persistedQuery"] == nil {
		return nil, errMessage
	}
	return params, nil
}
