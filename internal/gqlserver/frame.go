package gqlserver

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"regexp"
	"sync"
)

// Frames of RFC 6455 as a server sends them: never masked, never in fragments.
const (
	opText  = 0x1
	opClose = 0x8
	opPing  = 0x9
	opPong  = 0xA

	finBit  = 0x80
	rsv1Bit = 0x40 // the message is compressed (RFC 7692)

	maxHeaderBytes = 10
)

// appendHeader appends the header of a frame whose payload has n bytes.
func appendHeader(b []byte, first byte, n int) []byte {
	switch {
	case n < 126:
		return append(b, first|finBit, byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(b, first|finBit, 126), uint16(n))
	default:
		return binary.BigEndian.AppendUint64(append(b, first|finBit, 127), uint64(n))
	}
}

// controlFrame returns a whole ping, pong or close. Payloads have at most 125 bytes.
func controlFrame(opcode byte, payload []byte) []byte {
	return append(appendHeader(nil, opcode, len(payload)), payload...)
}

func closeFrame(e closeStatus) []byte {
	if e.code == 1005 || e.code == 0 { // the client gave no code, and gets none
		return controlFrame(opClose, nil)
	}
	return controlFrame(opClose, append(binary.BigEndian.AppendUint16(nil, uint16(e.code)), e.reason...))
}

// textFrame returns a whole frame for a message that goes to one client only.
func textFrame(message []byte) []byte {
	return append(appendHeader(make([]byte, 0, maxHeaderBytes+len(message)), opText, len(message)), message...)
}

// nextPrefix is what stands before the response in a message of type next. What stands behind it is a brace.
func nextPrefix(id string) []byte {
	quoted, err := json.Marshal(id)
	if err != nil {
		panic(err) // a string
	}
	return append(append([]byte(`{"id":`), quoted...), `,"type":"next","payload":`...)
}

// tail is the part of a message that is the same for all who get it: the response, and the brace that ends the message.
// It is made once for all of them, and so is its compressed form.
type tail struct {
	plain    []byte
	deflated []byte // of plain, without what a flush ends with; nil where it would not be smaller
}

// appendNext appends the frame of a message that begins with prefix, and all of it but the shared part, which it returns.
//
// A compressed message consists of two blocks: prefix, stored as it is, and the shared part, whose back references stay
// within it, because every message begins with an empty window (server_no_context_takeover). So it is the same bytes
// whatever stands before it.
func (t *tail) appendNext(b, prefix []byte, compress bool) (head, shared []byte) {
	if !compress || t.deflated == nil {
		return append(appendHeader(b, opText, len(prefix)+len(t.plain)), prefix...), t.plain
	}
	const stored = 5 // bytes of a stored block's header
	n := uint16(len(prefix))
	b = appendHeader(b, opText|rsv1Bit, stored+len(prefix)+len(t.deflated))
	b = append(b, 0)
	b = binary.LittleEndian.AppendUint16(b, n)
	b = binary.LittleEndian.AppendUint16(b, ^n)
	return append(b, prefix...), t.deflated
}

// minDeflate is the size from which compressing can be worth a client's while.
const minDeflate = 256

var deflaters = sync.Pool{New: func() any {
	w, err := flate.NewWriter(nil, flate.BestSpeed)
	if err != nil {
		panic(err) // the level is valid
	}
	return w
}}

// deflate prepares the compressed form.
func (t *tail) deflate() {
	if len(t.plain) < minDeflate {
		return
	}
	var out bytes.Buffer
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	w.Reset(&out)
	_, _ = w.Write(t.plain) // a buffer takes everything
	_ = w.Flush()
	const flushed = 4 // 00 00 ff ff, which RFC 7692 leaves out
	if n := out.Len() - flushed; n < len(t.plain) {
		t.deflated = out.Bytes()[:n]
	}
}

// plainDeflate is what browsers and most libraries offer. An offer with a window smaller than ours is not taken.
var plainDeflate = regexp.MustCompile(`^\s*permessage-deflate(\s*;\s*(client_max_window_bits(=\d+)?|(client|server)_no_context_takeover))*\s*(,|$)`)

func offersDeflate(header http.Header) bool {
	offers := header["Sec-Websocket-Extensions"]
	return len(offers) > 0 && plainDeflate.MatchString(offers[0])
}
