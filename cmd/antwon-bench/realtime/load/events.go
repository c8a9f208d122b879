//go:build linux

package load

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// eventsRequest returns the request for a subscriber's subscription as Server-Sent Events.
func eventsRequest(host string, s Subscriber) (string, error) {
	var init struct{ Authorization string }
	if err := json.Unmarshal([]byte(s.Init), &init); err != nil {
		return "", err
	}
	return fmt.Sprintf("POST /graphql HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\nAuthorization: %s\r\n"+
		"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		host, init.Authorization, len(s.Subscribe), s.Subscribe), nil
}

var errRefused = errors.New("the stream of events was refused")

// readEvents handles the events that are complete, each in a chunk of its own.
func (c *client) readEvents(data []byte) error {
	c.response = append(c.response, data...)
	if status := []byte("HTTP/1.1 200 "); len(c.response) >= len(status) && !c.upgraded {
		if !bytes.HasPrefix(c.response, status) {
			return fmt.Errorf("%w: %s", errRefused, c.response)
		}
		c.upgraded = true
	}
	for {
		event, rest, complete := bytes.Cut(c.response, []byte("\n\n"))
		if !complete {
			return nil
		}
		if version, ok := parseVersion(event); ok {
			c.clients.recordArrival(c, version, len(event))
		}
		if c.response = rest; len(rest) == 0 {
			c.response = nil // rather than keeping the memory of the largest one
		}
	}
}
