package server

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

//go:embed playground
var playgroundFiles embed.FS

// playgroundPolicy lets the page load and ask nothing but this server. GraphiQL sets styles on its elements and has its
// fonts and icons inside its style sheet.
const playgroundPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src data:; " +
	"img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// playground serves GraphiQL from files inside the program.
type playground struct {
	page   *asset
	assets map[string]*asset
}

func newPlayground() *playground {
	entries, err := playgroundFiles.ReadDir("playground")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	p := &playground{assets: map[string]*asset{}}
	for _, entry := range entries {
		p.assets[entry.Name()] = newAsset(entry.Name())
	}
	p.page = p.assets["index.html"]
	delete(p.assets, "index.html")
	return p
}

func (p *playground) servePage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", playgroundPolicy)
	p.page.serve(w, r)
}

func (p *playground) serveAsset(w http.ResponseWriter, r *http.Request) {
	asset, ok := p.assets[r.PathValue("file")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	asset.serve(w, r)
}

// asset is a file as browsers get it.
type asset struct {
	contentType  string
	cacheControl string
	tag          string
	plain        []byte
	gzipped      func() []byte // compressed when first asked for
}

func newAsset(name string) *asset {
	plain, err := playgroundFiles.ReadFile("playground/" + name)
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(plain)
	a := &asset{
		contentType:  contentTypeOf(name),
		cacheControl: "no-cache", // kept, but asked for again: the answer is then 304
		tag:          hex.EncodeToString(sum[:8]),
		plain:        plain,
		gzipped:      sync.OnceValue(func() []byte { return compress(plain) }),
	}
	if strings.Contains(name, ".min.") { // has its version in its name
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
