// Package deflate compresses the messages of a WebSocket, as the extension permessage-deflate of RFC 7692 defines it.
// Every message begins with an empty window.
package deflate

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
)

// fewest is the size in bytes from which compressing a message is worthwhile for its client.
const fewest = 128

var writers = sync.Pool{New: func() any {
	w, err := flate.NewWriter(nil, flate.BestSpeed)
	if err != nil {
		panic(err) // cannot happen: the level is valid
	}
	return w
}}

// Compress returns a message compressed, without the end of the flush, or nil if it is too short or would not get
// smaller.
func Compress(plain []byte) []byte {
	if len(plain) < fewest {
		return nil
	}
	var out bytes.Buffer
	w := writers.Get().(*flate.Writer)
	defer writers.Put(w)
	w.Reset(&out)
	_, _ = w.Write(plain) // a buffer accepts everything
	_ = w.Flush()
	const flushed = 4 // the bytes 00 00 ff ff, which RFC 7692 omits
	if n := out.Len() - flushed; n < len(plain) {
		return out.Bytes()[:n]
	}
	return nil
}

var readers = sync.Pool{New: func() any { return flate.NewReader(nil) }}

// ErrTooLarge means that a message is larger than its limit.
var ErrTooLarge = errors.New("deflate: the message is too large")

// Decompress returns the decompressed message, or an error: ErrTooLarge if that has more than limit bytes.
func Decompress(data []byte, limit int64) ([]byte, error) {
	const end = "\x00\x00\xff\xff" + // which RFC 7692 omits
		"\x01\x00\x00\xff\xff" // a last block, without which the reader would expect more
	r := readers.Get().(io.ReadCloser)
	defer readers.Put(r)
	source := io.MultiReader(bytes.NewReader(data), strings.NewReader(end))
	if err := r.(flate.Resetter).Reset(source, nil); err != nil {
		return nil, err
	}
	message, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(message)) > limit {
		return nil, ErrTooLarge
	}
	return message, err
}

// parameter matches the parameters that an offer may have, and their values. It does not match the window that a client
// wants the server to have, because the responses are compressed once for all clients.
var parameter = regexp.MustCompile(`^(?:(client_max_window_bits)(?:\s*=\s*(?:[89]|1[0-5]|"(?:[89]|1[0-5])"))?` +
	`|((?:client|server)_no_context_takeover))$`)

// Offered reports whether the first offer of a client is one that the server can accept. RFC 7692 makes a server
// decline an offer with an unknown or repeated parameter, or with a value that is not valid.
func Offered(header http.Header) bool {
	offers := header["Sec-Websocket-Extensions"]
	if len(offers) == 0 {
		return false
	}
	offer, _, _ := strings.Cut(offers[0], ",")
	name, parameters, more := strings.Cut(offer, ";")
	seen := map[string]bool{}
	for more {
		var one string
		one, parameters, more = strings.Cut(parameters, ";")
		match := parameter.FindStringSubmatch(strings.TrimSpace(one))
		if match == nil || seen[match[1]+match[2]] {
			return false
		}
		seen[match[1]+match[2]] = true
	}
	return strings.TrimSpace(name) == "permessage-deflate"
}
