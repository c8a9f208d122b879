package gqlserver_test

import (
	"encoding/binary"
	"testing"

	"antwon.dj/backend/internal/gqlserver"
)

// maskedFrame returns a frame as a client sends it.
func maskedFrame(first byte, payload string) []byte {
	mask := [4]byte{1, 2, 3, 4}
	frame := append([]byte{first, 0x80 | byte(len(payload))}, mask[:]...)
	for i := range len(payload) {
		frame = append(frame, payload[i]^mask[i%4])
	}
	return frame
}

func closePayload(code uint16, reason string) string {
	return string(binary.BigEndian.AppendUint16(nil, code)) + reason
}

func TestFramesThatViolateTheProtocolAreRefused(t *testing.T) {
	const fin, rsv1, text, continuation, closing, ping, pong = 0x80, 0x40, 0x1, 0x0, 0x8, 0x9, 0xA
	s := start(t, func(cfg *gqlserver.Config) { cfg.Compress = true })
	for _, test := range []struct {
		name   string
		frames [][]byte
		code   int
		reason string
	}{
		{"compressed ping", [][]byte{maskedFrame(fin|rsv1|ping, "")}, 1002, "Protocol error"},
		{"compressed pong", [][]byte{maskedFrame(fin|rsv1|pong, "x")}, 1002, "Protocol error"},
		{"compressed close", [][]byte{maskedFrame(fin|rsv1|closing, closePayload(1000, ""))}, 1002, "Protocol error"},
		{
			"compressed continuation", [][]byte{maskedFrame(text, `{"type":`), maskedFrame(fin|rsv1|continuation, `"ping"}`)},
			1002, "Protocol error",
		},
		{"close of one byte", [][]byte{maskedFrame(fin|closing, "x")}, 1002, "Protocol error"},
		{"reason is no UTF-8", [][]byte{maskedFrame(fin|closing, closePayload(1000, "\xff"))}, 1007, "Invalid UTF-8"},
		{"code is reserved", [][]byte{maskedFrame(fin|closing, closePayload(1005, ""))}, 1002, "Protocol error"},
		{"code of an application", [][]byte{maskedFrame(fin|closing, closePayload(4999, "bye"))}, 4999, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := s.openCompressing()
			for _, frame := range test.frames {
				for _, b := range frame { // one by one, as a network might deliver them
					if _, err := c.NetConn().Write([]byte{b}); err != nil {
						t.Fatal(err)
					}
				}
			}
			c.expectClose(test.code, test.reason)
		})
	}
}

// Gorilla's client does not know the code either, and says so.
func TestCloseCodeBadGatewayIsEchoed(t *testing.T) {
	s := start(t, nil)
	c := s.open(`{}`)
	if _, err := c.NetConn().Write(maskedFrame(0x88, closePayload(1014, "bye"))); err != nil {
		t.Fatal(err)
	}
	if _, err := c.hear(); err == nil || err.Error() != "websocket: bad close code 1014" {
		t.Errorf("closed with %v", err)
	}
}
