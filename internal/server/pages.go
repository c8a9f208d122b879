package server

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
)

const (
	routeAssets = "GET /assets/{file...}"
	// pagePolicy lets a page load from and connect to this server only, and show covers from these origins too.
	pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: %s; connect-src 'self'; " +
		"manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	// playgroundPolicy also lets GraphiQL's editor set styles, embed its font in its style sheet, and use workers.
	playgroundPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
		"font-src 'self' data:; img-src 'self' data:; " +
		"worker-src 'self'; connect-src 'self'; manifest-src 'self'; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	// workerPolicy lets the service worker fetch the pages and their files, and nothing else.
	workerPolicy = "default-src 'none'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
	notBuilt     = "<!doctype html><html lang=en><meta charset=utf-8><title>antwon.dj</title>" +
		"<h1>antwon.dj runs, without its pages</h1>" +
		"<p>This program was built without them. With Node 20.19 or newer, <code>make build</code> builds both, and " +
		"<code>make web</code> the pages alone. The API is at <a href=/graphql>/graphql</a>."
)

// files are the files that the pages load besides assets. Their names stay the same in every build.
var files = []string{
	"favicon.svg", "icon-192.png", "icon-512.png", "apple-touch-icon.png", "preview.png", "manifest.webmanifest",
	"old.js", "plain.css", "poster.css", "poster.js",
}

// pages serves the web pages from the files that the build made. Without files it says that they were not built.
type pages struct {
	files map[string]*asset // by name, such as room.html or assets/room-Bx3k.js
}

// newPages reads all files. It writes into the pages how hosts sign in, and the absolute address of the preview
// picture.
func newPages(cfg Config) *pages {
	built := cfg.Pages
	p := &pages{map[string]*asset{}}
	err := fs.WalkDir(built, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(built, name)
		if strings.HasSuffix(name, ".html") {
			content = bytes.Replace(content, []byte(`data-login="demo"`), fmt.Appendf(nil, "data-login=%q", cfg.signIn()), 1)
			picture := fmt.Appendf(nil, "content=%q", cfg.PublicURL+"/preview.png")
			content = bytes.Replace(content, []byte(`content="/preview.png"`), picture, 1)
		}
		p.files[name] = newAsset(name, content)
		return err
	})
	if err != nil {
		panic(err) // the files are embedded in the program
	}
	return p
}

// page serves one of the HTML files.
func (p *pages) page(name, policy string) http.HandlerFunc {
	serve := serveNotBuilt
	if page := p.files[name]; page != nil {
		serve = page.serve
	}
	return withPolicy(policy, serve)
}

// withPolicy sets the Content-Security-Policy of a page.
func withPolicy(policy string, serve http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		serve(w, r)
	}
}

func pagePolicyFor(covers []string) string { return fmt.Sprintf(pagePolicy, strings.Join(covers, " ")) }

// serveNotBuilt answers 503, because monitoring and caches would take a 200 for the page.
func serveNotBuilt(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", contentTypeOf(".html"))
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = io.WriteString(w, notBuilt) // fails only if the browser has gone
}

// serveFile serves the files that the pages load.
func (p *pages) serveFile(w http.ResponseWriter, r *http.Request) {
	file := p.files[strings.TrimPrefix(r.URL.Path, "/")]
	if file == nil {
		http.NotFound(w, r)
		return
	}
	file.serve(w, r)
}

// routes returns the pages and the files that they load, by the patterns of their requests.
func (p *pages) routes(cfg Config) map[string]http.Handler {
	pagePolicy := pagePolicyFor(cfg.CoverOrigins)
	routes := map[string]http.Handler{
		"GET /{$}":             p.page("index.html", pagePolicy),
		"GET /r/{code}/{$}":    http.HandlerFunc(withoutSlash),
		"GET /r/{code}/screen": p.page("screen.html", pagePolicy),
		"GET /host":            p.page("host.html", pagePolicy),
		"GET /playground":      p.page("playground.html", playgroundPolicy),
		routeAssets:            http.HandlerFunc(p.serveFile),
		"GET /sw.js":           withPolicy(workerPolicy, p.serveFile),
	}
	for pattern, handler := range withPreviews(cfg, p.files["room.html"], p.files["preview.png"]) {
		routes[pattern] = withPolicy(pagePolicy, handler.ServeHTTP)
	}
	for _, name := range files {
		routes["GET /"+name] = http.HandlerFunc(p.serveFile)
	}
	return routes
}

// withoutSlash redirects to the address without the slash at its end.
func withoutSlash(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, strings.TrimSuffix(r.URL.EscapedPath(), "/"), http.StatusMovedPermanently)
}
