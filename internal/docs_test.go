package internal

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// root is the repository, seen from this package.
const root = ".."

// Every test that a document names exists.
func TestDocumentsNameTestsThatExist(t *testing.T) {
	sources := testSources(t)
	named := regexp.MustCompile("`(Test[A-Z]\\w+)`")
	for document, text := range documents(t) {
		for _, match := range named.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(sources, "func "+match[1]+"(") {
				t.Errorf("%s names %s, which does not exist", document, match[1])
			}
		}
	}
}

// Every row of a table with a column "shown by" names a test there, or the file or directory of some. A rule or a
// protection without a test is only an intention.
func TestEveryRowSaysWhichTestShowsIt(t *testing.T) {
	rows := 0
	for document, text := range documents(t) {
		for _, row := range rowsShownByTests(text) {
			rows++
			cells := strings.Split(strings.Trim(row, "| "), "|")
			if !namesTest(cells[len(cells)-1]) {
				t.Errorf("%s: no test is named that shows: %s", document, row)
			}
		}
	}
	if rows < 30 {
		t.Errorf("only %d rows were found", rows)
	}
}

// rowsShownByTests returns the rows of a document's tables whose last column is "shown by".
func rowsShownByTests(text string) (rows []string) {
	inTable := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "|") && strings.HasSuffix(line, "| shown by |"):
			inTable = true
		case !strings.HasPrefix(line, "|"):
			inTable = false
		case inTable && !strings.HasPrefix(line, "|---"):
			rows = append(rows, line)
		}
	}
	return rows
}

// namesTest reports whether a cell names a test, or a file or directory that exists.
func namesTest(cell string) bool {
	for _, quoted := range code.FindAllString(cell, -1) {
		name := strings.Trim(quoted, "`")
		if strings.HasPrefix(name, "Test") {
			return true // that it exists is checked for all documents
		}
		if _, err := os.Stat(filepath.Join(root, name)); err == nil {
			return true
		}
	}
	return false
}

// Every relative link of a document, to a file, a heading or a picture, leads somewhere.
func TestRelativeLinksOfDocumentsResolve(t *testing.T) {
	documents := documents(t)
	links := 0
	for document, text := range documents {
		for _, link := range linksIn(text) {
			if strings.Contains(link, ":") { // leads to another site
				continue
			}
			links++
			file, anchor, _ := strings.Cut(link, "#")
			target := document
			if file != "" {
				target = path.Join(path.Dir(document), file)
			}
			if _, err := os.Stat(filepath.Join(root, target)); err != nil {
				t.Errorf("%s links to %s: %v", document, link, err)
			} else if anchor != "" && !slices.Contains(anchorsOf(documents[target]), anchor) {
				t.Errorf("%s links to %s: %s has no such heading", document, link, target)
			}
		}
	}
	if links < 50 {
		t.Errorf("only %d links were found", links)
	}
}

func TestAnchorsFollowGitHubsRules(t *testing.T) {
	text := "# One `word`, two\n```sh\n# no heading\n```\n" +
		"## What's *new*: [a link](b.md)\n## Same\n## Same\n## für_alle – 3-4 ##\n"
	want := []string{"one-word-two", "whats-new-a-link", "same", "same-1", "für_alle--3-4"}
	if got := anchorsOf(text); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A reader of README.md decides within a minute whether they want the program.
func TestReadmeIsShort(t *testing.T) {
	if lines := strings.Count(documents(t)["README.md"], "\n"); lines > 150 {
		t.Errorf("README.md has %d lines, want at most 150: move some of them to docs/", lines)
	}
}

// Every decision has a date and a status, and its line in the list has the same title, date and status.
func TestDecisionsHaveDateAndStatus(t *testing.T) {
	head := regexp.MustCompile(`^# (.+)\n\n- Date: (\d{4}-\d{2}-\d{2})\n` +
		`- Status: (proposed|accepted|superseded by \[\d{3}\]\(.+\))\n\n`)
	documents := documents(t)
	list := documents["docs/adr/README.md"]
	decisions := 0
	for document, text := range documents {
		name, isDecision := strings.CutPrefix(document, "docs/adr/")
		if !isDecision || name == "README.md" {
			continue
		}
		decisions++
		found := head.FindStringSubmatch(text)
		if found == nil {
			t.Errorf("%s does not begin with a title, a date and a status", document)
			continue
		}
		line := fmt.Sprintf("\n| %.3s | [%s](%s) | %s | %s |\n", name, found[1], name, found[2], found[3])
		if !strings.Contains(list, line) {
			t.Errorf("docs/adr/README.md lacks the line %s", line)
		}
	}
	if lines := strings.Count(list, "\n| 0"); lines != decisions {
		t.Errorf("docs/adr/README.md lists %d decisions, and there are %d", lines, decisions)
	}
}

// documents returns the documents by their paths in the repository.
func documents(t *testing.T) map[string]string {
	t.Helper()
	paths := []string{
		"README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "packages/client/README.md",
		"deploy/aws/README.md", "deploy/one-machine/README.md",
	}
	err := fs.WalkDir(os.DirFS(root), "docs", func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".md") {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, path := range paths {
		text, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Fatal(err)
		}
		texts[path] = string(text)
	}
	return texts
}

// testSources returns the text of all test files.
func testSources(t *testing.T) string {
	t.Helper()
	var sources strings.Builder
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && slices.Contains([]string{"node_modules", ".git", "dist", "bin"}, d.Name()) {
			return filepath.SkipDir
		}
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		sources.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sources.String()
}

var (
	fence     = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
	code      = regexp.MustCompile("`[^`\n]+`")
	link      = regexp.MustCompile(`\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"`)
	heading   = regexp.MustCompile(`(?m)^#{1,6} +(.+?)(?: +#+)?$`)
	linkTexts = regexp.MustCompile(`!?\[([^\]]*)\]\([^)]*\)`)
)

// linksIn returns the targets of the links and pictures of a document.
func linksIn(text string) (targets []string) {
	text = code.ReplaceAllString(fence.ReplaceAllString(text, ""), "code")
	for _, match := range link.FindAllStringSubmatch(text, -1) {
		targets = append(targets, match[1]+match[2])
	}
	return targets
}

// anchorsOf returns the anchors that GitHub gives to a document's headings.
func anchorsOf(text string) (anchors []string) {
	seen := map[string]int{}
	for _, match := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		anchor := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.In(r, unicode.Letter, unicode.Mark, unicode.Number, unicode.Pc):
				return unicode.ToLower(r)
			}
			return -1
		}, linkTexts.ReplaceAllString(match[1], "$1"))
		n := seen[anchor]
		seen[anchor]++
		if n > 0 {
			anchor = fmt.Sprintf("%s-%d", anchor, n)
		}
		anchors = append(anchors, anchor)
	}
	return anchors
}
