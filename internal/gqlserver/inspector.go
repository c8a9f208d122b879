package gqlserver

import (
	"encoding/binary"
	"fmt"
	"unicode/utf8"
)

// frameInspector follows the frames that a client sends and finds the violations of RFC 6455 and RFC 7692 that gorilla
// lets pass or closes with another code: a compressed continuation or control frame, a close frame of one byte, a close
// reason that is not UTF-8, and the close code 1014, which gorilla does not know. It leaves all others to gorilla.
type frameInspector struct {
	violation *frameError
	header    []byte // of the frame, as far as it came; complete if left > 0
	left      uint64 // bytes of the payload that have not come
	payload   []byte // of a close frame, masked
}

// frameError says how a connection has to be closed.
type frameError struct{ status closeStatus }

func (e *frameError) Error() string { return fmt.Sprintf("%d %s", e.status.code, e.status.reason) }

// inspect returns how many of the bytes come before the first violation.
func (f *frameInspector) inspect(data []byte) int {
	for at := 0; at < len(data); {
		if f.left > 0 {
			n := min(f.left, uint64(len(data)-at))
			f.addPayload(data[at : at+int(n)])
			f.left -= n
			at += int(n)
		} else {
			f.header = append(f.header, data[at])
			at++
			f.checkHeader()
		}
		if f.left == 0 && len(f.header) > 0 && len(f.header) == headerSize(f.header) {
			f.endFrame()
		}
		if f.violation != nil {
			return at - 1
		}
	}
	return len(data)
}

// headerSize returns the size of the header of a client's frame, whose first two bytes it begins with.
func headerSize(header []byte) int {
	const maskBytes = 4
	if len(header) < 2 {
		return 2 + maskBytes // at least
	}
	return 2 + maskBytes + map[byte]int{126: 2, 127: 8}[header[1]&0x7f]
}

func (f *frameInspector) opcode() byte { return f.header[0] & 0xf }

func (f *frameInspector) checkHeader() {
	if isFirst := f.opcode() != opContinuation && f.opcode() < opClose; f.header[0]&rsv1Bit != 0 && !isFirst {
		f.violation = &frameError{closedByProtocolError}
	}
	if len(f.header) < 2 || len(f.header) < headerSize(f.header) {
		return
	}
	switch f.header[1] & 0x7f {
	case 126:
		f.left = uint64(binary.BigEndian.Uint16(f.header[2:]))
	case 127:
		f.left = binary.BigEndian.Uint64(f.header[2:])
	default:
		f.left = uint64(f.header[1] & 0x7f)
	}
}

// addPayload keeps the payload of a close frame. Gorilla refuses one that is too long.
func (f *frameInspector) addPayload(part []byte) {
	if f.opcode() == opClose && len(f.payload)+len(part) <= maxReasonBytes+2 {
		f.payload = append(f.payload, part...)
	}
}

func (f *frameInspector) endFrame() {
	if f.opcode() == opClose {
		f.checkClose()
	}
	f.header, f.payload = f.header[:0], f.payload[:0]
}

func (f *frameInspector) checkClose() {
	mask := f.header[len(f.header)-4:]
	for i := range f.payload {
		f.payload[i] ^= mask[i%len(mask)]
	}
	const badGateway = 1014
	switch {
	case len(f.payload) == 0:
	case len(f.payload) == 1:
		f.violation = &frameError{closedByProtocolError}
	case !utf8.Valid(f.payload[2:]):
		f.violation = &frameError{closedByInvalidUTF8}
	case binary.BigEndian.Uint16(f.payload) == badGateway:
		f.violation = &frameError{closedByClient(badGateway)}
	}
}
