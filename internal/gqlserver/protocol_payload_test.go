package gqlserver_test

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// withText returns a message of a client in which is this text.
func withText(part string) string { return `{"type":"ping","payload":{"a":"` + part + `"}}` }

// texts are the cases about UTF-8. Fragments may cut a character or a violation in two.
func texts() (cases []frameCase) {
	for _, valid := range []string{"é", "€", "😀", "\x7f", "\ufffd", "\uffff", "\U0010ffff", "a\u0301"} {
		cases = append(cases, inFragments(fmt.Sprintf("%+q", valid), valid, `{"type":"pong","payload":{"a":"`+valid+`"}}`)...)
	}
	for name, invalid := range map[string]string{
		"a continuation byte": "\x80", "no first byte": "\xff", "0xFE": "\xfe", "half a character": "\xc3",
		"two thirds of a character": "\xe2\x82", "a long form of a slash": "\xc0\xaf", "a longer one": "\xe0\x80\xaf",
		"a surrogate": "\xed\xa0\x80", "a pair of surrogates": "\xed\xa0\xbd\xed\xb8\x80",
		"beyond Unicode":            "\xf4\x90\x80\x80",
		"a character of five bytes": "\xf8\x88\x80\x80\x80",
	} {
		cases = append(cases, inFragments(name, invalid, invalidUTF8)...)
	}
	return append(cases,
		frameCase{"no UTF-8 outside of JSON", frame(fin|textData, "\xff"), invalidUTF8},
		frameCase{"no UTF-8 with a ping between", frame(textData, "\xff") + frame(fin|ping, "") + frame(fin|continuation, ""),
			`pong "" | ` + invalidUTF8},
	)
}

// inFragments returns the cases of a text in one frame and in two, with every cut within the text.
func inFragments(name, part, want string) []frameCase {
	message := withText(part)
	cases := []frameCase{{name, frame(fin|textData, message), want}}
	at := strings.Index(message, part)
	for cut := at + 1; cut < at+len(part); cut++ {
		cases = append(cases, frameCase{
			fmt.Sprintf("%s, cut after %d bytes", name, cut-at),
			frame(textData, message[:cut]) + frame(fin|continuation, message[cut:]), want,
		})
	}
	return cases
}

// messageBytes is the largest message.
const messageBytes = 64 << 10

// pongOf returns a message that has no answer, of so many bytes.
func pongOf(bytes int) string {
	const empty = `{"type":"pong"}`
	return empty + strings.Repeat(" ", bytes-len(empty))
}

// lengths are the cases about the sizes of frames and messages.
func lengths() (cases []frameCase) {
	for _, n := range []int{125, 126, 127, 65_535, messageBytes} {
		cases = append(cases, frameCase{fmt.Sprintf("%d bytes", n), frame(fin|textData, pongOf(n)), ""})
	}
	half := pongOf(messageBytes)[:messageBytes/2]
	return append(cases,
		frameCase{"one byte too many", frame(fin|textData, pongOf(messageBytes+1)), tooBig},
		frameCase{"ten times too large", frame(fin|textData, pongOf(10*messageBytes)), tooBig},
		frameCase{"two fragments that are just small enough", frame(textData, half) +
			frame(fin|continuation, strings.Repeat(" ", messageBytes/2)), ""},
		frameCase{"two fragments that are too large", frame(textData, half) +
			frame(fin|continuation, strings.Repeat(" ", messageBytes/2+1)), tooBig},
		frameCase{"an endless message", frame(textData, half) +
			strings.Repeat(frame(continuation, strings.Repeat(" ", 1000)), 40), tooBig},
		frameCase{"too large and no UTF-8", frame(fin|textData, strings.Repeat("\xff", messageBytes+1)), tooBig},
		frameCase{"too much binary data", frame(fin|binaryData, pongOf(messageBytes+1)), tooBig},
		frameCase{"a frame of a terabyte", frameOf(fin|textData, 1<<40, pongOf(messageBytes+1)), tooBig},
		frameCase{"a negative length", longFrame(fin|textData, 127,
			binary.BigEndian.AppendUint64(nil, 1<<63), ""), violation},
		frameCase{"lengths whose sum is negative", frameOf(textData, 1, "{") +
			frameOf(continuation, 1<<63-1, pongOf(messageBytes+1)), violation},
		// RFC 6455 requires the shortest form, but not that others are refused: gorilla reads them, too.
		frameCase{"16 bits for a short length", longFrame(fin|textData, 126, []byte{0, byte(len(aPing))}, aPing), aPong},
		frameCase{"64 bits for a short length", longFrame(fin|textData, 127,
			binary.BigEndian.AppendUint64(nil, uint64(len(aPing))), aPing), aPong},
	)
}
