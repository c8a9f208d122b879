package gqlserver_test

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// The first byte of a frame.
const (
	fin  = 0x80
	rsv1 = 0x40
	rsv2 = 0x20
	rsv3 = 0x10

	continuation = 0x0
	textData     = 0x1
	binaryData   = 0x2
	closing      = 0x8
	ping         = 0x9
	pong         = 0xA
)

var maskKey = [4]byte{1, 2, 3, 4}

// frame returns a frame as a client sends it.
func frame(first byte, payload string) string { return frameOf(first, len(payload), payload) }

// frameOf returns a frame that claims to have a payload of n bytes.
func frameOf(first byte, n int, payload string) string {
	switch {
	case n < 126:
		return longFrame(first, byte(n), nil, payload)
	case n < 1<<16:
		return longFrame(first, 126, binary.BigEndian.AppendUint16(nil, uint16(n)), payload)
	default:
		return longFrame(first, 127, binary.BigEndian.AppendUint64(nil, uint64(n)), payload)
	}
}

// longFrame returns a frame with a length in any form: its second byte, and the bytes that follow.
func longFrame(first, second byte, length []byte, payload string) string {
	masked := []byte(payload)
	for i := range masked {
		masked[i] ^= maskKey[i%4]
	}
	return string([]byte{first, fin | second}) + string(length) + string(maskKey[:]) + string(masked)
}

// unmasked returns a frame as a server sends it.
func unmaskedFrame(first byte, payload string) string {
	return string([]byte{first, byte(len(payload))}) + payload
}

func closePayload(code uint16, reason string) string {
	return string(binary.BigEndian.AppendUint16(nil, code)) + reason
}

// rawSocket is a client's side of a WebSocket, byte by byte.
type rawSocket struct {
	net.Conn
	buffered *bufio.Reader
	t        *testing.T
}

// handshake are the lines of a request for a WebSocket, without its first line and the end.
func handshake(extra ...string) []string {
	return append([]string{
		"Host: example.org", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: graphql-transport-ws",
	}, extra...)
}

// dialTCP opens a connection, or a pipe if the service has those instead.
func (s *service) dialTCP() *rawSocket {
	s.t.Helper()
	dial := s.dialContext
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	conn, err := dial(s.t.Context(), "tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = conn.Close() }) // may be closed already
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		s.t.Fatal(err)
	}
	return &rawSocket{conn, bufio.NewReader(conn), s.t}
}

// dialRaw sends a request for a WebSocket, which consists of these lines.
func (s *service) dialRaw(request string, lines []string) (*rawSocket, *http.Response) {
	s.t.Helper()
	r := s.dialTCP()
	if _, err := io.WriteString(r, request+"\r\n"+strings.Join(lines, "\r\n")+"\r\n\r\n"); err != nil {
		s.t.Fatal(err)
	}
	response, err := http.ReadResponse(r.buffered, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return r, response
}

// openRaw returns a WebSocket that is acknowledged, with these headers besides the usual ones.
func (s *service) openRaw(headers ...string) *rawSocket {
	s.t.Helper()
	r, response := s.dialRaw("GET / HTTP/1.1", handshake(headers...))
	if response.StatusCode != http.StatusSwitchingProtocols {
		s.t.Fatalf("the handshake was answered with %s", response.Status)
	}
	r.send(frame(fin|textData, `{"type":"connection_init"}`))
	if got := r.receive(); got != `{"type":"connection_ack"}` {
		s.t.Fatalf("connection_init was answered with %s", got)
	}
	return r
}

func (r *rawSocket) send(frames string) {
	_, _ = io.WriteString(r.Conn, frames) // fails if the server has closed the connection, which receive says
}

const (
	lastPing = `{"type":"ping","payload":{"last":true}}`
	lastPong = `{"type":"pong","payload":{"last":true}}`
)

// answers returns what the server sends until it has answered lastPing or closed the connection.
func (r *rawSocket) answers() string {
	r.t.Helper()
	var all []string
	for {
		got := r.receive()
		if got == lastPong {
			return strings.Join(all, " | ")
		}
		all = append(all, got)
		if strings.HasPrefix(got, "close") {
			if _, err := r.buffered.ReadByte(); !errors.Is(err, io.EOF) {
				all = append(all, fmt.Sprintf("not the end: %v", err))
			}
			return strings.Join(all, " | ")
		}
	}
}

// receive reads a frame from the server, which has to be whole and not masked.
func (r *rawSocket) receive() string {
	r.t.Helper()
	first, payload, err := r.readFrame()
	if err != nil {
		r.t.Fatalf("reading a frame: %v", err)
	}
	switch first {
	case fin | textData:
		return string(payload)
	case fin | rsv1 | textData:
		const end = "\x00\x00\xff\xff\x01\x00\x00\xff\xff"
		inflated, err := io.ReadAll(flate.NewReader(io.MultiReader(bytes.NewReader(payload), strings.NewReader(end))))
		if err != nil {
			r.t.Fatal(err)
		}
		return "inflated " + string(inflated)
	case fin | ping:
		return fmt.Sprintf("ping %q", payload)
	case fin | pong:
		return fmt.Sprintf("pong %q", payload)
	case fin | closing:
		if len(payload) < 2 {
			return fmt.Sprintf("close without a code %q", payload)
		}
		return strings.TrimSpace(fmt.Sprintf("close %d %s", binary.BigEndian.Uint16(payload), payload[2:]))
	default:
		return fmt.Sprintf("frame %#x %q", first, payload)
	}
}

func (r *rawSocket) readFrame() (first byte, payload []byte, err error) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(r.buffered, head); err != nil {
		return 0, nil, err
	}
	n := uint64(head[1])
	if more := map[byte]int{126: 2, 127: 8}[head[1]]; more > 0 {
		length := make([]byte, 8)
		if _, err := io.ReadFull(r.buffered, length[8-more:]); err != nil {
			return 0, nil, err
		}
		n = binary.BigEndian.Uint64(length)
	}
	payload = make([]byte, n)
	_, err = io.ReadFull(r.buffered, payload)
	return head[0], payload, err
}
