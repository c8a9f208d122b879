package natsbus

import (
	"encoding/json"
	"errors"

	"antwon.dj/backend/internal/live"
)

const (
	maxUsers   = 64       // a hint for more users is sent as one for everybody
	maxMessage = 16 << 10 // bytes; 64 UUIDs need less than 3,000
)

var (
	errTooLong     = errors.New("natsbus: the message is too long")
	errInvalidHint = errors.New("natsbus: the message is not a hint")
)

// message is the wire format of a hint. A process ignores fields that only newer versions of the program know.
type message struct {
	Topic   string   `json:"t"`
	Since   int64    `json:"s"`
	Version int64    `json:"v"`
	Users   []string `json:"u,omitzero"` // missing: everybody, empty: nobody in particular
	Minor   bool     `json:"m,omitzero"`
}

// encode returns the message for a hint, or an error if the message would be longer than maxMessage.
func encode(h live.Hint) ([]byte, error) {
	m := message{Topic: h.Topic, Since: h.Since, Version: h.Version, Users: h.Users, Minor: h.Minor}
	if len(m.Users) > maxUsers {
		m.Users = nil
	}
	text, err := json.Marshal(m)
	if err == nil && len(text) > maxMessage {
		err = errTooLong
	}
	return text, err
}

// decode returns the hint in a message, or an error if the message is too long or not a valid hint.
func decode(text []byte) (live.Hint, error) {
	var m message
	if len(text) > maxMessage {
		return live.Hint{}, errTooLong
	}
	if err := json.Unmarshal(text, &m); err != nil || m.Topic == "" || m.Since < 0 || m.Version < m.Since {
		return live.Hint{}, errInvalidHint
	}
	if len(m.Users) > maxUsers {
		m.Users = nil
	}
	return live.Hint{Topic: m.Topic, Since: m.Since, Version: m.Version, Users: m.Users, Minor: m.Minor}, nil
}
