package gqlserver

import (
	"encoding/binary"
	"encoding/json"
	"strings"
	"sync"

	"antwon.dj/backend/internal/gqlserver/deflate"
)

// Frames of RFC 6455 as a server sends them: not masked and not fragmented.
const (
	opContinuation = 0x0
	opText         = 0x1
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xA

	finBit  = 0x80
	rsv1Bit = 0x40 // the message is compressed (RFC 7692)

	maxHeaderBytes = 10
)

// appendHeader appends the header of a frame with a payload of n bytes.
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

// controlFrame returns a complete ping, pong or close frame. The payload may have at most 125 bytes.
func controlFrame(opcode byte, payload []byte) []byte {
	return append(appendHeader(nil, opcode, len(payload)), payload...)
}

func closeFrame(e closeStatus) []byte {
	if e.code == noStatusReceived { // the client gets none either
		return controlFrame(opClose, nil)
	}
	return controlFrame(opClose, append(binary.BigEndian.AppendUint16(nil, uint16(e.code)), e.reason...))
}

// textFrame returns a complete frame for a message to one client.
func textFrame(message []byte) []byte {
	return append(appendHeader(make([]byte, 0, maxHeaderBytes+len(message)), opText, len(message)), message...)
}

// nextPrefix returns the part of a message of type next that precedes the response. The response is followed by a
// brace.
func nextPrefix(id string) string {
	quoted, err := json.Marshal(id)
	if err != nil {
		panic(err) // cannot happen with a string
	}
	return beforeID + string(quoted) + `,"type":"next","payload":`
}

const beforeID = `{"id":`

// idWithin returns the id as a substring of the prefix that contains it, so that its bytes are kept once. It returns an
// id with characters that JSON escapes as it is.
func idWithin(prefix, id string) string {
	if rest := prefix[len(beforeID)+len(`"`):]; strings.HasPrefix(rest, id+`"`) {
		return rest[:len(id)]
	}
	return id
}

// tail is the part of a message that is the same for all subscribers: the response and the brace that ends the message.
// It is made once for all of them, and so is its compressed form, when the first of them needs it.
type tail struct {
	plain    []byte
	shared   bool // several subscribers get it; otherwise it is not compressed
	compress sync.Once
	deflated []byte // plain compressed, once compress has been done; nil if it is not smaller
}

// appendNext appends to b the frame of a message that begins with prefix, except the shared part. It returns both.
//
// A compressed message consists of two blocks: the prefix, stored without compression, and the shared part. Every
// message begins with an empty window (server_no_context_takeover), so back references of the shared part stay within
// it, and its bytes are the same whatever the prefix is.
func (t *tail) appendNext(b []byte, prefix string, compress bool) (head, shared []byte) {
	if compress && t.shared {
		t.compress.Do(func() { t.deflated = deflate.Compress(t.plain) })
	}
	if !compress || t.deflated == nil {
		return append(appendHeader(b, opText, len(prefix)+len(t.plain)), prefix...), t.plain
	}
	const stored = 5 // bytes of the header of a stored block
	n := uint16(len(prefix))
	b = appendHeader(b, opText|rsv1Bit, stored+len(prefix)+len(t.deflated))
	b = append(b, 0)
	b = binary.LittleEndian.AppendUint16(b, n)
	b = binary.LittleEndian.AppendUint16(b, ^n)
	return append(b, prefix...), t.deflated
}
