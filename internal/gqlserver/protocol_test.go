package gqlserver_test

import (
	"fmt"
	"strings"
	"testing"

	"antwon.dj/backend/internal/gqlserver"
)

// frameCase has the bytes that a client sends on an acknowledged WebSocket, and the answers that it gets. Each case
// ends when the connection is closed, or when the ping is answered that check sends last.
type frameCase struct {
	name string
	send string
	want string
}

const (
	violation   = "close 1002 Protocol error"
	invalidUTF8 = "close 1007 Invalid UTF-8"
	tooBig      = "close 1009 Message too big"
	notAMessage = "close 4400 Invalid message received"
	aPing       = `{"type":"ping"}`
	aPong       = `{"type":"pong"}`
)

// Frames are read as RFC 6455 says, however the network splits them.
func TestFramesAreReadAsInRFC6455(t *testing.T) {
	s := start(t, func(cfg *gqlserver.Config) { cfg.Limits.ConnectionsPerAddress = 10_000 })
	for _, c := range frameCases() {
		for _, pieces := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, in pieces %t", c.name, pieces), func(t *testing.T) {
				s.check(t, c, pieces)
			})
		}
	}
}

// check compares the answers to a case, which is sent at once or, unless it is large, byte by byte.
func (s *service) check(t *testing.T, c frameCase, pieces bool, headers ...string) {
	t.Helper()
	within := *s
	within.t = t
	r := within.openRaw(headers...)
	send := c.send + frame(fin|textData, lastPing)
	if pieces && len(send) < 1000 {
		for _, b := range []byte(send) {
			r.send(string([]byte{b}))
		}
	} else {
		r.send(send)
	}
	if got := r.answers(); got != c.want {
		t.Errorf("got  %.300s\nwant %s", got, c.want)
	}
	_ = r.Close() // so that the server need not wait for it
}

func frameCases() []frameCase {
	all := append(fragments, controls...)
	all = append(all, headers()...)
	all = append(all, texts()...)
	all = append(all, closes()...)
	return append(all, lengths()...)
}

var fragments = []frameCase{
	{"one frame", frame(fin|textData, aPing), aPong},
	{"two fragments", frame(textData, `{"type":`) + frame(fin|continuation, `"ping"}`), aPong},
	{"a fragment for each byte", eachByte(aPing), aPong},
	{"an empty first fragment", frame(textData, "") + frame(fin|continuation, aPing), aPong},
	{"an empty last fragment", frame(textData, aPing) + frame(fin|continuation, ""), aPong},
	{"an empty fragment between", frame(textData, `{"type":`) + frame(continuation, "") +
		frame(fin|continuation, `"ping"}`), aPong},
	{"a thousand empty fragments", frame(textData, aPing) + strings.Repeat(frame(continuation, ""), 1000) +
		frame(fin|continuation, ""), aPong},
	{"empty fragments only", frame(textData, "") + frame(continuation, "") + frame(fin|continuation, ""), notAMessage},
	{"an empty message", frame(fin|textData, ""), notAMessage},
	{"two messages", frame(fin|textData, aPing) + frame(fin|textData, aPing), aPong + " | " + aPong},
	{"two messages in fragments", strings.Repeat(frame(textData, `{"type":`)+frame(fin|continuation, `"ping"}`), 2),
		aPong + " | " + aPong},
	{"a ping between fragments", frame(textData, `{"type":`) + frame(fin|ping, "a") + frame(fin|continuation, `"ping"}`),
		`pong "a" | ` + aPong},
	{"pings between fragments", frame(textData, "") + frame(fin|ping, "a") + frame(continuation, aPing) +
		frame(fin|ping, "b") + frame(fin|continuation, ""), `pong "a" | pong "b" | ` + aPong},
	{"a pong between fragments", frame(textData, `{"type":`) + frame(fin|pong, "a") +
		frame(fin|continuation, `"ping"}`), aPong},
	{"a close between fragments", frame(textData, `{"type":`) + frame(fin|closing, closePayload(1000, "")), "close 1000"},
	{"a text between fragments", frame(textData, `{"type":`) + frame(fin|textData, aPing), violation},
	{"binary data between fragments", frame(textData, `{"type":`) + frame(fin|binaryData, aPing), violation},
	{"a second beginning", frame(textData, `{"type":`) + frame(textData, aPing), violation},
	{"a continuation of nothing", frame(fin|continuation, aPing), violation},
	{"a beginning of nothing", frame(continuation, aPing), violation},
	{"a continuation after the end", frame(fin|textData, aPing) + frame(fin|continuation, ""), aPong + " | " + violation},
	{"binary data", frame(fin|binaryData, aPing), notAMessage},
	{"binary data in fragments", frame(binaryData, `{"type":`) + frame(fin|continuation, `"ping"}`), notAMessage},
	{"binary data that are no UTF-8", frame(fin|binaryData, "\xff"), notAMessage},
}

func eachByte(message string) (frames string) {
	for i := range len(message) {
		first := map[bool]byte{true: textData, false: continuation}[i == 0]
		if i == len(message)-1 {
			first |= fin
		}
		frames += frame(first, message[i:i+1])
	}
	return frames
}

var controls = []frameCase{
	{"a ping", frame(fin|ping, "hello"), `pong "hello"`},
	{"an empty ping", frame(fin|ping, ""), `pong ""`},
	{"a ping that is no UTF-8", frame(fin|ping, "\xff\x00"), `pong "\xff\x00"`},
	{"a ping of 125 bytes", frame(fin|ping, strings.Repeat("x", 125)), `pong "` + strings.Repeat("x", 125) + `"`},
	{"a ping of 126 bytes", frame(fin|ping, strings.Repeat("x", 126)), violation},
	{"a ping of 65,536 bytes", frame(fin|ping, strings.Repeat("x", 65_536)), violation},
	{"a short ping with a long length", longFrame(fin|ping, 126, []byte{0, 1}, "x"), violation},
	{"ten pings", strings.Repeat(frame(fin|ping, "x"), 10), strings.Repeat(`pong "x" | `, 9) + `pong "x"`},
	{"a pong", frame(fin|pong, "hello"), ``},
	{"a pong of 125 bytes", frame(fin|pong, strings.Repeat("x", 125)), ``},
	{"a pong of 126 bytes", frame(fin|pong, strings.Repeat("x", 126)), violation},
	{"a close of 126 bytes", frame(fin|closing, closePayload(1000, strings.Repeat("x", 124))), violation},
	{"a ping in fragments", frame(ping, "a") + frame(fin|continuation, "b"), violation},
	{"a pong in fragments", frame(pong, "a") + frame(fin|continuation, "b"), violation},
	{"a close in fragments", frame(closing, closePayload(1000, "")) + frame(fin|continuation, "b"), violation},
}

// headers are the cases about the first two bytes.
func headers() (cases []frameCase) {
	for _, opcode := range []byte{0x3, 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF} {
		cases = append(cases,
			frameCase{fmt.Sprintf("opcode %#x", opcode), frame(fin|opcode, ""), violation},
			frameCase{fmt.Sprintf("opcode %#x in fragments", opcode), frame(opcode, "x"), violation},
		)
	}
	for bits, name := range map[byte]string{rsv1: "RSV1", rsv2: "RSV2", rsv3: "RSV3", rsv1 | rsv2 | rsv3: "all RSV"} {
		cases = append(cases,
			frameCase{name + " of a text", frame(fin|bits|textData, aPing), violation},
			frameCase{name + " of binary data", frame(fin|bits|binaryData, aPing), violation},
			frameCase{name + " of a ping", frame(fin|bits|ping, ""), violation},
			frameCase{name + " of a close", frame(fin|bits|closing, closePayload(1000, "")), violation},
			frameCase{name + " of a continuation", frame(textData, "") + frame(fin|bits|continuation, aPing), violation},
		)
	}
	for name, first := range map[string]byte{"text": fin | textData, "ping": fin | ping, "close": fin | closing} {
		cases = append(cases, frameCase{name + " without a mask", unmaskedFrame(first, "ab"), violation})
	}
	return append(cases,
		frameCase{"an empty text without a mask", unmaskedFrame(fin|textData, ""), violation},
		frameCase{"a continuation without a mask", frame(textData, "") + unmaskedFrame(fin|continuation, aPing), violation},
		frameCase{"a mask of zeros", string([]byte{fin | textData, fin | byte(len(aPing)), 0, 0, 0, 0}) + aPing, aPong},
	)
}

// closes are the cases about close frames.
func closes() (cases []frameCase) {
	for _, code := range []uint16{
		1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4499, 4999,
	} {
		cases = append(cases, frameCase{
			fmt.Sprintf("close %d", code), frame(fin|closing, closePayload(code, "bye")), fmt.Sprintf("close %d", code),
		})
	}
	for _, code := range []uint16{0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535} {
		cases = append(cases, frameCase{
			fmt.Sprintf("close %d, which is reserved", code), frame(fin|closing, closePayload(code, "")), violation,
		})
	}
	return append(cases,
		frameCase{"close without a code", frame(fin|closing, ""), `close without a code ""`},
		frameCase{"close of one byte", frame(fin|closing, "x"), violation},
		frameCase{"the longest reason", frame(fin|closing, closePayload(1000, strings.Repeat("x", 123))), "close 1000"},
		frameCase{"a reason in UTF-8", frame(fin|closing, closePayload(1000, "é€😀")), "close 1000"},
		frameCase{"a reason that is no UTF-8", frame(fin|closing, closePayload(1000, "\xff")), invalidUTF8},
		frameCase{"a reason that ends within a character", frame(fin|closing, closePayload(1000, "x\xe2\x82")), invalidUTF8},
		frameCase{"a reason with a surrogate", frame(fin|closing, closePayload(1000, "\xed\xa0\x80")), invalidUTF8},
		frameCase{"close twice", strings.Repeat(frame(fin|closing, closePayload(1000, "")), 2), "close 1000"},
		frameCase{"a message after close", frame(fin|closing, "") + frame(fin|textData, aPing), `close without a code ""`},
		frameCase{"a violation after close", frame(fin|closing, "") + frame(fin|0x3, ""), `close without a code ""`},
	)
}
