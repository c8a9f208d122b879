package web_test

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"antwon.dj/backend/web"
)

var names = []string{"index", "room", "screen", "host", "playground"}

// budgets are the scripts that a page may load by itself: bytes, compressed. The playground is GraphiQL with its
// editor.
var budgets = map[string]int{
	"index":      90 << 10,
	"room":       110 << 10,
	"screen":     100 << 10,
	"host":       130 << 10,
	"playground": 380 << 10,
}

// needPages returns the pages, and skips a test where they have not been built.
func needPages(t *testing.T) fs.FS {
	t.Helper()
	pages := web.Pages()
	_, err := fs.Stat(pages, "room.html")
	switch {
	case err == nil:
	case os.Getenv("ANTWON_TEST_STRICT") == "1":
		t.Fatalf("the pages are required here: %v", err)
	default:
		t.Skipf("pages left out: %v (install Node, then make web)", err)
	}
	return pages
}

func read(t *testing.T, pages fs.FS, name string) string {
	t.Helper()
	content, err := fs.ReadFile(pages, name)
	if err != nil {
		t.Error(err)
	}
	return string(content)
}

var (
	link     = regexp.MustCompile(`(?:src|href)="([^"]*)"`)
	inline   = regexp.MustCompile(`(?i)<script[^>]*>[^<]|<style|\sstyle=|\son\w+=`)
	login    = regexp.MustCompile(`<html[^>]* data-login="demo"`)
	imported = regexp.MustCompile("(?:from|import) *[\"'`]\\./([\\w.-]+\\.js)[\"'`]")
	loaded   = regexp.MustCompile("[\"'`(](?:\\./|/?assets/)([\\w.-]+\\.(?:js|css|ttf))[\"'`)?]")
	fromCSS  = regexp.MustCompile(`@import|url\(\s*["']?(?:https?:)?//`)
	fromJS   = regexp.MustCompile("\\bsrc[:=] *[\"'`](?:https?:)?//[^\"'`]*|importScripts\\(|import\\([\"'`]https?:")
)

// A page loads nothing but files of this server, and has nothing in line that its policy would forbid.
func TestPagesLoadFromHereAlone(t *testing.T) {
	pages := needPages(t)
	for _, name := range names {
		html := read(t, pages, name+".html")
		if found := inline.FindString(html); found != "" {
			t.Errorf("%s has a script or a style in line: %s", name, found)
		}
		if !login.MatchString(html) {
			t.Errorf("%s has no place for how hosts sign in", name)
		}
		links := link.FindAllStringSubmatch(html, -1)
		if len(links) < 3 {
			t.Errorf("%s has only %d links", name, len(links))
		}
		for _, link := range links {
			file, here := strings.CutPrefix(link[1], "/")
			if !here || strings.HasPrefix(file, "/") {
				t.Errorf("%s refers to %s", name, link[1])
			} else if _, err := fs.Stat(pages, file); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// What the pages load is there, and comes from here too.
func TestAssetsLoadFromHereAlone(t *testing.T) {
	pages := needPages(t)
	entries, err := fs.ReadDir(pages, "assets")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		if ext := path.Ext(name); ext != ".js" && ext != ".css" {
			continue
		}
		content := read(t, pages, "assets/"+name)
		other := fromJS
		if path.Ext(name) == ".css" {
			other = fromCSS
		}
		if found := other.FindString(content); found != "" {
			t.Errorf("%s loads from elsewhere: %s", name, found)
		}
		for _, file := range loaded.FindAllStringSubmatch(content, -1) {
			if _, err := fs.Stat(pages, "assets/"+file[1]); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestPagesAreSmall(t *testing.T) {
	pages := needPages(t)
	for _, name := range names {
		size := 0
		for script := range scriptsOf(t, pages, name) {
			size += compressed(read(t, pages, script))
		}
		t.Logf("%s: %.1f KiB of scripts, compressed", name, float64(size)/1024)
		if size > budgets[name] {
			t.Errorf("%s loads %d bytes of scripts, more than %d", name, size, budgets[name])
		}
	}
}

// scriptsOf returns the scripts that a page loads by itself: not what these load later, when it is needed.
func scriptsOf(t *testing.T, pages fs.FS, name string) map[string]bool {
	scripts := map[string]bool{}
	var add func(script string)
	add = func(script string) {
		if scripts[script] {
			return
		}
		scripts[script] = true
		for _, file := range imported.FindAllStringSubmatch(read(t, pages, script), -1) {
			add("assets/" + file[1])
		}
	}
	for _, link := range link.FindAllStringSubmatch(read(t, pages, name+".html"), -1) {
		if path.Ext(link[1]) == ".js" {
			add(strings.TrimPrefix(link[1], "/"))
		}
	}
	return scripts
}

func compressed(content string) int {
	var buffer bytes.Buffer
	w := gzip.NewWriter(&buffer)
	_, _ = w.Write([]byte(content)) // a buffer takes everything
	_ = w.Close()
	return buffer.Len()
}
