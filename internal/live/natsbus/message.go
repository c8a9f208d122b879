package natsbus

import (
	"encoding/json"
	"errors"

	"antwon.dj/backend/internal/live"
)

const (
	maxUsers   = 64       // more are everybody
	maxMessage = 16 << 10 // bytes; 64 UUIDs take less than 3,000
)

var (
	errTooLong     = errors.New("natsbus: the message is too long")
	errInvalidHint = errors.New("natsbus: the message is no hint")
)

// message is a hint as it travels. Fields that a newer version adds are ignored by an older one.
type message struct {
	Topic   string   `json:"t"`
	Since   int64    `json:"s"`
	Version int64    `json:"v"`
	Users   []string `json:"u,omitzero"` // absent: everybody, empty: nobody in particular
}

func encode(h live.Hint) ([]byte, error) {
	m := message{h.Topic, h.Since, h.Version, h.Users}
	if len(m.Users) > maxUsers {
		m.Users = nil
	}
	text, err := json.Marshal(m)
	if err == nil && len(text) > maxMessage {
		err = errTooLong
	}
	return text, err
}

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
	return live.Hint{Topic: m.Topic, Since: m.Since, Version: m.Version, Users: m.Users}, nil
}
