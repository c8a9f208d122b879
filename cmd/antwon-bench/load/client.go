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

// nothing is the version of a client without any.
const nothing = -1

// addresses is how many loopback addresses the clients come from, so that neither ports nor limits per address run out.
const addresses = 50

// client is one connection. The crowd's mutex guards it.
type client struct {
	crowd   *Crowd
	index   int
	member  Member
	fd      int // -1: not connected
	tries   int
	version int64
	answer  []byte // to the upgrade, until it is complete
	open    bool   // upgraded
	frames  frames
	last    []byte // how the newest message began
}

func resolve(address string) (syscall.SockaddrInet4, error) {
	parsed, err := netip.ParseAddrPort(address)
	if err != nil || !parsed.Addr().Is4() {
		return syscall.SockaddrInet4{}, fmt.Errorf("%q is no IPv4 address with a port", address)
	}
	return syscall.SockaddrInet4{Port: int(parsed.Port()), Addr: parsed.Addr().As4()}, nil
}

// connect opens the socket and asks for the upgrade. On the loopback a connection stands at once, so it is not worth a
// state of its own; afterwards nothing blocks any more.
func (c *client) connect() (err error) {
	c.version, c.open, c.answer, c.frames = nothing, false, nil, frames{kept: max(leastKept, c.crowd.Keep)}
	c.fd, err = syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		c.fd = -1
		return fmt.Errorf("socket: %w", err)
	}
	from := syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, byte(2 + c.index%addresses)}}
	if err := syscall.Bind(c.fd, &from); err != nil {
		return fmt.Errorf("bind: %w", err)
	}
	if err := syscall.Connect(c.fd, &c.crowd.address); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	if err := syscall.SetNonblock(c.fd, true); err != nil {
		return err
	}
	if err := c.write([]byte(upgradeRequest(c.crowd.host))); err != nil {
		return err
	}
	return c.crowd.watch(c)
}

func upgradeRequest(host string) string {
	return "GET /graphql HTTP/1.1\r\nHost: " + host + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
		"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
}

func (c *client) disconnect() {
	if c.fd >= 0 {
		_ = syscall.Close(c.fd) // which takes it out of the epoll, too
		c.fd = -1
	}
}

// write relies on what is written being small: a socket that does not take it at once fails the client.
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

func (c *client) read(buffer []byte) error {
	n, err := syscall.Read(c.fd, buffer)
	switch {
	case errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EINTR):
		return nil
	case err != nil:
		return fmt.Errorf("read: %w", err)
	case n == 0:
		return errors.New("the server closed the connection without a close frame")
	case c.open:
		return c.frames.take(buffer[:n], c)
	}
	return c.upgrade(buffer[:n])
}

// upgrade reads the answer to the upgrade, and then says hello.
func (c *client) upgrade(data []byte) error {
	c.answer = append(c.answer, data...)
	head, rest, complete := bytes.Cut(c.answer, []byte("\r\n\r\n"))
	if !complete {
		return nil
	}
	if !bytes.HasPrefix(head, []byte("HTTP/1.1 101 ")) {
		return fmt.Errorf("the upgrade was refused: %s", head)
	}
	c.open, c.answer = true, nil
	hello := `{"type":"connection_init"}`
	if c.member.Init != "" {
		hello = `{"type":"connection_init","payload":` + c.member.Init + `}`
	}
	if err := c.send(opText, []byte(hello)); err != nil {
		return err
	}
	return c.frames.take(rest, c)
}

var (
	markVersion = []byte(`"version":`)
	markErrors  = []byte(`"errors":`)
	markAck     = []byte(`"connection_ack"`)
	markPing    = []byte(`"type":"ping"`)
	markPong    = []byte(`"type":"pong"`)
	pongMessage = []byte(`{"type":"pong"}`)
)

// message is told of a complete message: how it began and how many bytes it had on the wire.
func (c *client) message(start []byte, wireBytes int) error {
	c.last = append(c.last[:0], start...)
	version, ok := versionIn(start)
	switch {
	case ok && !bytes.Contains(start, markErrors):
		c.crowd.arrived(c, version, wireBytes)
		return nil
	case bytes.Contains(start, markAck):
		return c.send(opText, fmt.Appendf(nil, `{"id":"%s","type":"subscribe","payload":%s}`, c.id(), c.member.Subscribe))
	case bytes.Contains(start, markPing):
		return c.send(opText, pongMessage)
	case bytes.Contains(start, markPong):
		return nil
	}
	return fmt.Errorf("a message that nobody asked for: %s", start)
}

// id is as long as those of the usual clients, and another one for each.
func (c *client) id() string { return fmt.Sprintf("%08x-0000-4000-8000-%012x", c.index, c.index) }

func versionIn(start []byte) (int64, bool) {
	at := bytes.Index(start, markVersion)
	if at < 0 {
		return 0, false
	}
	digits := start[at+len(markVersion):]
	n := 0
	for n < len(digits) && '0' <= digits[n] && digits[n] <= '9' {
		n++
	}
	version, err := strconv.ParseInt(string(digits[:n]), 10, 64)
	return version, err == nil && n < len(digits)
}

// control is told of a control frame.
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
