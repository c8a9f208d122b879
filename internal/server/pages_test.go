package server_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/server"
)

// built has files like those of a build of the pages.
var built = fstest.MapFS{
	"index.html":              page("start"),
	"room.html":               page("room"),
	"screen.html":             page("screen"),
	"host.html":               page("host"),
	"playground.html":         page("playground"),
	"preview.png":             {Data: []byte("\x89PNG general")},
	"favicon.svg":             {Data: []byte("<svg></svg>")},
	"assets/room-Bx3k.js":     {Data: []byte(strings.Repeat("export {};", 100))},
	"assets/room-C4aa.css":    {Data: []byte(strings.Repeat("a {}", 100))},
	"assets/codicon-D1.ttf":   {Data: []byte(strings.Repeat("font", 100))},
	"assets/json.worker-E.js": {Data: []byte(strings.Repeat("self;", 100))},
}

func page(name string) *fstest.MapFile {
	html := `<!doctype html><html data-login="demo"><title>` + name + `</title>` +
		`<meta property="og:title" content="antwon.dj"><meta property="og:image" content="/preview.png">` +
		strings.Repeat(" ", 200)
	return &fstest.MapFile{Data: []byte(html)}
}

// Each page has its address, a Content-Security-Policy, and headers that make browsers revalidate it.
func TestEachPageIsServedAtItsAddress(t *testing.T) {
	s := start(t, nil)
	for path, name := range map[string]string{
		"/": "start", "/r/PARTY": "room", "/r/AB%26CD?x=1": "room", "/r/PARTY/screen": "screen", "/host?login=done": "host",
		"/playground?code=PARTY": "playground",
	} {
		got := s.do("GET", path, "Accept-Encoding", "identity")
		if got.StatusCode != 200 || !strings.Contains(got.body, "<title>"+name+"</title>") {
			t.Errorf("%s: got %d %.100s", path, got.StatusCode, got.body)
		}
		for header, want := range map[string]string{"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-cache"} {
			if value := got.Header.Get(header); value != want {
				t.Errorf("%s: %s is %q", path, header, value)
			}
		}
		head := s.do("HEAD", path, "Accept-Encoding", "identity")
		if head.StatusCode != 200 || head.body != "" || head.Header.Get("ETag") != got.Header.Get("ETag") {
			t.Errorf("HEAD %s: got %d %q %v", path, head.StatusCode, head.body, head.Header)
		}
	}
}

// A page runs only scripts of this server, and connects only to this server.
func TestPagesLoadOnlyOwnScriptsAndConnectOnlyHere(t *testing.T) {
	s := start(t, func(cfg *server.Config) {
		cfg.CoverOrigins = []string{"https://covers.example", "https://*.covers.example"}
	})
	for _, path := range []string{"/", "/r/PARTY", "/r/PARTY/screen", "/host", "/playground"} {
		policy := s.do("GET", path).Header.Get("Content-Security-Policy")
		for _, want := range []string{
			"default-src 'none'", "script-src 'self'", "connect-src 'self'", "base-uri 'none'", "form-action 'none'",
			"frame-ancestors 'none'",
		} {
			if !strings.Contains(policy+";", want+";") {
				t.Errorf("%s: no %s in %s", path, want, policy)
			}
		}
		if inline := strings.Contains(policy, "unsafe"); inline != (path == "/playground") {
			t.Errorf("%s: %s", path, policy)
		}
		const images = "img-src 'self' data: https://covers.example https://*.covers.example;"
		if covers := strings.Contains(policy, images); covers != (path != "/playground") {
			t.Errorf("%s: %s", path, policy)
		}
		if strings.Contains(policy, "blob:") || strings.Contains(policy, "unsafe-eval") {
			t.Errorf("%s: %s", path, policy)
		}
	}
}

func TestTrailingSlashIsRedirected(t *testing.T) {
	s := start(t, nil)
	for path, want := range map[string]string{"/r/PARTY/": "/r/PARTY", "/r/A%2FB/": "/r/A%2FB"} {
		if got := s.do("GET", path); got.StatusCode != 301 || got.Header.Get("Location") != want {
			t.Errorf("%s: %d to %s, want %s", path, got.StatusCode, got.Header.Get("Location"), want)
		}
	}
}

func TestPagesKnowHowHostsSignIn(t *testing.T) {
	for login, demo := range map[string]bool{"demo": true, "provider": false} {
		s := start(t, func(cfg *server.Config) { cfg.DemoLogin = demo })
		if got := s.do("GET", "/host").body; !strings.Contains(got, `<html data-login="`+login+`">`) {
			t.Errorf("%s: got %.100s", login, got)
		}
	}
}

func TestAssetsAreServedWithTypeAndCaching(t *testing.T) {
	s := start(t, nil)
	const forever = "public, max-age=31536000, immutable"
	for path, want := range map[string]struct{ contentType, cache string }{
		"/assets/room-Bx3k.js":     {"text/javascript; charset=utf-8", forever},
		"/assets/json.worker-E.js": {"text/javascript; charset=utf-8", forever},
		"/assets/room-C4aa.css":    {"text/css; charset=utf-8", forever},
		"/assets/codicon-D1.ttf":   {"font/ttf", forever},
		"/favicon.svg":             {"image/svg+xml", "no-cache"},
	} {
		got := s.do("GET", path, "Accept-Encoding", "identity")
		if got.StatusCode != 200 || got.body != string(built[path[1:]].Data) {
			t.Errorf("%s: got %d %.100s", path, got.StatusCode, got.body)
		}
		if got.Header.Get("Content-Type") != want.contentType || got.Header.Get("Cache-Control") != want.cache {
			t.Errorf("%s: got %v", path, got.Header)
		}
	}
	for _, path := range []string{"/assets/room-old.js", "/assets/", "/assets/room.html", "/assets/%2e%2e/room.html"} {
		if got := s.do("GET", path); got.StatusCode != 404 {
			t.Errorf("%s: got %d %.100s", path, got.StatusCode, got.body)
		}
	}
	if got := s.do("POST", "/assets/room-Bx3k.js"); got.StatusCode != 405 {
		t.Errorf("POST: got %d", got.StatusCode)
	}
}

// Pages are compressed for browsers that accept gzip. A page that a browser already has is not sent again.
func TestPagesAreCompressedAndTagged(t *testing.T) {
	s := start(t, nil)
	for _, path := range []string{"/r/PARTY", "/playground", "/assets/room-Bx3k.js"} {
		plain := s.do("GET", path, "Accept-Encoding", "identity")
		packed := s.do("GET", path, "Accept-Encoding", "gzip")
		if packed.Header.Get("Content-Encoding") != "gzip" || packed.Header.Get("Vary") != "Accept-Encoding" ||
			len(packed.body) >= len(plain.body) {
			t.Errorf("%s: %d bytes became %d, with %v", path, len(plain.body), len(packed.body), packed.Header)
		}
		if plain.Header.Get("ETag") == packed.Header.Get("ETag") {
			t.Errorf("%s: both forms are tagged %s", path, plain.Header.Get("ETag"))
		}
		tags := map[string]string{"identity": plain.Header.Get("ETag"), "gzip": packed.Header.Get("ETag")}
		for encoding, tag := range tags {
			again := s.do("GET", path, "Accept-Encoding", encoding, "If-None-Match", tag)
			if again.StatusCode != http.StatusNotModified {
				t.Errorf("%s: asked again for %s, got %d", path, encoding, again.StatusCode)
			}
		}
	}
}

// The API works without pages; a visitor of a page learns how to build them.
func TestServerWithoutPagesSaysHowToBuildThem(t *testing.T) {
	s := start(t, func(cfg *server.Config) { cfg.Pages = fstest.MapFS{} })
	for _, path := range []string{"/", "/r/PARTY", "/r/PARTY/screen", "/host", "/playground"} {
		got := s.do("GET", path)
		if got.StatusCode != http.StatusServiceUnavailable || got.Header.Get("Cache-Control") != "no-store" ||
			!strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") || !strings.Contains(got.body, "make build") {
			t.Errorf("%s: got %d %v %s", path, got.StatusCode, got.Header, got.body)
		}
	}
	if got := s.do("GET", "/favicon.svg"); got.StatusCode != 404 {
		t.Errorf("the icon: got %d", got.StatusCode)
	}
	if got := s.do("POST", "/graphql"); got.body != "graphql" {
		t.Errorf("the API: got %d %s", got.StatusCode, got.body)
	}
}

// The demo's own host signs in by a link with a key. Without the key there is only an error message.
func TestDemoHostSignsInOnlyWithTheKey(t *testing.T) {
	s := start(t, func(cfg *server.Config) {
		cfg.DemoHost = func(_ context.Context, key string) (*account.Session, error) {
			if key != "right" {
				return nil, &party.Error{Code: party.Forbidden, Message: "take the link that was printed last"}
			}
			return &account.Session{Refresh: "refresh"}, nil
		}
	})
	for key, want := range map[string]string{"right": "done", "wrong": "failed", "": "failed"} {
		got := s.do("GET", server.DemoHostPage+"?key="+key)
		to, err := url.Parse(got.Header.Get("Location"))
		if err != nil || got.StatusCode != http.StatusSeeOther || to.Path != "/host" || to.Query().Get("login") != want {
			t.Errorf("key %q: got %d to %s", key, got.StatusCode, to)
		}
		if got.Header.Get("Cache-Control") != "no-store" || got.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("key %q: got %v", key, got.Header)
		}
		if want == "done" {
			cookie := cookieOf(t, got, "antwon_session")
			if cookie.Value != "refresh" || !cookie.HttpOnly || to.Query().Has("login_error") {
				t.Errorf("the right key: got %v, to %s", cookie, to)
			}
			continue
		}
		if len(got.Cookies()) > 0 || to.Query().Get("login_error") != "take the link that was printed last" {
			t.Errorf("key %q: got %v to %s", key, got.Cookies(), to)
		}
	}
	for _, line := range s.log.all(t, "request") {
		if route := line["route"]; route != "GET "+server.DemoHostPage {
			t.Errorf("the log has the route %v", route)
		}
	}
	if got := start(t, nil).do("GET", server.DemoHostPage+"?key=right"); got.StatusCode != 404 {
		t.Errorf("where there is none: got %d", got.StatusCode)
	}
}
