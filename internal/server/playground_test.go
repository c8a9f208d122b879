package server_test

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

func TestPlaygroundLoadsFromHereAlone(t *testing.T) {
	s := start(t, nil)
	page := s.do("GET", "/playground?code=ABCDE")
	if page.StatusCode != 200 || page.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatalf("got %d %v", page.StatusCode, page.Header)
	}
	policy := page.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "script-src 'self';") {
		t.Errorf("policy: %s", policy)
	}
	if regexp.MustCompile(`<script[^>]*>[^<]|style=|\son\w+=`).MatchString(page.body) {
		t.Error("the page has scripts or styles in line")
	}
	links := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(page.body, -1)
	if len(links) < 8 {
		t.Fatalf("only %d links", len(links))
	}
	for _, link := range links {
		if link[1] == "data:," {
			continue
		}
		if got := s.do("GET", link[1]); !strings.HasPrefix(link[1], "/playground/assets/") || got.StatusCode != 200 || got.body == "" {
			t.Errorf("%s: got %d", link[1], got.StatusCode)
		}
	}
	for _, own := range []string{"playground.js", "story.js", "playground.css", "graphiql-3.9.0.min.css"} {
		body := s.do("GET", "/playground/assets/"+own).body
		if other := regexp.MustCompile(`(?:https?:|[("'])//[a-z]+\.[a-z.]+`).FindString(body); other != "" {
			t.Errorf("%s refers to %s", own, other)
		}
	}
}

func TestPlaygroundAssetsAreCachedAndCompressed(t *testing.T) {
	s := start(t, nil)
	for path, cache := range map[string]string{
		"/playground":                               "no-cache",
		"/playground/assets/playground.js":          "no-cache",
		"/playground/assets/graphiql-3.9.0.min.js":  "public, max-age=31536000, immutable",
		"/playground/assets/graphiql-3.9.0.min.css": "public, max-age=31536000, immutable",
	} {
		plain := s.do("GET", path, "Accept-Encoding", "identity")
		packed := s.do("GET", path, "Accept-Encoding", "gzip")
		if got := plain.Header.Get("Cache-Control"); got != cache {
			t.Errorf("%s: Cache-Control is %q", path, got)
		}
		if packed.Header.Get("Content-Encoding") != "gzip" || len(packed.body) >= len(plain.body) {
			t.Errorf("%s: %d bytes became %d", path, len(plain.body), len(packed.body))
		}
		tag := packed.Header.Get("ETag")
		if tag == plain.Header.Get("ETag") {
			t.Errorf("%s: both forms are tagged %s", path, tag)
		}
		if again := s.do("GET", path, "Accept-Encoding", "gzip", "If-None-Match", tag); again.StatusCode != http.StatusNotModified {
			t.Errorf("%s: asked again, got %d", path, again.StatusCode)
		}
	}
}

// The tabs must be operations of the schema as it is.
func TestPlaygroundStoryFitsTheSchema(t *testing.T) {
	text, err := os.ReadFile("../../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	schema := gqlparser.MustLoadSchema(&ast.Source{Name: "schema.graphqls", Input: string(text)})
	story, err := os.ReadFile("playground/story.js")
	if err != nil {
		t.Fatal(err)
	}
	queries := regexp.MustCompile("(?s)query: `(.*?)`").FindAllStringSubmatch(string(story), -1)
	if len(queries) < 9 {
		t.Errorf("only %d tabs", len(queries))
	}
	for _, query := range queries {
		if _, errs := gqlparser.LoadQueryWithRules(schema, query[1], nil); len(errs) > 0 {
			t.Errorf("%v in\n%s", errs, query[1])
		}
	}
}
