package gqlserver

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"sync"
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
	if e.code == 1005 || e.code == 0 { // the client sent no code and gets none
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
func nextPrefix(id string) []byte {
	quoted, err := json.Marshal(id)
	if err != nil {
		panic(err) // cannot happen with a string
	}
	return append(append([]byte(`{"id":`), quoted...), `,"type":"next","payload":`...)
}

// tail is the part of a message that is the same for all subscribers: the response and the brace that ends the message.
// It is made once for all of them, and so is its compressed form.
type tail struct {
	plain    []byte
	deflated []byte // plain compressed, without the end of the flush; nil if it is not smaller
}

// appendNext appends the frame of a message that begins with prefix, except its shared part, which it returns.
//
// A compressed message consists of two blocks: the prefix, stored without compression, and the shared part. Every
// message begins with an empty window (server_no_context_takeover), so back references of the shared part stay within
// it, and its bytes are the same whatever the prefix is.
func (t *tail) appendNext(b, prefix []byte, compress bool) (head, shared []byte) {
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

// minDeflate is the number of bytes from which compression is worthwhile for a client.
const minDeflate = 256

var deflaters = sync.Pool{New: func() any {
	w, err := flate.NewWriter(nil, flate.BestSpeed)
	if err != nil {
		panic(err) // cannot happen: the level is valid
	}
	return w
}}

// deflate makes the compressed form, if plain is long enough.
func (t *tail) deflate() {
	if len(t.plain) < minDeflate {
		return
	}
	var out bytes.Buffer
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	w.Reset(&out)
	_, _ = w.Write(t.plain) // a buffer accepts everything
	_ = w.Flush()
	const flushed = 4 // the bytes 00 00 ff ff, which RFC 7692 omits
	if n := out.Len() - flushed; n < len(t.plain) {
		t.deflated = out.Bytes()[:n]
	}
}

// deflateParameter matches the parameters that an offer may have, and their values. It does not match the window that a
// client wants the server to have, because the responses are compressed once for all clients.
var deflateParameter = regexp.MustCompile(`^(?:(client_max_window_bits)(?:\s*=\s*(?:[89]|1[0-5]|"(?:[89]|1[0-5])"))?` +
	`|((?:client|server)_no_context_takeover))$`)

// offersDeflate reports whether the first offer of a client is one that the server can accept. RFC 7692 has a server
// decline an offer with an unknown or repeated parameter, or with a value that is not valid.
func offersDeflate(header http.Header) bool {
	offers := header["Sec-Websocket-Extensions"]
	if len(offers) == 0 {
		return false
	}
	offer, _, _ := strings.Cut(offers[0], ",")
	name, parameters, more := strings.Cut(offer, ";")
	seen := map[string]bool{}
	for more {
		var parameter string
		parameter, parameters, more = strings.Cut(parameters, ";")
		match := deflateParameter.FindStringSubmatch(strings.TrimSpace(parameter))
		if match == nil || seen[match[1]+match[2]] {
			return false
		}
		seen[match[1]+match[2]] = true
	}
	return strings.TrimSpace(name) == "permessage-deflate"
}
