package gqlserver

import (
	"bytes"
	"encoding/binary"
	"errors"
	"unicode/utf8"

	"antwon.dj/backend/internal/gqlserver/deflate"
	"antwon.dj/backend/internal/gqlserver/sockets"
)

// The poller's goroutine reads from the connections and handles control frames at once. A goroutine of the connection
// handles messages, which may have to wait, and the poller does not report the socket again until that goroutine has
// ended. Without a poller, a goroutine waits for the socket. So messages of a client are handled one after the other, a
// client that stops in the middle of a frame delays no other, and a client that sends more than it reads has to wait.

// OnReadable implements sockets.Pollable.
func (c *connection) OnReadable(buffer []byte) (again bool) {
	defer c.recoverPanic()
	if c.isClosing() {
		return false
	}
	if c.events { // the poller reports only its end
		c.close(closedByConnectionLoss)
		return false
	}
	n, lost := sockets.Read(c.raw, buffer)
	for data := buffer[:n]; ; {
		got, rest, e := c.frames.next(data)
		switch {
		case e == nil && got.opcode == 0 && !lost:
			return true
		case e == nil && got.opcode == 0:
			e = &closedByConnectionLoss
		case e == nil && (got.opcode < opClose || !c.hasOutboxSpace()):
			left := bytes.Clone(rest)
			c.reading.Go(func() { c.continueReading(got, left) })
			return false
		case e == nil:
			e = c.handle(got)
		}
		if e != nil {
			c.close(*e)
			return false
		}
		data = rest
	}
}

// continueReading handles got and the rest of the bytes that were read, and then lets the poller report the socket
// again.
func (c *connection) continueReading(got received, rest []byte) {
	if c.awaitOutboxSpace() && c.receive(got) && c.receiveAll(rest) {
		c.handler.poller.Resume(c.place)
	}
}

// readLoop reads until the connection is closed. Handling a message needs a deep stack, which a goroutine keeps while
// it waits. So a new goroutine handles what has come, and the one that waits stays small.
func (c *connection) readLoop() {
	const small = 512
	buffer, handled := make([]byte, small), make(chan bool, 1)
	for c.awaitOutboxSpace() {
		n, err := c.socket.Read(buffer)
		go func() { handled <- c.receiveAll(buffer[:n]) }()
		if !<-handled {
			return
		}
		if err != nil {
			c.close(closedByConnectionLoss)
			return
		}
	}
}

// receiveAll handles everything that data completes. It returns false when the connection is closed.
func (c *connection) receiveAll(data []byte) bool {
	if c.events { // the client of an event stream sends nothing more
		return true
	}
	for {
		got, rest, e := c.frames.next(data)
		switch {
		case e != nil:
			c.close(*e)
			return false
		case got.opcode == 0:
			return true
		case !c.receive(got):
			return false
		}
		data = rest
	}
}

// receive handles a control frame or a message, and waits until the client has read most of what is sent to it. It
// returns false when the connection is closed.
func (c *connection) receive(got received) bool {
	if e := c.handle(got); e != nil {
		c.close(*e)
		return false
	}
	return c.awaitOutboxSpace()
}

// handle handles a control frame or a message. It returns nil, or the status with which the connection has to be
// closed. For a control frame, it does not wait.
func (c *connection) handle(got received) *closeStatus {
	defer c.recoverPanic()
	c.recordActivity()
	switch got.opcode {
	case opPong:
		return nil
	case opPing:
		c.send(controlFrame(opPong, got.payload))
		return nil
	case opClose:
		e := closedByClient(noStatusReceived)
		if len(got.payload) > 0 {
			e = closedByClient(int(binary.BigEndian.Uint16(got.payload)))
		}
		return &e
	default:
		return c.handleText(got)
	}
}

func (c *connection) handleText(got received) *closeStatus {
	text := got.payload
	if got.compressed {
		var err error
		switch text, err = deflate.Decompress(text, c.handler.cfg.Limits.MessageBytes); {
		case errors.Is(err, deflate.ErrTooLarge):
			return &closedByMessageSize
		case err != nil:
			return &closedByProtocolError
		}
	}
	switch {
	case got.opcode != opText:
		return &closedByInvalidMessage
	case !utf8.Valid(text):
		return &closedByInvalidUTF8
	}
	m, err := decodeMessage(text)
	if err != nil {
		return &closedByInvalidMessage
	}
	return c.handleMessage(m)
}
