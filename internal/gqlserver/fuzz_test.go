package gqlserver

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// FuzzDecodeMessage checks that a decoded message does not change when it is encoded and decoded again.
func FuzzDecodeMessage(f *testing.F) {
	for _, seed := range []string{
		`{"type":"connection_init","payload":{"authorization":"Bearer x"}}`,
		`{"type":"ping","payload":{"n":1e400}}`,
		`{"type":"pong","payload":null}`,
		`{"id":"1","type":"complete"}`,
		`{"id":"1","type":"subscribe","payload":{"query":"{a}","variables":{"n":12345678901234567890},"operationName":null}}`,
		`{"id":"1","type":"subscribe","payload":{"extensions":{"persistedQuery":{}}}}`,
		"{\"id\":\"\\ud800\",\"type\":\"complete\"}",
		"\xff",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := decodeMessage(bytes.Clone(data))
		if err != nil {
			return
		}
		if len(m.id) > maxIDBytes || m.kind == typeSubscribe && m.params == nil {
			t.Fatalf("%q became %+v", data, m)
		}
		again, err := decodeMessage(encodeAgain(m))
		if err != nil || again.id != m.id || again.kind != m.kind {
			t.Fatalf("%q became %+v, and then %+v, %v", data, m, again, err)
		}
		if m.params != nil && again.params.Query != m.params.Query {
			t.Fatalf("%q became %q, and then %q", data, m.params.Query, again.params.Query)
		}
	})
}

func encodeAgain(m message) []byte {
	switch m.kind {
	case typeInit:
		return encodeMessage("", m.kind, m.init)
	case typeSubscribe:
		return encodeMessage(m.id, m.kind, map[string]any{
			"query": m.params.Query, "variables": m.params.Variables, "extensions": m.params.Extensions,
		})
	default:
		return encodeMessage(m.id, m.kind, m.payload)
	}
}

// FuzzFrames checks that a message can be read back from its frame, plain and compressed.
func FuzzFrames(f *testing.F) {
	for _, n := range []int{0, 1, 85, 86, 255, 256, 65490, 65491, 65535, 65536, 200_000} {
		f.Add("1", []byte(strings.Repeat("abcdefg ", n/8+1)[:n]))
	}
	f.Add(strings.Repeat("\x00", 256), []byte("}"))
	f.Fuzz(func(t *testing.T, id string, response []byte) {
		prefix := nextPrefix(id[:min(len(id), maxIDBytes)])
		made := tail{plain: response, shared: true}
		for _, compress := range []bool{false, true} {
			head, shared := made.appendNext(nil, prefix, compress)
			got, err := readFrame(append(head, shared...))
			if err != nil || !bytes.Equal(got, append([]byte(prefix), response...)) {
				t.Fatalf("%d bytes, compress %t: got %d bytes, %v", len(response), compress, len(got), err)
			}
		}
	})
}

// FuzzFramesInPieces checks that a client's bytes are read as the same frames however the network splits them.
func FuzzFramesInPieces(f *testing.F) {
	for _, seed := range []string{
		"\x81\x85abcdhello", "\x01\x82abcdhe\x89\x81abcdx\x80\x83abcdllo", "\xc1\x83abcd\x00\x01\x02", "\x88\x82abcd\x62\x8a",
		"\x81\xfe\x00\x02abcdhi", "\x81\xff\x00\x00\x00\x00\x00\x00\x00\x02abcdhi\x8a\x80abcd", "\x81\x02hi", "\x81\xff\xff",
	} {
		f.Add([]byte(seed), uint8(1), true)
		f.Add([]byte(seed), uint8(3), false)
	}
	f.Fuzz(func(t *testing.T, data []byte, piece uint8, inflates bool) {
		const limit = 100
		whole, end := readAllFrames(&frameReader{limit: limit, inflates: inflates}, data, len(data))
		pieces, cut := readAllFrames(&frameReader{limit: limit, inflates: inflates}, data, int(piece))
		if whole != pieces || end != cut {
			t.Fatalf("in one piece: %s, %v\nin pieces:    %s, %v", whole, end, pieces, cut)
		}
	})
}

// readAllFrames describes what a reader returns for data that comes in pieces, and the violation that ends it.
func readAllFrames(f *frameReader, data []byte, piece int) (all string, end closeStatus) {
	for part := range slices.Chunk(data, max(1, piece)) {
		for {
			got, rest, violation := f.next(part)
			if violation != nil {
				return all, *violation
			}
			if got.opcode == 0 {
				break
			}
			all += fmt.Sprintf("%x %t %q ", got.opcode, got.compressed, got.payload)
			if len(got.payload) > f.limit+deflateSlack {
				all += "which is too large"
			}
			part = rest
		}
	}
	return all, closeStatus{}
}

// readFrame returns the message in a server's text frame, which has to be all of frame.
func readFrame(frame []byte) ([]byte, error) {
	n, rest := int(frame[1]), frame[2:]
	switch n {
	case 126:
		n, rest = int(binary.BigEndian.Uint16(rest)), rest[2:]
	case 127:
		n, rest = int(binary.BigEndian.Uint64(rest)), rest[8:]
	}
	if len(rest) != n {
		return nil, io.ErrUnexpectedEOF
	}
	if frame[0] == finBit|opText {
		return rest, nil
	}
	const flushAndEnd = "\x00\x00\xff\xff\x01\x00\x00\xff\xff" // what RFC 7692 omits, and a last block
	inflater := flate.NewReader(io.MultiReader(bytes.NewReader(rest), strings.NewReader(flushAndEnd)))
	return io.ReadAll(inflater)
}

func TestNextPrefixIsJSON(t *testing.T) {
	for _, id := range []string{"1", `"`, `\`, "\x00", "é", strings.Repeat("\x01", maxIDBytes)} {
		var message struct{ ID, Type string }
		prefix := nextPrefix(id)
		if err := json.Unmarshal([]byte(prefix+"{}}"), &message); err != nil || message.ID != id ||
			message.Type != typeNext || idWithin(prefix, id) != id {
			t.Errorf("%q: got %+v, %v", id, message, err)
		}
	}
}
