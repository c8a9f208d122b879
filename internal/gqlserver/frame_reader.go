package gqlserver

import (
	"encoding/binary"
	"math"
	"slices"
	"unicode/utf8"
)

const (
	opBinary = 0x2

	rsv2Bit, rsv3Bit = 0x20, 0x10
	maskBit          = 0x80

	maskBytes       = 4
	maxControlBytes = 125
	// deflateSlack is how much larger a compressed message may be than an uncompressed one.
	deflateSlack = 1 << 10
)

// frameReader reads the frames of RFC 6455 that a client sends, in pieces of any size as they come. So no goroutine
// waits for the rest of a frame, and only an incomplete message occupies memory.
type frameReader struct {
	limit    int  // of a message in bytes
	inflates bool // permessage-deflate was agreed on

	header  [maxHeaderBytes + maskBytes]byte // of the present frame
	got     uint8                            // bytes of the header that have come
	begun   uint8                            // the first byte of the message that is not complete; 0: there is none
	masked  uint32                           // bytes of the payload that have been unmasked; only the last two bits count
	left    int64                            // bytes of the present frame's payload that have not come
	control []byte                           // payload of a control frame that is not complete
	message []byte                           // payload of the message that is not complete
}

// received is a control frame or a message. The opcode of a message is opText or opBinary; 0 stands for nothing.
type received struct {
	opcode     byte
	compressed bool
	payload    []byte // belongs to the receiver
}

// next reads up to the end of the next control frame or message, and returns it with the rest of data. The opcode is 0
// if data ends before. It must not be called again after a violation.
func (f *frameReader) next(data []byte) (got received, rest []byte, violation *closeStatus) {
	for len(data) > 0 {
		if f.got < f.headerSize() {
			n := copy(f.header[f.got:f.headerSize()], data)
			f.got, data = f.got+uint8(n), data[n:] //nolint:gosec // at most 14
			if violation = f.checkHeader(); violation != nil {
				return received{}, nil, violation
			}
		}
		if f.got < f.headerSize() {
			continue // the length has just said that the header is longer
		}
		data = f.readPayload(data)
		if f.left > 0 {
			break
		}
		f.got = 0
		if got, violation = f.endFrame(); got.opcode != 0 || violation != nil {
			return got, data, violation
		}
	}
	return received{}, nil, nil
}

func (f *frameReader) opcode() byte { return f.header[0] & 0xf }

func (f *frameReader) isControl() bool { return f.opcode() >= opClose }

// headerSize returns the size of the present frame's header, as far as that is known.
func (f *frameReader) headerSize() uint8 {
	const short, long = 2 + 2, 2 + 8
	switch {
	case f.got < 2:
		return 2
	case f.header[1]&^maskBit == 126:
		return short + maskBytes
	case f.header[1]&^maskBit == 127:
		return long + maskBytes
	default:
		return 2 + maskBytes
	}
}

// checkHeader checks the part of the header that has come. When that is complete, it begins the payload.
func (f *frameReader) checkHeader() *closeStatus {
	switch {
	case f.got < 2:
		return nil
	case f.got == 2 && !f.isAllowed():
		return &closedByProtocolError
	case f.got < f.headerSize():
		return nil
	}
	n := uint64(f.header[1] &^ maskBit)
	switch n {
	case 126:
		n = uint64(binary.BigEndian.Uint16(f.header[2:]))
	case 127:
		n = binary.BigEndian.Uint64(f.header[2:])
	}
	if n > math.MaxInt64-uint64(len(f.message)) {
		return &closedByProtocolError
	}
	f.left, f.masked = int64(n), 0 //nolint:gosec // checked above
	if !f.isControl() && int64(len(f.message))+f.left > int64(f.mostBytes()) {
		return &closedByMessageSize
	}
	return nil
}

// isAllowed reports whether a frame with these first two bytes may come now. It also begins a message.
func (f *frameReader) isAllowed() bool {
	first, isFinal := f.header[0], f.header[0]&finBit != 0
	if f.header[1]&maskBit == 0 || first&(rsv2Bit|rsv3Bit) != 0 {
		return false
	}
	switch f.opcode() {
	case opContinuation:
		return f.begun != 0 && first&rsv1Bit == 0
	case opText, opBinary:
		if f.begun != 0 || first&rsv1Bit != 0 && !f.inflates {
			return false
		}
		f.begun = first
		return true
	case opClose, opPing, opPong:
		return isFinal && first&rsv1Bit == 0 && f.header[1]&^maskBit <= maxControlBytes
	default:
		return false
	}
}

// mostBytes returns how many bytes the message may have before it is decompressed.
func (f *frameReader) mostBytes() int {
	if f.begun&rsv1Bit != 0 {
		return f.limit + deflateSlack
	}
	return f.limit
}

// readPayload reads the part of the payload that has come, and returns what follows.
func (f *frameReader) readPayload(data []byte) (rest []byte) {
	n := int(min(f.left, int64(len(data))))
	to := &f.message
	if f.isControl() {
		to = &f.control
	}
	at := len(*to)
	*to = append(slices.Grow(*to, n), data[:n]...)
	mask := f.header[f.headerSize()-maskBytes : f.headerSize()]
	for i := range (*to)[at:] {
		(*to)[at+i] ^= mask[(f.masked+uint32(i))%maskBytes] //nolint:gosec // only the last two bits count
	}
	f.masked += uint32(n) //nolint:gosec // only the last two bits count
	f.left -= int64(n)
	return data[n:]
}

// endFrame returns the control frame or the message that the present frame completes, or nothing.
func (f *frameReader) endFrame() (got received, violation *closeStatus) {
	switch {
	case f.isControl():
		got, f.control = received{opcode: f.opcode(), payload: f.control}, nil
		if f.opcode() == opClose {
			violation = checkClose(got.payload)
		}
	case f.header[0]&finBit != 0:
		got = received{opcode: f.begun & 0xf, compressed: f.begun&rsv1Bit != 0, payload: f.message}
		f.begun, f.message = 0, nil
	}
	return got, violation
}

// checkClose returns the status with which a violation in the payload of a close frame is answered, or nil.
func checkClose(payload []byte) *closeStatus {
	switch {
	case len(payload) == 0:
		return nil
	case len(payload) == 1, !mayBeSent(binary.BigEndian.Uint16(payload)):
		return &closedByProtocolError
	case !utf8.Valid(payload[2:]):
		return &closedByInvalidUTF8
	default:
		return nil
	}
}

// mayBeSent reports whether a client may close a WebSocket with a code: whether it is registered for that, or for use
// by libraries and applications.
func mayBeSent(code uint16) bool {
	switch {
	case code >= 3000 && code <= 4999:
		return true
	case code == 1004, code == 1005, code == 1006:
		return false
	default:
		return code >= 1000 && code <= 1014
	}
}
