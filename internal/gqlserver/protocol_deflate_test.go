package gqlserver_test

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"antwon.dj/backend/internal/gqlserver"
)

const deflateOffer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"

// Compressed messages are read as RFC 7692 says.
func TestCompressedFramesAreReadAsInRFC7692(t *testing.T) {
	s := start(t, compressing)
	for _, c := range compressedCases(t) {
		for _, pieces := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, in pieces %t", c.name, pieces), func(t *testing.T) {
				s.check(t, c, pieces, deflateOffer)
			})
		}
	}
}

func compressing(cfg *gqlserver.Config) { cfg.Compress = true }

// deflated returns a compressed message, without the end of its flush.
func deflated(t *testing.T, level int, parts ...string) string {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, level)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		if _, err := io.WriteString(w, part); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	return strings.TrimSuffix(out.String(), "\x00\x00\xff\xff")
}

// finalBlock returns a message whose last block says that it is the last one.
func finalBlock(t *testing.T, message string) string {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, message); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func compressedCases(t *testing.T) []frameCase {
	best, stored := deflated(t, flate.BestCompression, aPing), deflated(t, flate.NoCompression, aPing)
	bomb := deflated(t, flate.BestCompression, pongOf(messageBytes+1))
	const first = rsv1 | textData
	return []frameCase{
		{"compressed", frame(fin|first, best), aPong},
		{"not compressed", frame(fin|textData, aPing), aPong},
		{"one after the other", frame(fin|first, best) + frame(fin|textData, aPing) + frame(fin|first, stored),
			aPong + " | " + aPong + " | " + aPong},
		{"stored", frame(fin|first, stored), aPong},
		{"with fixed codes", frame(fin|first, deflated(t, flate.HuffmanOnly, aPing)), aPong},
		{"in two blocks", frame(fin|first, deflated(t, flate.BestCompression, `{"type":`, `"ping"}`)), aPong},
		{"with an empty block", frame(fin|first, best+"\x00\x00\xff\xff\x00"), aPong},
		{"with the end of the flush", frame(fin|first, best+"\x00\x00\xff\xff"), violation},
		{"with a last block", frame(fin|first, finalBlock(t, aPing)), aPong},
		{"in fragments", frame(first, best[:5]) + frame(continuation, best[5:9]) + frame(fin|continuation, best[9:]), aPong},
		{"with an empty fragment", frame(first, "") + frame(fin|continuation, best), aPong},
		{"with a ping between", frame(first, best[:5]) + frame(fin|ping, "a") + frame(fin|continuation, best[5:]),
			`pong "a" | ` + aPong},
		{"just small enough", frame(fin|first, deflated(t, flate.BestCompression, pongOf(messageBytes))), ""},
		{"too large", frame(fin|first, bomb), tooBig},
		{"too large in fragments", frame(first, bomb[:10]) + frame(fin|continuation, bomb[10:]), tooBig},
		{"an empty message", frame(fin|first, "\x00"), notAMessage},
		{"nothing at all, which is no block", frame(fin|first, ""), violation},
		{"no UTF-8", frame(fin|first, deflated(t, flate.BestCompression, "\xff")), invalidUTF8},
		{"binary data", frame(fin|rsv1|binaryData, best), notAMessage},
		{"no deflate", frame(fin|first, "\xff\xff\xff\xff"), violation},
		{"a stored block that is cut", frame(fin|first, stored[:10]), violation},
		{"a stored block with a wrong length", frame(fin|first, "\x00\x05\x00\x05\x00hello"), violation},
		{"a reference to the message before", frame(fin|first, best) + frame(fin|first, withContext(t)),
			aPong + " | " + violation},
		{"RSV1 of a continuation", frame(first, best[:5]) + frame(fin|rsv1|continuation, best[5:]), violation},
		{"RSV1 of a continuation only", frame(textData, `{"type":`) + frame(fin|rsv1|continuation, `"ping"}`), violation},
		{"RSV1 of a ping", frame(fin|rsv1|ping, ""), violation},
		{"RSV1 of a pong", frame(fin|rsv1|pong, "x"), violation},
		{"RSV1 of a close", frame(fin|rsv1|closing, closePayload(1000, "")), violation},
		{"RSV1 of a ping between fragments", frame(first, best[:5]) + frame(fin|rsv1|ping, ""), violation},
		{"RSV1 and RSV2", frame(fin|first|rsv2, best), violation},
		{"RSV2", frame(fin|textData|rsv2, aPing), violation},
		{"RSV3", frame(fin|first|rsv3, best), violation},
	}
}

// withContext returns the second message of a client that keeps its window, although both have agreed not to.
func withContext(t *testing.T) string {
	t.Helper()
	both := deflated(t, flate.BestCompression, aPing, aPing)
	return strings.TrimPrefix(both, deflated(t, flate.BestCompression, aPing)+"\x00\x00\xff\xff")
}

// RFC 7692 makes a server decline offers that it does not know, cannot fulfil or could misunderstand.
func TestCompressionIsAcceptedIfTheOfferAllowsIt(t *testing.T) {
	s := start(t, compressing)
	for offer, accepted := range map[string]bool{
		"":                                     false,
		"x-webkit-deflate":                     false,
		"permessage-deflates":                  false,
		"permessage-bzip2":                     false,
		"permessage-deflate":                   true,
		" permessage-deflate ":                 true,
		"permessage-deflate; unknown":          false,
		"permessage-deflate; unknown=1":        false,
		"permessage-deflate;":                  false,
		"permessage-deflate; =":                false,
		"permessage-deflate, x":                true,
		"permessage-deflate, ":                 true,
		"permessage-deflate; Unknown, x":       false,
		"permessage-deflate x":                 false,
		"permessage-deflate; x-webkit=\"a,b\"": false,

		"permessage-deflate; client_max_window_bits":                           true,
		"permessage-deflate;client_max_window_bits":                            true,
		"permessage-deflate ; client_max_window_bits = 9":                      true,
		"permessage-deflate; client_max_window_bits=8":                         true,
		"permessage-deflate; client_max_window_bits=10":                        true,
		"permessage-deflate; client_max_window_bits=15":                        true,
		"permessage-deflate; client_max_window_bits=\"15\"":                    true,
		"permessage-deflate; client_max_window_bits=7":                         false,
		"permessage-deflate; client_max_window_bits=16":                        false,
		"permessage-deflate; client_max_window_bits=0":                         false,
		"permessage-deflate; client_max_window_bits=-9":                        false,
		"permessage-deflate; client_max_window_bits=09":                        false,
		"permessage-deflate; client_max_window_bits=100":                       false,
		"permessage-deflate; client_max_window_bits=":                          false,
		"permessage-deflate; client_max_window_bits=\"\"":                      false,
		"permessage-deflate; client_max_window_bits=\"15":                      false,
		"permessage-deflate; client_max_window_bits=x":                         false,
		"permessage-deflate; client_max_window_bits; client_max_window_bits":   false,
		"permessage-deflate; client_max_window_bits=9; client_max_window_bits": false,

		"permessage-deflate; server_no_context_takeover":                             true,
		"permessage-deflate; client_no_context_takeover":                             true,
		"permessage-deflate;server_no_context_takeover;client_no_context_takeover":   true,
		"permessage-deflate; server_no_context_takeover=1":                           false,
		"permessage-deflate; client_no_context_takeover=true":                        false,
		"permessage-deflate; server_no_context_takeover; server_no_context_takeover": false,
		"permessage-deflate; client_no_context_takeover; client_no_context_takeover": false,

		// The responses are compressed once for all clients, with the largest window.
		"permessage-deflate; server_max_window_bits=10": false,
		"permessage-deflate; server_max_window_bits=15": false,
		"permessage-deflate; server_max_window_bits":    false,
		// Only the first offer is looked at, as gorilla does not say which one it has accepted.
		"permessage-deflate; server_max_window_bits=10, permessage-deflate":                                 false,
		"x-webkit-deflate-frame, permessage-deflate":                                                        false,
		"permessage-deflate, permessage-deflate; server_max_window_bits=10":                                 true,
		"permessage-deflate; client_max_window_bits; server_no_context_takeover, x-webkit-deflate-frame":    true,
		"permessage-deflate; client_max_window_bits; server_max_window_bits=15; client_no_context_takeover": false,
	} {
		got := s.acceptedExtensions(offer)
		want := map[bool]string{true: "permessage-deflate; server_no_context_takeover; client_no_context_takeover"}[accepted]
		if got != want {
			t.Errorf("%s: got %q, want %q", offer, got, want)
		}
	}
	plain := start(t, nil)
	if got := plain.acceptedExtensions("permessage-deflate"); got != "" {
		t.Errorf("without compression: accepted %q", got)
	}
}

// acceptedExtensions opens a WebSocket with an offer of extensions, and returns those that the server accepts.
func (s *service) acceptedExtensions(offer string) string {
	s.t.Helper()
	r, response := s.dialRaw("GET / HTTP/1.1", handshake("Sec-WebSocket-Extensions: "+offer))
	_ = r.Close() // so that the server need not wait for it
	if response.StatusCode != http.StatusSwitchingProtocols {
		s.t.Fatalf("%s: got %s", offer, response.Status)
	}
	return strings.Join(response.Header["Sec-Websocket-Extensions"], " and ")
}
