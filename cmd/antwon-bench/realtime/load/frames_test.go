//go:build linux

package load

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// recorder records what was parsed.
type recorder []string

func (r *recorder) message(start []byte, wireBytes int) error {
	*r = append(*r, fmt.Sprintf("%d bytes: %.20s", wireBytes, start))
	return nil
}

func (r *recorder) control(opcode byte, payload []byte) error {
	*r = append(*r, fmt.Sprintf("control %x: %s", opcode, payload))
	return nil
}

func serverFrame(first byte, payload string) []byte {
	switch n := len(payload); {
	case n < 126:
		return append([]byte{first, byte(n)}, payload...)
	case n < 1<<16:
		return append(binary.BigEndian.AppendUint16([]byte{first, 126}, uint16(n)), payload...)
	default:
		return append(binary.BigEndian.AppendUint64([]byte{first, 127}, uint64(n)), payload...)
	}
}

// Messages are counted with all their bytes, wherever a read ends.
func TestFramesAreParsedWhereverReadsEnd(t *testing.T) {
	stream := slices.Concat(
		serverFrame(finBit|opText, `{"version":1}`),
		serverFrame(opText, `{"version":`), // in two parts, with a ping between them
		serverFrame(finBit|opPing, "there?"),
		serverFrame(finBit|opContinuation, `2}`),
		serverFrame(finBit|opText, ""),
		serverFrame(finBit|opText, strings.Repeat("x", 200)),
		serverFrame(finBit|opText, strings.Repeat("y", 70_000)),
		serverFrame(finBit|opClose, "\x03\xe8bye"),
	)
	want := recorder{
		`15 bytes: {"version":1}`, "control 9: there?", `17 bytes: {"version":2}`, "2 bytes: ",
		"204 bytes: " + strings.Repeat("x", 20), "70010 bytes: " + strings.Repeat("y", 20), "control 8: \x03\xe8bye",
	}
	for _, size := range []int{1, 2, 3, 7, 100, 4096, len(stream)} {
		f, got := frameParser{keepBytes: minKeepBytes}, recorder{}
		for part := range slices.Chunk(stream, size) {
			if err := f.parse(part, &got); err != nil {
				t.Fatalf("reads of %d bytes: %v", size, err)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("reads of %d bytes: %q, want %q", size, got, want)
		}
	}
}

// One frame of centrifuge carries several messages if these come faster than they can be written.
func TestLinesOfAFrameAreMessagesWhereverReadsEnd(t *testing.T) {
	stream := slices.Concat(
		serverFrame(finBit|opText, `{"id":1}`), serverFrame(finBit|opText, "{\"version\":1}\n{\"version\":2}\n{}"),
		serverFrame(finBit|opText, "{\"version\":3}\n"),
	)
	want := recorder{
		`10 bytes: {"id":1}`, `16 bytes: {"version":1}`, `14 bytes: {"version":2}`, "2 bytes: {}", `16 bytes: {"version":3}`,
	}
	for size := 1; size <= len(stream); size++ {
		f, got := frameParser{keepBytes: minKeepBytes, lines: true}, recorder{}
		for part := range slices.Chunk(stream, size) {
			if err := f.parse(part, &got); err != nil {
				t.Fatalf("reads of %d bytes: %v", size, err)
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("reads of %d bytes: %q, want %q", size, got, want)
		}
	}
}

func TestFramesThatServersMustNotSendAreErrors(t *testing.T) {
	for name, stream := range map[string][]byte{
		"compressed":                   {finBit | 0x40 | opText, 1, 'x'},
		"masked":                       {finBit | opText, maskBit | 1, 0, 0, 0, 0, 'x'},
		"a continuation of nothing":    serverFrame(finBit|opContinuation, "x"),
		"a new message inside another": bytes.Join([][]byte{serverFrame(opText, "x"), serverFrame(finBit|opText, "y")}, nil),
	} {
		f, got := frameParser{keepBytes: minKeepBytes}, recorder{}
		if err := f.parse(stream, &got); err == nil {
			t.Errorf("%s: no error, parsed %q", name, got)
		}
	}
}

func TestVersionIsParsedWhereverItIsInTheMessage(t *testing.T) {
	for message, want := range map[string]int64{
		`{"id":"1","type":"next","payload":{"data":{"roomQueue":{"version":17,"items":[`:                         17,
		`{"payload":{"data":{"roomQueueChanges":{"since":3,"reset":false,"version":4}}},"id":"1","type":"next"}`: 4,
		`{"type":"connection_ack"}`: noVersion,
		`{"data":{"x":{"version":1`: noVersion, // the number may continue
	} {
		version, ok := parseVersion([]byte(message))
		if !ok {
			version = noVersion
		}
		if version != want {
			t.Errorf("%s: version %d, want %d", message, version, want)
		}
	}
}
