//go:build linux

package load

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"syscall"
)

// noVersion is the version of a client that has not received any.
const noVersion = -1

// addresses is how many loopback addresses the clients connect from, so that neither ports nor limits per address run
// out.
const addresses = 50

// client is one connection. The mutex of Clients guards it.
type client struct {
	clients    *Clients
	index      int
	subscriber Subscriber
	fd         int // -1: not connected
	attempts   int
	version    int64
	response   []byte // to the upgrade request, until it is complete
	upgraded   bool
	frames     frameParser
	last       []byte // the beginning of the last message
}

func resolve(address string) (syscall.SockaddrInet4, error) {
	parsed, err := netip.ParseAddrPort(address)
	if err != nil || !parsed.Addr().Is4() {
		return syscall.SockaddrInet4{}, fmt.Errorf("%q is not an IPv4 address with a port", address)
	}
	return syscall.SockaddrInet4{Port: int(parsed.Port()), Addr: parsed.Addr().As4()}, nil
}

// connect opens the socket and requests the upgrade. Connecting blocks, but on the loopback interface not for long;
// after that the socket does not block.
func (c *client) connect() (err error) {
	c.version, c.upgraded, c.response = noVersion, false, nil
	c.frames = frameParser{keepBytes: max(minKeepBytes, c.clients.KeepBytes), lines: c.clients.Centrifuge}
	c.fd, err = syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		c.fd = -1
		return fmt.Errorf("socket: %w", err)
	}
	from := syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, byte(2 + c.index%addresses)}}
	if err := syscall.Bind(c.fd, &from); err != nil {
		return fmt.Errorf("bind: %w", err)
	}
	if err := syscall.Connect(c.fd, &c.clients.address); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	if err := syscall.SetNonblock(c.fd, true); err != nil {
		return err
	}
	request := upgradeRequest(c.clients.host, graphQLProtocol)
	if c.clients.Centrifuge {
		request = upgradeRequest(c.clients.host, centrifugeProtocol)
	}
	if c.clients.Events {
		if request, err = eventsRequest(c.clients.host, c.subscriber); err != nil {
			return err
		}
	}
	if err := c.write([]byte(request)); err != nil {
		return err
	}
	return c.clients.poll(c)
}

// Subprotocols of WebSocket.
const graphQLProtocol, centrifugeProtocol = "graphql-transport-ws", "centrifuge-json"

func upgradeRequest(host, protocol string) string {
	return "GET /graphql HTTP/1.1\r\nHost: " + host + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
		"Sec-WebSocket-Protocol: " + protocol + "\r\n\r\n"
}

func (c *client) disconnect() {
	if c.fd >= 0 {
		_ = syscall.Close(c.fd) // which also removes it from the epoll
		c.fd = -1
	}
}

// write fails if the socket does not accept all data at once. That does not happen, because messages of clients are
// small.
func (c *client) write(data []byte) error {
	n, err := syscall.Write(c.fd, data)
	if err == nil && n < len(data) {
		err = io.ErrShortWrite
	}
	return err
}

func (c *client) send(opcode byte, payload []byte) error {
	return c.write(clientFrame(opcode, payload))
}

// read reads once from the socket and handles what it got.
func (c *client) read(buffer []byte) error {
	n, err := syscall.Read(c.fd, buffer)
	switch {
	case errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EINTR):
		return nil
	case err != nil:
		return fmt.Errorf("read: %w", err)
	case n == 0:
		return errors.New("the server closed the connection without a close frame")
	case c.clients.Events:
		return c.readEvents(buffer[:n])
	case c.upgraded:
		return c.frames.parse(buffer[:n], c)
	}
	return c.upgrade(buffer[:n])
}

// upgrade reads the response to the upgrade request. When that is complete it sends the first message.
func (c *client) upgrade(data []byte) error {
	c.response = append(c.response, data...)
	head, rest, complete := bytes.Cut(c.response, []byte("\r\n\r\n"))
	if !complete {
		return nil
	}
	if !bytes.HasPrefix(head, []byte("HTTP/1.1 101 ")) {
		return fmt.Errorf("the upgrade was refused: %s", head)
	}
	c.upgraded, c.response = true, nil
	message := `{"type":"connection_init","payload":` + c.subscriber.Init + `}`
	if c.clients.Centrifuge {
		message = centrifugeConnect
	}
	if err := c.send(opText, []byte(message)); err != nil {
		return err
	}
	return c.frames.parse(rest, c)
}

var (
	versionField = []byte(`"version":`)
	errorsField  = []byte(`"errors":`)
	ackType      = []byte(`"connection_ack"`)
	pingType     = []byte(`"type":"ping"`)
	pongType     = []byte(`"type":"pong"`)
	pongMessage  = []byte(`{"type":"pong"}`)
)

// message handles a complete message, given by its beginning and its number of bytes on the wire.
func (c *client) message(start []byte, wireBytes int) error {
	c.last = append(c.last[:0], start...)
	version, ok := parseVersion(start)
	switch {
	case ok && !bytes.Contains(start, errorsField):
		c.clients.recordArrival(c, version, wireBytes)
		return nil
	case c.clients.Centrifuge:
		return c.centrifugeMessage(start)
	case bytes.Contains(start, ackType):
		subscribe := `{"id":"%s","type":"subscribe","payload":%s}`
		return c.send(opText, fmt.Appendf(nil, subscribe, c.id(), c.subscriber.Subscribe))
	case bytes.Contains(start, pingType):
		return c.send(opText, pongMessage)
	case bytes.Contains(start, pongType):
		return nil
	}
	return fmt.Errorf("unexpected message: %s", start)
}

// id returns the id of the client's subscription. It is unique, and as long as the ids of usual clients.
func (c *client) id() string { return fmt.Sprintf("%08x-0000-4000-8000-%012x", c.index, c.index) }

// parseVersion returns the first version in the beginning of a message, unless that ends before the number does.
func parseVersion(start []byte) (int64, bool) {
	at := bytes.Index(start, versionField)
	if at < 0 {
		return 0, false
	}
	digits := start[at+len(versionField):]
	n := 0
	for n < len(digits) && '0' <= digits[n] && digits[n] <= '9' {
		n++
	}
	version, err := strconv.ParseInt(string(digits[:n]), 10, 64)
	return version, err == nil && n < len(digits)
}

// control handles a control frame.
func (c *client) control(opcode byte, payload []byte) error {
	switch opcode {
	case opPing:
		return c.send(opPong, payload)
	case opClose:
		code, reason := 0, ""
		if len(payload) >= 2 {
			code, reason = int(payload[0])<<8|int(payload[1]), string(payload[2:])
		}
		return fmt.Errorf("the server closed the connection: %d %s", code, reason)
	}
	return nil
}
