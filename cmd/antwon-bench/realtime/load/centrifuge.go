//go:build linux

package load

import (
	"bytes"
	"fmt"
)

const centrifugeConnect = `{"id":1,"connect":{}}`

var (
	connectReply   = []byte(`{"id":1,"connect":`)
	centrifugePing = []byte("{}")
)

// centrifugeMessage handles a message of centrifuge that carries no version.
func (c *client) centrifugeMessage(start []byte) error {
	switch {
	case bytes.HasPrefix(start, connectReply):
		return c.send(opText, fmt.Appendf(nil, `{"id":2,"subscribe":%s}`, c.subscriber.Subscribe))
	case bytes.Equal(start, centrifugePing):
		return c.send(opText, centrifugePing)
	}
	return fmt.Errorf("unexpected message: %s", start)
}
