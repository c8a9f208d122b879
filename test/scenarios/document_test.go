package scenarios_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var write = flag.Bool("write", false, "write the table of scenarios into docs/playback.md")

const (
	document   = "../../docs/playback.md"
	tableBegin = "<!-- written by make scenarios ARGS=-write: begin -->\n"
	tableEnd   = "<!-- end -->\n"
)

// checkDocument logs the table of all outcomes, and compares it with the one in docs/playback.md, or writes it there.
func checkDocument(t testing.TB, groups []*group) {
	t.Helper()
	text, complete := table(groups)
	if !complete || t.Failed() {
		return
	}
	t.Logf("\n%s", text)
	page, err := os.ReadFile(document)
	must(t, err)
	before, rest, begins := strings.Cut(string(page), tableBegin)
	now, after, ends := strings.Cut(rest, tableEnd)
	switch {
	case !begins || !ends:
		t.Fatalf("%s does not contain the markers of the table", document)
	case *write:
		must(t, os.WriteFile(document, []byte(before+tableBegin+text+tableEnd+after), 0o666))
	case now != text:
		t.Errorf("the table in %s differs from the outcomes; run make scenarios ARGS=-write", document)
	}
}

// table returns the table with a line for each scenario. complete is false if some of them have not run.
func table(groups []*group) (text string, complete bool) {
	var b strings.Builder
	b.WriteString("| scenario | heard | silence | health |\n|---|---|---|---|\n")
	for _, g := range groups {
		fmt.Fprintf(&b, "| **%s** | | | |\n", g.name)
		for _, s := range g.scenarios {
			if s.outcome == nil {
				return "", false
			}
			fmt.Fprintf(
				&b, "| %s | %s | %s | %s |\n", s.name, s.outcome.played, silenceText(s.outcome.silence),
				healthText(s.outcome.health),
			)
		}
	}
	return b.String(), true
}

// silenceText returns the silence for the table: empty if there was none.
func silenceText(silence string) string {
	if silence == "0s" {
		return ""
	}
	return strings.ReplaceAll(silence, "0s"+beside+"0s", "")
}

// healthText returns the healths for the table, without NOTHING_TO_PLAY before the first song and after the last.
func healthText(health string) string {
	var parties []string
	for _, one := range strings.Split(health, beside) {
		one = strings.TrimSuffix(strings.TrimPrefix(one, "NOTHING_TO_PLAY "), " NOTHING_TO_PLAY")
		parties = append(parties, strings.ReplaceAll(one, " ", ", "))
	}
	return strings.Join(parties, beside)
}
