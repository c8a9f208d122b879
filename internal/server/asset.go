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

// asset is a file of the web pages, ready to be served.
type asset struct {
	contentType  string
	cacheControl string
	tag          string
	plain        []byte
	gzipped      func() []byte // compressed at the first call
}

func newAsset(name string, plain []byte) *asset {
	sum := sha256.Sum256(plain)
	a := &asset{
		contentType:  contentTypeOf(name),
		cacheControl: "no-cache", // browsers store it, and ask each time whether it has changed
		tag:          hex.EncodeToString(sum[:8]),
		plain:        plain,
		gzipped:      sync.OnceValue(func() []byte { return compress(plain) }),
	}
	if strings.HasPrefix(name, "assets/") { // the build puts a hash of the content into the name
		a.cacheControl = "public, max-age=31536000, immutable"
	}
	return a
}

// contentTypeOf returns the type of one of the pages' files. It does not use package mime, whose answers depend on the
// operating system, and browsers are told not to guess.
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
	case ".png":
		return "image/png"
	case ".webmanifest":
		return "application/manifest+json"
	case ".ttf":
		return "font/ttf"
	default:
		return "text/plain; charset=utf-8"
	}
}

func compress(plain []byte) []byte {
	var buffer bytes.Buffer
	w := gzip.NewWriter(&buffer)
	_, _ = w.Write(plain) // a buffer never fails
	_ = w.Close()
	return buffer.Bytes()
}

func (a *asset) serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", a.contentType)
	header.Set("Cache-Control", a.cacheControl)
	header.Add("Vary", "Accept-Encoding")
	header.Set("ETag", `"`+a.tag+`"`)
	body := a.plain
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		header.Set("ETag", `"`+a.tag+`-gzip"`)
		header.Set("Content-Encoding", "gzip")
		body = a.gzipped()
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}
