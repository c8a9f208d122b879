package server

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// asset is a file as browsers get it.
type asset struct {
	contentType  string
	cacheControl string
	tag          string
	plain        []byte
	gzipped      func() []byte // compressed when first asked for
}

func newAsset(name string, plain []byte) *asset {
	sum := sha256.Sum256(plain)
	a := &asset{
		contentType:  contentTypeOf(name),
		cacheControl: "no-cache", // kept, but asked for again: the answer is then 304
		tag:          hex.EncodeToString(sum[:8]),
		plain:        plain,
		gzipped:      sync.OnceValue(func() []byte { return compress(plain) }),
	}
	if strings.HasPrefix(name, "assets/") { // the build puts a hash of the content into the name
		a.cacheControl = "public, max-age=31536000, immutable"
	}
	return a
}

// contentTypeOf knows the few types there are here; those that the operating system names differ, and browsers do not guess.
func contentTypeOf(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".ttf":
		return "font/ttf"
	default:
		return "text/plain; charset=utf-8"
	}
}

func compress(plain []byte) []byte {
	var buffer bytes.Buffer
	w := gzip.NewWriter(&buffer)
	_, _ = w.Write(plain) // a buffer takes everything
	_ = w.Close()
	return buffer.Bytes()
}

func (a *asset) serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", a.contentType)
	header.Set("Cache-Control", a.cacheControl)
	header.Set("Vary", "Accept-Encoding")
	header.Set("ETag", `"`+a.tag+`"`)
	body := a.plain
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		header.Set("ETag", `"`+a.tag+`-gzip"`)
		header.Set("Content-Encoding", "gzip")
		body = a.gzipped()
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}
